package dev.boathook.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.address.Cidr;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {

  private final AddressRules closed = new AddressRules(List.of(), port -> false, address -> false);

  /** The range, its first and last address, and its neighbours where those are public. */
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0/8, 0.0.0.0, 0.255.255.255, , 1.0.0.0",
    "10.0.0.0/8, 10.0.0.0, 10.255.255.255, 9.255.255.255, 11.0.0.0",
    "100.64.0.0/10, 100.64.0.0, 100.127.255.255, 100.63.255.255, 100.128.0.0",
    "127.0.0.0/8, 127.0.0.0, 127.255.255.255, 126.255.255.255, 128.0.0.0",
    "169.254.0.0/16, 169.254.0.0, 169.254.255.255, 169.253.255.255, 169.255.0.0",
    "168.63.129.16/32, 168.63.129.16, 168.63.129.16, 168.63.129.15, 168.63.129.17",
    "172.16.0.0/12, 172.16.0.0, 172.31.255.255, 172.15.255.255, 172.32.0.0",
    "192.0.0.0/24, 192.0.0.0, 192.0.0.255, 191.255.255.255, 192.0.1.0",
    "192.0.2.0/24, 192.0.2.0, 192.0.2.255, 192.0.1.255, 192.0.3.0",
    "192.88.99.0/24, 192.88.99.0, 192.88.99.255, 192.88.98.255, 192.88.100.0",
    "192.168.0.0/16, 192.168.0.0, 192.168.255.255, 192.167.255.255, 192.169.0.0",
    "198.18.0.0/15, 198.18.0.0, 198.19.255.255, 198.17.255.255, 198.20.0.0",
    "198.51.100.0/24, 198.51.100.0, 198.51.100.255, 198.51.99.255, 198.51.101.0",
    "203.0.113.0/24, 203.0.113.0, 203.0.113.255, 203.0.112.255, 203.0.114.0",
    "224.0.0.0/4, 224.0.0.0, 239.255.255.255, 223.255.255.255, ",
    "240.0.0.0/4, 240.0.0.0, 255.255.255.255, , ",
    "::/128, ::, ::, , ",
    "::1/128, ::1, ::1, , ",
    "::/96, ::, ::ffff:ffff, , ::1:0:0",
    "::ffff:0:0:0/96, ::ffff:0:0:0, ::ffff:0:ffff:ffff,"
        + " 0:0:0:0:fffe:ffff:ffff:ffff, ::ffff:1:0:0",
    "64:ff9b::/96, 64:ff9b::, 64:ff9b::ffff:ffff,"
        + " 64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff, 64:ff9b::1:0:0",
    "64:ff9b:1::/48, 64:ff9b:1::, 64:ff9b:1:ffff:ffff:ffff:ffff:ffff,"
        + " 64:ff9b:0:ffff:ffff:ffff:ffff:ffff, 64:ff9b:2::",
    "100::/64, 100::, 100::ffff:ffff:ffff:ffff, ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 100:0:0:2::",
    "100:0:0:1::/64, 100:0:0:1::, 100:0:0:1:ffff:ffff:ffff:ffff, , 100:0:0:2::",
    "2001::/32, 2001::, 2001:0:ffff:ffff:ffff:ffff:ffff:ffff,"
        + " 2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 2001:1::",
    "2001:2::/48, 2001:2::, 2001:2:0:ffff:ffff:ffff:ffff:ffff,"
        + " 2001:1:ffff:ffff:ffff:ffff:ffff:ffff, 2001:2:1::",
    "2001:db8::/32, 2001:db8::, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,"
        + " 2001:db7:ffff:ffff:ffff:ffff:ffff:ffff, 2001:db9::",
    "2002::/16, 2002::, 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff,"
        + " 2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 2003::",
    "3fff::/20, 3fff::, 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff,"
        + " 3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 3fff:1000::",
    "5f00::/16, 5f00::, 5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff,"
        + " 5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 5f01::",
    "fc00::/7, fc00::, fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,"
        + " fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, fe00::",
    "fe80::/10, fe80::, febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff,"
        + " fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ",
    "fec0::/10, fec0::, feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, , ",
    "ff00::/8, ff00::, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, , ",
  })
  void the_whole_range_is_refused_and_its_public_neighbours_are_not(
      String range, String first, String last, String before, String after) throws Exception {
    InetAddress firstAddress = InetAddress.ofLiteral(first);
    InetAddress lastAddress = InetAddress.ofLiteral(last);

    assertThat(Cidr.parse(range).contains(firstAddress)).isTrue();
    assertThat(Cidr.parse(range).contains(lastAddress)).isTrue();
    assertThat(closed.whyRefused(firstAddress, List.of())).isPresent();
    assertThat(closed.whyRefused(lastAddress, List.of())).isPresent();
    if (firstAddress instanceof Inet4Address) {
      assertThat(closed.whyRefused(mapped(firstAddress), List.of())).isPresent();
      assertThat(closed.whyRefused(mapped(lastAddress), List.of())).isPresent();
    }
    if (before != null) {
      assertThat(closed.whyRefused(InetAddress.ofLiteral(before), List.of())).isEmpty();
    }
    if (after != null) {
      assertThat(closed.whyRefused(InetAddress.ofLiteral(after), List.of())).isEmpty();
    }
  }

  @Test
  void every_range_that_is_refused_stands_in_that_table() throws Exception {
    CsvSource table =
        AddressRulesTest.class
            .getDeclaredMethod(
                "the_whole_range_is_refused_and_its_public_neighbours_are_not",
                String.class,
                String.class,
                String.class,
                String.class,
                String.class)
            .getAnnotation(CsvSource.class);
    assertThat(Stream.of(table.value()).map(row -> Cidr.parse(row.split(",", 2)[0])))
        .containsAll(AddressRules.REFUSED.stream().map(AddressRules.Refused::range).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00::1"})
  void public_addresses_may_be_dialled(String address) {
    assertThat(closed.whyRefused(InetAddress.ofLiteral(address), List.of())).isEmpty();
  }

  @Test
  void an_ipv4_mapped_address_is_judged_by_its_inner_address() throws Exception {
    assertThat(closed.whyRefused(mapped(127, 0, 0, 1), List.of())).isPresent();
    assertThat(closed.whyRefused(mapped(169, 254, 169, 254), List.of())).isPresent();
    assertThat(closed.whyRefused(mapped(8, 8, 8, 8), List.of())).isEmpty();
  }

  @Test
  void the_reason_names_the_address_and_the_range() {
    assertThat(closed.whyRefused(InetAddress.ofLiteral("169.254.169.254"), List.of()))
        .contains("169.254.169.254 is in 169.254.0.0/16 (link-local, cloud metadata)");
  }

  @Test
  void the_operator_opens_a_range_for_all_or_for_one_endpoint() {
    List<Cidr> loopback = List.of(Cidr.parse("127.0.0.0/8"));
    AddressRules opened = new AddressRules(loopback, port -> false, address -> false);
    InetAddress local = InetAddress.ofLiteral("127.0.0.1");
    InetAddress other = InetAddress.ofLiteral("10.0.0.1");

    assertThat(opened.whyRefused(local, List.of())).isEmpty();
    assertThat(opened.whyRefused(other, List.of())).isPresent();
    assertThat(closed.whyRefused(local, loopback)).isEmpty();
    assertThat(closed.whyRefused(local, List.of())).isPresent();
  }

  @Test
  void our_own_ports_stay_refused_on_this_machine_whatever_is_opened() throws Exception {
    InetAddress ownPublic = InetAddress.ofLiteral("93.184.215.14");
    AddressRules rules =
        new AddressRules(
            List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0")),
            Set.of(8080, 8081)::contains,
            ownPublic::equals);

    for (InetAddress ours :
        List.of(
            InetAddress.ofLiteral("127.0.0.1"),
            InetAddress.ofLiteral("127.9.9.9"),
            InetAddress.ofLiteral("0.0.0.0"),
            InetAddress.ofLiteral("::1"),
            InetAddress.ofLiteral("::"),
            mapped(127, 0, 0, 1),
            ownPublic)) {
      assertThat(rules.whyRefused(new InetSocketAddress(ours, 8081), List.of()))
          .as("%s", ours)
          .isPresent();
      assertThat(rules.whyRefused(new InetSocketAddress(ours, 9000), List.of())).isEmpty();
    }
    InetAddress elsewhere = InetAddress.ofLiteral("93.184.215.15");
    assertThat(rules.whyRefused(new InetSocketAddress(elsewhere, 8081), List.of())).isEmpty();
  }

  private static InetAddress mapped(InetAddress inner) throws Exception {
    byte[] bytes = inner.getAddress();
    return mapped(bytes[0], bytes[1], bytes[2], bytes[3]);
  }

  private static InetAddress mapped(int a, int b, int c, int d) throws Exception {
    byte[] bytes = new byte[16];
    bytes[10] = -1;
    bytes[11] = -1;
    bytes[12] = (byte) a;
    bytes[13] = (byte) b;
    bytes[14] = (byte) c;
    bytes[15] = (byte) d;
    return Inet6Address.getByAddress("mapped", bytes, -1);
  }
}
