package dev.boathook.signatures;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The question of a CloudEvents sender whether it may send here, an OPTIONS request, and our
 * answer. No is an answer too: then a header that gives consent is missing, and the status is 405.
 *
 * <p>Source: github cloudevents/spec, cloudevents/http-webhook.md, section 4.
 *
 * @param origins the DNS names that may send, lower case; empty for all
 * @param rate how many requests a minute they may send, or {@code *}
 */
record OriginConsent(Set<String> origins, String rate) implements HandshakeRule {

  /** What asks. */
  private static final String ORIGIN = "WebHook-Request-Origin";

  private static final Pattern DNS_NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,252})");

  /** Whether this could be a DNS name. */
  static boolean isName(String text) {
    return DNS_NAME.matcher(text).matches();
  }

  @Override
  public @Nullable Reading answer(Facts facts, String secret) {
    String origin = facts.header(ORIGIN);
    if (!facts.method().equals("OPTIONS")
        || origin == null
        || !isName(origin)
        || facts.request().headers().count(ORIGIN) > 1) {
      return null;
    }
    if (!origins.isEmpty() && !origins.contains(origin.toLowerCase(Locale.ROOT))) {
      return new Reading.Handshake(Answer.empty(405).with("Allow", "POST"));
    }
    return new Reading.Handshake(
        Answer.empty(200)
            .with("Allow", "POST")
            .with("WebHook-Allowed-Origin", origin)
            .with("WebHook-Allowed-Rate", rate));
  }

  @Override
  public void pointers(Set<String> into) {}
}
