package dev.boathook.address;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A range of IPv4 or IPv6 addresses: those that share the first {@code prefixBits} bits of {@code
 * network}. An IPv4 range also holds the IPv4-mapped IPv6 addresses ({@code ::ffff:a.b.c.d}) of its
 * members, since both spellings dial the same host.
 */
public record Cidr(InetAddress network, int prefixBits) {

  private static final Pattern CANONICAL_IPV4 =
      Pattern.compile(
          "(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}"
              + "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)");

  private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9a-fA-F:.]{2,45}");

  public Cidr {
    byte[] bits = bytesOf(network);
    if (network instanceof Inet6Address && bits.length == 4) {
      throw new IllegalArgumentException("write an IPv4-mapped range as an IPv4 range");
    }
    if (prefixBits < 0 || prefixBits > bits.length * 8) {
      throw new IllegalArgumentException("prefix out of 0.." + bits.length * 8 + ": " + prefixBits);
    }
    for (int bit = prefixBits; bit < bits.length * 8; bit++) {
      if ((bits[bit / 8] >> (7 - bit % 8) & 1) != 0) {
        throw new IllegalArgumentException(
            network.getHostAddress() + "/" + prefixBits + " has bits set after its prefix");
      }
    }
  }

  /**
   * Reads {@code 10.0.0.0/8} or {@code fc00::/7}. The prefix is required, and bits after it must be
   * zero, so that a slip of the pen does not open more than was meant.
   *
   * @throws IllegalArgumentException if the text is anything else; the message says what
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String prefix = slash < 0 ? "" : text.substring(slash + 1);
    if (!prefix.matches("0|[1-9][0-9]{0,2}")) {
      throw new IllegalArgumentException("not ADDRESS/PREFIX: " + text);
    }
    String address = text.substring(0, slash);
    InetAddress network =
        parseLiteral(address)
            .orElseThrow(() -> new IllegalArgumentException("not an address: " + address));
    if (address.indexOf(':') >= 0 && network instanceof Inet4Address) {
      throw new IllegalArgumentException("write an IPv4-mapped range as an IPv4 range: " + text);
    }
    return new Cidr(network, Integer.parseInt(prefix));
  }

  /** Whether the address is in the range. */
  public boolean contains(InetAddress address) {
    byte[] ours = bytesOf(network);
    byte[] theirs = bytesOf(address);
    if (ours.length != theirs.length) {
      return false;
    }
    int whole = prefixBits / 8;
    if (!Arrays.equals(ours, 0, whole, theirs, 0, whole)) {
      return false;
    }
    int rest = prefixBits % 8;
    return rest == 0 || (ours[whole] ^ theirs[whole]) >> (8 - rest) == 0;
  }

  @Override
  public String toString() {
    return network.getHostAddress() + "/" + prefixBits;
  }

  /**
   * Reads one canonical address: four decimal numbers without leading zeros, or IPv6 without
   * brackets or scope. No other spelling is understood, so that nothing here reads an address
   * differently from another program.
   */
  public static Optional<InetAddress> parseLiteral(String text) {
    if (CANONICAL_IPV4.matcher(text).matches()) {
      return Optional.of(Inet4Address.ofLiteral(text));
    }
    if (text.indexOf(':') < 0 || !IPV6_CHARACTERS.matcher(text).matches()) {
      return Optional.empty();
    }
    int dot = text.indexOf('.');
    if (dot >= 0 && !CANONICAL_IPV4.matcher(text.substring(text.lastIndexOf(':') + 1)).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Inet6Address.ofLiteral(text));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  /** The inner address of an IPv4-mapped IPv6 address; any other address itself. */
  public static InetAddress unmapped(InetAddress address) {
    byte[] bytes = bytesOf(address);
    if (bytes.length == address.getAddress().length) {
      return address;
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException wrongLength) {
      throw new AssertionError(wrongLength);
    }
  }

  /** The address's bytes: 4 for IPv4 and for IPv4-mapped IPv6, else 16. */
  private static byte[] bytesOf(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 16 && bytes[10] == -1 && bytes[11] == -1) {
      for (int i = 0; i < 10; i++) {
        if (bytes[i] != 0) {
          return bytes;
        }
      }
      return Arrays.copyOfRange(bytes, 12, 16);
    }
    return bytes;
  }
}
