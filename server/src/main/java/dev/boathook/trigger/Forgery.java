package dev.boathook.trigger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Signer;
import dev.boathook.signatures.WebhookRequest;
import java.util.ArrayList;
import java.util.List;
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

  /** The signed request with one character changed of what the signer added. */
  static WebhookRequest damaged(WebhookRequest unsigned, WebhookRequest signed) {
    int longest = -1;
    List<Headers.Line> lines = new ArrayList<>();
    for (Headers.Line line : signed.headers()) {
      // Besides the signature, its time, its id or the name of its key may have been added: all of
      // them shorter.
      if (!unsigned.headers().all(line.name()).contains(line.value())
          && (longest < 0 || line.value().length() > lines.get(longest).value().length())) {
        longest = lines.size();
      }
      lines.add(line);
    }
    if (longest >= 0) {
      Headers.Line line = lines.get(longest);
      lines.set(longest, new Headers.Line(line.name(), damaged("", line.value())));
      return new WebhookRequest(signed.method(), signed.url(), Headers.of(lines), signed.body());
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
