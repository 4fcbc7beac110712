package dev.boathook.outbound;

import dev.boathook.address.Cidr;
import dev.boathook.outbound.InvalidTargetUrl.Reason;
import java.net.IDN;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The URL of an endpoint, checked and in one spelling: {@code http} or {@code https}, a host in
 * ASCII, a port, a path and query. Whether its address may be dialled is for {@link AddressRules}.
 *
 * <p>A host is a name, a canonical IPv4 address or an IPv6 address in brackets. Other spellings of
 * IPv4 addresses ({@code 127.1}, {@code 2130706433}, {@code 0x7f.1}, {@code 0177.0.0.1}) are
 * refused, because programs disagree on what they mean.
 */
public final class TargetUrl implements ParsedUrl {

  /** The longest URL, in characters. */
  public static final int MAX_CHARS = 2048;

  private static final int MAX_HOST_CHARS = 253;
  private static final int MAX_LABEL_CHARS = 63;
  private static final int MAX_PORT = 65535;

  /** Printable ASCII that RFC 3986 allows nowhere; the fragment's mark has a message of its own. */
  private static final String NEVER_IN_URL = "\"<>\\^`{|}";

  private final boolean https;
  private final String host;
  private final int port;
  private final String pathAndQuery;
  private final @Nullable InetAddress literal;

  private TargetUrl(
      boolean https, String host, int port, String pathAndQuery, @Nullable InetAddress literal) {
    this.https = https;
    this.host = host;
    this.port = port;
    this.pathAndQuery = pathAndQuery;
    this.literal = literal;
  }

  /** Checks a URL that somebody gave us. */
  public static ParsedUrl parse(String text) {
    try {
      return checked(text);
    } catch (Invalid invalid) {
      return invalid.why;
    }
  }

  /**
   * Reads a URL that was checked before, say one from our own store.
   *
   * @throws IllegalArgumentException if it was not
   */
  public static TargetUrl of(String text) {
    return switch (parse(text)) {
      case TargetUrl url -> url;
      case InvalidTargetUrl invalid -> throw new IllegalArgumentException(invalid.message());
    };
  }

  /** {@code http} or {@code https}. */
  public String scheme() {
    return https ? "https" : "http";
  }

  /** Whether the connection is to be secured by TLS. */
  public boolean isHttps() {
    return https;
  }

  /**
   * The host in ASCII and lower case, without brackets, without a trailing dot: a name, an IPv4
   * address, or an IPv6 address.
   */
  public String host() {
    return host;
  }

  /** The port, from 1 to 65535; the scheme's own if the URL named none. */
  public int port() {
    return port;
  }

  /** What stands in the request line; begins with {@code /}. */
  public String pathAndQuery() {
    return pathAndQuery;
  }

  /** The address, if the host is one rather than a name. */
  public Optional<InetAddress> literal() {
    return Optional.ofNullable(literal);
  }

  /** What stands in the Host header: brackets around IPv6, and the port unless it is usual. */
  public String authority() {
    String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == (https ? 443 : 80) ? bracketed : bracketed + ":" + port;
  }

