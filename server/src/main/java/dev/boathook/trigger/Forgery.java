package dev.boathook.trigger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Signer;
import dev.boathook.signatures.WebhookRequest;
import org.jspecify.annotations.Nullable;

/** Makes signatures that are well written and wrong. */
final class Forgery {
  private static final String PRIVATE_KEY = "-----BEGIN";

  /** How many characters of a secret are changed in turn until another secret is found. */
  private static final int MAX_TRIES = 16;

  private Forgery() {}

  /**
   * A signer with another secret, which differs from this one in one character; null if none was
   * found, as for a private key.
   */
  static @Nullable Signer signer(Provider provider, String secret) {
    if (secret.contains(PRIVATE_KEY)) {
      return null;
    }
    int tries = 0;
    // From the middle: a secret may begin with its kind, and end in bits that are not used.
    for (int i = secret.length() / 2; i < secret.length() && tries < MAX_TRIES; i++) {
      char other = other(secret.charAt(i));
      if (other != secret.charAt(i)) {
        tries++;
        try {
          return provider.signer(secret.substring(0, i) + other + secret.substring(i + 1));
        } catch (InvalidSecret _) {
          // Not a secret any more: the next character, then.
        }
      }
    }
    return null;
  }

  /** The signed request with one character changed of each signature that the signer added. */
  static WebhookRequest damaged(WebhookRequest unsigned, WebhookRequest signed) {
    int longest = 0;
    for (Headers.Line line : signed.headers()) {
      longest = isAdded(line, unsigned) ? Math.max(longest, line.value().length()) : longest;
    }
    if (longest > 0) {
      Headers.Builder headers = Headers.builder();
      for (Headers.Line line : signed.headers()) {
        // The time, an id or the name of a key may have been added too, all of them much shorter.
        boolean signature = isAdded(line, unsigned) && line.value().length() > longest / 2;
        headers.add(line.name(), signature ? damaged("", line.value()) : line.value());
      }
      return new WebhookRequest(signed.method(), signed.url(), headers.build(), signed.body());
    }
    if (!signed.url().equals(unsigned.url())) {
      String url = damaged(unsigned.url(), signed.url());
      return new WebhookRequest(signed.method(), url, signed.headers(), signed.body());
    }
    // One character a byte, so that all other bytes stay as they are.
    String body =
        damaged(new String(unsigned.body(), ISO_8859_1), new String(signed.body(), ISO_8859_1));
    return new WebhookRequest(
        signed.method(), signed.url(), signed.headers(), body.getBytes(ISO_8859_1));
  }

  private static boolean isAdded(Headers.Line line, WebhookRequest unsigned) {
    return !unsigned.headers().all(line.name()).contains(line.value());
  }

  /** The text with one character changed, in the middle of where it differs from another. */
  private static String damaged(String before, String text) {
    int shorter = Math.min(before.length(), text.length());
    int start = 0;
    while (start < shorter && before.charAt(start) == text.charAt(start)) {
      start++;
    }
    int same = 0;
    while (same < shorter - start
        && before.charAt(before.length() - 1 - same) == text.charAt(text.length() - 1 - same)) {
      same++;
    }
    for (int i = (start + text.length() - same) / 2; i < text.length(); i++) {
      char other = other(text.charAt(i));
      if (other != text.charAt(i)) {
        return text.substring(0, i) + other + text.substring(i + 1);
      }
    }
    throw new IllegalStateException("a signature without letter or digit");
  }

  /** Another character of the same kind: hex stays hex, base64 stays base64. */
  private static char other(char c) {
    if (c >= '0' && c <= '9') {
      return c == '9' ? '0' : (char) (c + 1);
    }
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      return switch (c) {
        case 'f' -> 'a';
        case 'F' -> 'A';
        case 'z' -> 'g';
        case 'Z' -> 'G';
        default -> (char) (c + 1);
      };
    }
    return c;
  }
}
