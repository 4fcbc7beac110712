package dev.boathook.outbound;

import dev.boathook.address.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Which addresses may be dialled. A consumer chooses the URL and we send the request from inside
 * the operator's network, so every address that is not plainly public is refused, unless the
 * operator opened its range (server-side request forgery, CWE-918).
 */
public final class AddressRules {

  /**
   * What is refused without the operator's word: the ranges of IANA's special-purpose registries
   * (RFC 6890 and its updates) that are not globally reachable, translate into IPv4 behind our
   * back, or are multicast or reserved; and the one public address behind which a cloud puts its
   * platform.
   */
  public static final List<Refused> REFUSED =
      List.of(
          refused("0.0.0.0/8", "this network"),
          refused("10.0.0.0/8", "private"),
          refused("100.64.0.0/10", "shared, carrier NAT"),
          refused("127.0.0.0/8", "loopback"),
          refused("169.254.0.0/16", "link-local, cloud metadata"),
          // Microsoft's own, yet it answers inside each virtual machine's network only: the agent's
          // configuration is read there (learn.microsoft.com, "What is IP address 168.63.129.16?").
          refused("168.63.129.16/32", "Azure platform"),
          refused("172.16.0.0/12", "private"),
          refused("192.0.0.0/24", "protocol assignments"),
          refused("192.0.2.0/24", "documentation"),
          refused("192.88.99.0/24", "6to4 relay"),
          refused("192.168.0.0/16", "private"),
          refused("198.18.0.0/15", "benchmarking"),
          refused("198.51.100.0/24", "documentation"),
          refused("203.0.113.0/24", "documentation"),
          refused("224.0.0.0/4", "multicast"),
          refused("240.0.0.0/4", "reserved, broadcast"),
          // Holds :: and ::1 as well; the rest is IPv4-compatible, deprecated by RFC 4291.
          refused("::/96", "unspecified, loopback, IPv4-compatible"),
          // RFC 2765; gone from the registry, not from translators.
          refused("::ffff:0:0:0/96", "IPv4-translated"),
          refused("64:ff9b::/96", "NAT64"),
          refused("64:ff9b:1::/48", "local NAT64"),
          refused("100::/64", "discard"),
          // RFC 9780.
          refused("100:0:0:1::/64", "dummy prefix"),
          refused("2001::/32", "Teredo"),
          refused("2001:2::/48", "benchmarking"),
          refused("2001:db8::/32", "documentation"),
          refused("2002::/16", "6to4"),
          refused("3fff::/20", "documentation"),
          refused("5f00::/16", "segment routing"),
          refused("fc00::/7", "private"),
          refused("fe80::/10", "link-local"),
          // Deprecated by RFC 3879, but still private where it is in use.
          refused("fec0::/10", "site-local"),
          refused("ff00::/8", "multicast"));

  /** A range that is refused, and what it is. */
  public record Refused(Cidr range, String what) {}

  private final List<Cidr> opened;
  private final IntPredicate isOwnPort;
  private final Predicate<InetAddress> isOwnAddress;

  /**
   * @param opened ranges that the operator opened for every endpoint
   * @param isOwnPort whether a port is one of our own listeners'; such are refused at every address
   *     of this machine, opened or not, so that no endpoint reaches the admin listener or feeds the
   *     ingress
   * @param isOwnAddress whether an address belongs to this machine; loopback and the unspecified
   *     address do in any case
   */
  public AddressRules(
      List<Cidr> opened, IntPredicate isOwnPort, Predicate<InetAddress> isOwnAddress) {
    this.opened = List.copyOf(opened);
    this.isOwnPort = isOwnPort;
    this.isOwnAddress = isOwnAddress;
  }

  /**
   * Why the address must not be dialled, in words for people, or empty if it may be.
   *
   * @param target a resolved address and its port
   * @param extraOpened ranges that the operator opened for this endpoint
   */
  public Optional<String> whyRefused(InetSocketAddress target, List<Cidr> extraOpened) {
    InetAddress address = target.getAddress();
    if (address == null) {
      throw new IllegalArgumentException("not resolved: " + target);
    }
    if (isOwnPort.test(target.getPort()) && isOurs(Cidr.unmapped(address))) {
      return Optional.of(text(address) + " port " + target.getPort() + " is our own listener");
    }
    return whyRefused(address, extraOpened);
  }

  /**
   * Why a URL must not be called, if its host is an address; names are looked up at each attempt.
   */
  public Optional<String> whyRefused(TargetUrl url, List<Cidr> extraOpened) {
    return url.literal()
        .flatMap(address -> whyRefused(new InetSocketAddress(address, url.port()), extraOpened));
  }

  /** Whether a URL's host is an address in a range that the operator opened. */
  public boolean isOpened(TargetUrl url, List<Cidr> extraOpened) {
    return url.literal().filter(address -> isOpened(address, extraOpened)).isPresent();
  }

  private boolean isOpened(InetAddress address, List<Cidr> extraOpened) {
    return Stream.concat(opened.stream(), extraOpened.stream()).anyMatch(c -> c.contains(address));
  }

  /** Why the address must not be dialled at any port, or empty if that depends on the port. */
  public Optional<String> whyRefused(InetAddress address, List<Cidr> extraOpened) {
    if (isOpened(address, extraOpened)) {
      return Optional.empty();
    }
    return REFUSED.stream()
        .filter(refused -> refused.range().contains(address))
        .findFirst()
        .map(hit -> text(address) + " is in " + hit.range() + " (" + hit.what() + ")");
  }

  private boolean isOurs(InetAddress address) {
    return address.isLoopbackAddress() || address.isAnyLocalAddress() || isOwnAddress.test(address);
  }

  private static String text(InetAddress address) {
    return address.getHostAddress();
  }

  private static Refused refused(String cidr, String what) {
    return new Refused(Cidr.parse(cidr), what);
  }
}