  @Override
  public String toString() {
    return scheme() + "://" + authority() + pathAndQuery;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TargetUrl url && toString().equals(url.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  private static TargetUrl checked(String text) throws Invalid {
    if (text.length() > MAX_CHARS) {
      throw new Invalid(Reason.TOO_LONG, "The URL is longer than " + MAX_CHARS + " characters.");
    }
    if (text.chars().anyMatch(c -> c <= ' ' || c == 0x7f || NEVER_IN_URL.indexOf(c) >= 0)) {
      throw new Invalid(
          Reason.BAD_CHARACTER,
          "The URL contains a space, a control character or one of \"<>\\^`{|}.");
    }
    if (text.indexOf('#') >= 0) {
      throw new Invalid(Reason.FRAGMENT, "A fragment (#...) is never sent; leave it out.");
    }
    int colon = text.indexOf("://");
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new Invalid(Reason.BAD_SCHEME, "The URL must begin with http:// or https://.");
    }
    boolean https = scheme.equals("https");
    String rest = text.substring(colon + 3);
    int end = 0;
    while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
      end++;
    }
    String authority = rest.substring(0, end);
    String pathAndQuery = checkedPath(rest.substring(end));
    if (authority.indexOf('@') >= 0) {
      throw new Invalid(
          Reason.USERINFO, "Credentials in the URL are not supported; use a header instead.");
    }
    int portColon = authority.lastIndexOf(':');
    if (portColon < authority.lastIndexOf(']')) {
      portColon = -1;
    }
    int port = portColon < 0 ? (https ? 443 : 80) : checkedPort(authority.substring(portColon + 1));
    String given = portColon < 0 ? authority : authority.substring(0, portColon);
    if (given.isEmpty()) {
      throw new Invalid(Reason.NO_HOST, "The URL has no host.");
    }
    if (given.startsWith("[")) {
      InetAddress address = checkedIpv6(given);
      return new TargetUrl(https, address.getHostAddress(), port, pathAndQuery, address);
    }
    String host = checkedName(given);
    InetAddress literal = null;
    if (endsInNumber(host)) {
      literal =
          Cidr.parseLiteral(host)
              .orElseThrow(() ->
                  new Invalid(
                      Reason.AMBIGUOUS_ADDRESS,
                      "Write an IPv4 address as four decimal numbers, such as 192.0.2.1."));
    }
    return new TargetUrl(https, host, port, pathAndQuery, literal);
  }

  private static String checkedPath(String text) throws Invalid {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > '~') {
        throw new Invalid(
            Reason.BAD_CHARACTER, "Percent-encode what is not ASCII in the path and query.");
      }
      if (c == '%' && !text.substring(i).matches("(?s)%[0-9A-Fa-f]{2}.*")) {
        throw new Invalid(Reason.BAD_CHARACTER, "A % must be followed by two hexadecimal digits.");
      }
    }
    return text.startsWith("/") ? text : "/" + text;
  }

  private static int checkedPort(String text) throws Invalid {
    if (!text.matches("[0-9]{1,5}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > MAX_PORT) {
      throw new Invalid(Reason.BAD_PORT, "The port must be a number from 1 to 65535.");
    }
    return Integer.parseInt(text);
  }

  private static InetAddress checkedIpv6(String bracketed) throws Invalid {
    if (bracketed.indexOf('%') >= 0) {
      throw new Invalid(Reason.BAD_HOST, "An IPv6 address with a scope id cannot be an endpoint.");
    }
    String inner = bracketed.endsWith("]") ? bracketed.substring(1, bracketed.length() - 1) : "";
    return Optional.of(inner)
        .filter(address -> address.indexOf(':') >= 0)
        .flatMap(Cidr::parseLiteral)
        .orElseThrow(
            () -> new Invalid(Reason.BAD_HOST, "What stands in brackets is not an IPv6 address."));
  }

  /** The name in ASCII (IDNA 2003, as the JDK has it), lower case, without one trailing dot. */
  private static String checkedName(String given) throws Invalid {
    String ascii;
    try {
      ascii = IDN.toASCII(given).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException notAName) {
      throw new Invalid(Reason.BAD_HOST, "The host is not a valid name.");
    }
    String name = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
    boolean fits = name.length() <= MAX_HOST_CHARS;
    for (String label : List.of(name.split("\\.", -1))) {
      // An underscore is no host name to RFC 1123, but container networks hand such names out.
      fits &=
          label.length() <= MAX_LABEL_CHARS && label.matches("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?");
    }
    if (!fits) {
      throw new Invalid(Reason.BAD_HOST, "The host is not a valid name.");
    }
    return name;
  }

  /**
   * Whether a resolver might take the host for an address (the rule of the WHATWG URL standard).
   */
  private static boolean endsInNumber(String host) {
    return host.substring(host.lastIndexOf('.') + 1).matches("[0-9]+|0x[0-9a-f]*");
  }

  /** Carries the answer out of the checks; never leaves this class. */
  private static final class Invalid extends Exception {
    final transient InvalidTargetUrl why;

    Invalid(Reason reason, String message) {
      super(message, null, false, false);
      this.why = new InvalidTargetUrl(reason, message);
    }
  }
}
