package dev.boathook.outbound;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One HTTP header field. A name is an RFC 9110 token; a value holds visible Latin-1 characters,
 * spaces and tabs, so that neither can smuggle in a line of its own.
 */
public record HttpHeader(String name, String value) {

  private static final Pattern TOKEN = Pattern.compile("[a-zA-Z0-9!#$%&'*+.^_`|~-]+");

  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\xa0-\\xff]*");

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
    return TOKEN.matcher(text).matches();
  }

  /** Whether the text can be a header's value. */
  public static boolean isValue(String text) {
    return VALUE.matcher(text).matches();
  }

  /** Whether a request may not set this name, because the sender does or because it is unsafe. */
  public static boolean isReserved(String name) {
    return SENDERS_OWN.contains(name.toLowerCase(Locale.ROOT));
  }
}
