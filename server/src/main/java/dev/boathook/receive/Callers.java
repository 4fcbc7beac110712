package dev.boathook.receive;

import dev.boathook.address.Cidr;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who calls, when proxies stand between.
 *
 * <p>Only a peer within the trusted networks is believed. What it says is read from the right,
 * where the nearest proxy has written: trusted proxies are passed over, and the first other address
 * is the caller. What stands further left, anybody may have written, and it is not looked at.
 */
public final class Callers {
  /** The most proxies in a row. */
  static final int MAX_HOPS = 16;

  private static final HeaderName FORWARDED = HeaderNames.create("forwarded");
  private static final HeaderName X_FORWARDED_FOR = HeaderNames.create("x-forwarded-for");
  private static final Pattern PORT = Pattern.compile(":[0-9]{1,5}");
  private static final Pattern TOKEN = Pattern.compile("[a-zA-Z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern QUOTED = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");

  private final List<Cidr> trusted;

  /** Callers behind proxies in these networks; none trusts nobody's word. */
  public Callers(List<Cidr> trusted) {
    this.trusted = List.copyOf(trusted);
  }

  /**
   * A caller.
   *
   * @param address its address; that of the peer itself if the peer's word cannot be read
   * @param known false if a trusted proxy passes on somebody of whom it cannot be read who it is:
   *     then the address is the proxy's, and must open nothing
   */
  record Caller(InetAddress address, boolean known) {
    /** The address as it is logged. */
    String text() {
      return address.getHostAddress();
    }
  }

  /** Who makes this request. */
  Caller of(ServerRequest request) {
    return of(
        ((InetSocketAddress) request.remotePeer().address()).getAddress(),
        lines(request, X_FORWARDED_FOR),
        lines(request, FORWARDED));
  }

  private static List<String> lines(ServerRequest request, HeaderName name) {
    return request.headers().contains(name) ? request.headers().get(name).allValues() : List.of();
  }

  /**
   * Who calls.
   *
   * @param peer who has opened the connection
   * @param forwardedFor the lines of {@code X-Forwarded-For}, in their order
   * @param forwarded the lines of {@code Forwarded} (RFC 7239), in their order
   */
  Caller of(InetAddress peer, List<String> forwardedFor, List<String> forwarded) {
    InetAddress near = Cidr.unmapped(peer);
    Caller itself = new Caller(near, true);
    if (!isTrusted(near) || (forwardedFor.isEmpty() && forwarded.isEmpty())) {
      return itself;
    }
    Optional<InetAddress> first = furthest(near, addresses(forwardedFor));
    Optional<InetAddress> second = furthest(near, elements(forwarded));
    // A proxy writes one of them and may pass the other on as it came: when they differ, one of
    // them may be the caller's own invention.
    boolean agree = forwardedFor.isEmpty() || forwarded.isEmpty() || first.equals(second);
    return (forwarded.isEmpty() ? first : second)
        .filter(address -> agree)
        .map(address -> new Caller(address, true))
        .orElse(new Caller(near, false));
  }

  /** The first address from the right that is not trusted, or the last one. */
  private Optional<InetAddress> furthest(InetAddress peer, List<String> nodes) {
    InetAddress caller = peer;
    for (int i = nodes.size() - 1; i >= 0 && isTrusted(caller); i--) {
      Optional<InetAddress> next = address(nodes.get(i));
      if (next.isEmpty() || nodes.size() - i > MAX_HOPS) {
        return Optional.empty();
      }
      caller = next.get();
    }
    return Optional.of(caller);
  }

  private boolean isTrusted(InetAddress address) {
    return trusted.stream().anyMatch(net -> net.contains(address));
  }

  /** The addresses of {@code X-Forwarded-For}: lines are one list. */
  private static List<String> addresses(List<String> lines) {
    List<String> addresses = new ArrayList<>();
    for (String line : lines) {
      for (String address : line.split(",", -1)) {
        addresses.add(address.strip());
      }
    }
    return addresses;
  }

  /** What {@code for} says in each element of {@code Forwarded}; empty where it says nothing. */
  private static List<String> elements(List<String> lines) {
    List<String> nodes = new ArrayList<>();
    for (String line : lines) {
      for (String element : split(line, ',')) {
        nodes.add(node(element));
      }
    }
    return nodes;
  }

  private static String node(String element) {
    String node = "";
    for (String pair : split(element, ';')) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        return "";
      }
      String value = pair.substring(equals + 1).strip();
      boolean quoted = QUOTED.matcher(value).matches();
      if (!quoted && !TOKEN.matcher(value).matches()) {
        return "";
      }
      if (pair.substring(0, equals).strip().equalsIgnoreCase("for")) {
        if (!node.isEmpty()) {
          return "";
        }
        node = quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
      }
    }
    return node;
  }

  /** The parts between separators that stand outside of quotes. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  /** An address with or without port; an IPv6 address with a port is in brackets. */
  private static Optional<InetAddress> address(String node) {
    String literal = node;
    int bracket = node.indexOf(']');
    if (node.startsWith("[") && bracket > 0) {
      if (bracket < node.length() - 1 && !PORT.matcher(node.substring(bracket + 1)).matches()) {
        return Optional.empty();
      }
      literal = node.substring(1, bracket);
      if (literal.indexOf(':') < 0) {
        return Optional.empty();
      }
    } else if (node.indexOf(':') >= 0 && node.indexOf(':') == node.lastIndexOf(':')) {
      int colon = node.indexOf(':');
      if (!PORT.matcher(node.substring(colon)).matches()) {
        return Optional.empty();
      }
      literal = node.substring(0, colon);
    }
    return Cidr.parseLiteral(literal).map(Cidr::unmapped);
  }
}
