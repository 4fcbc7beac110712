package dev.boathook.deliver;

import dev.boathook.outbound.AttemptResult;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.OutboundRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Hides in an answer the credentials of the request: some endpoints, and the proxies before them,
 * repeat what they were sent, and an answer is kept and shown.
 */
final class Echoes {
  /** Shorter values are left: they are no secrets, and are found by chance. */
  static final int MIN_CHARACTERS = OutboundRequest.HIDDEN.length();

  private Echoes() {}

  /** The answer without the values of these headers, and without what follows a scheme in them. */
  static AttemptResult hidden(AttemptResult result, List<HttpHeader> credentials) {
    List<String> secrets = secrets(credentials);
    if (secrets.isEmpty()
        || (result.responseHeaders().isEmpty() && result.responseBody().length == 0)) {
      return result;
    }
    List<HttpHeader> headers = new ArrayList<>();
    for (HttpHeader header : result.responseHeaders()) {
      headers.add(new HttpHeader(header.name(), hidden(header.value(), secrets)));
    }
    // Header values go out as Latin-1, and each byte is one character of it.
    String body = new String(result.responseBody(), StandardCharsets.ISO_8859_1);
    String shown = hidden(body, secrets);
    if (result.truncated()) {
      shown = withoutCutSecret(shown, secrets);
    }
    return result.showing(
        headers,
        shown.equals(body) ? result.responseBody() : shown.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The longest first, so that a part of one does not leave the rest of it. */
  private static List<String> secrets(List<HttpHeader> credentials) {
    Set<String> secrets = new HashSet<>();
    for (HttpHeader credential : credentials) {
      String value = credential.value().strip();
      secrets.add(value);
      secrets.add(value.substring(value.indexOf(' ') + 1).strip());
    }
    return secrets.stream()
        .filter(secret -> secret.length() >= MIN_CHARACTERS)
        .sorted(Comparator.comparingInt(String::length).reversed())
        .toList();
  }

  private static String hidden(String text, List<String> secrets) {
    String shown = text;
    for (String secret : secrets) {
      shown = shown.replace(secret, OutboundRequest.HIDDEN);
    }
    return shown;
  }

  /** The text without the beginning of a secret at its end, where it was cut. */
  private static String withoutCutSecret(String text, List<String> secrets) {
    for (String secret : secrets) {
      for (int length = secret.length() - 1; length >= MIN_CHARACTERS; length--) {
        if (text.endsWith(secret.substring(0, length))) {
          return text.substring(0, text.length() - length) + OutboundRequest.HIDDEN;
        }
      }
    }
    return text;
  }
}
