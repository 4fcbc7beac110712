package dev.boathook.outbound;

import java.util.Locale;
import java.util.Set;

/**
 * One HTTP header field. A name is an RFC 9110 token; a value holds visible Latin-1 characters,
 * spaces and tabs, so that neither can smuggle in a line of its own.
 */
public record HttpHeader(String name, String value) {

  private static final String MARKS_OF_TOKENS = "!#$%&'*+.^_`|~-";

  /** Names that {@link HttpSender} writes itself or that would change how a message is framed. */
  private static final Set<String> SENDERS_OWN =
      Set.of(
          "accept-encoding",
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent");

  public HttpHeader {
    if (!isName(name)) {
      throw new IllegalArgumentException("not a header name");
    }
    if (!isValue(value)) {
      throw new IllegalArgumentException("not a value for header " + name);
    }
  }

  /** The name alone: a value may be a secret. */
  @Override
  public String toString() {
    return "HttpHeader[" + name + "]";
  }

  /** Whether the text can be a header's name. */
  public static boolean isName(String text) {
    // No pattern: this is asked twice for every header that is sent or comes back.
    for (int i = 0; i < text.length(); i++) {
      if (!isOfToken(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Whether the text can be a header's value. */
  public static boolean isValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isOfValue(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOfToken(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || MARKS_OF_TOKENS.indexOf(c) >= 0;
  }

  private static boolean isOfValue(char c) {
    return c == '\t' || (c >= 0x20 && c <= 0x7e) || (c >= 0xa0 && c <= 0xff);
  }

  /** Whether a request may not set this name, because the sender does or because it is unsafe. */
  public static boolean isReserved(String name) {
    return SENDERS_OWN.contains(name.toLowerCase(Locale.ROOT));
  }
}
