package dev.boathook.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "192.0.2.7/32, 192.0.2.7, true",
    "192.0.2.7/32, 192.0.2.6, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, 2001:db8::1, false",
    "198.18.0.0/15, 198.19.255.255, true",
    "198.18.0.0/15, 198.20.0.0, false",
    "fc00::/7, fdff::1, true",
    "fc00::/7, fe00::1, false",
    "::/0, 2001:db8::1, true",
    "::/0, 10.0.0.1, false",
  })
  void an_address_is_in_a_range_when_the_prefix_is_the_same(
      String range, String address, boolean inside) {
    assertThat(Cidr.parse(range).contains(InetAddress.ofLiteral(address))).isEqualTo(inside);
  }

  @Test
  void an_ipv4_range_holds_the_mapped_spelling_of_its_addresses() throws Exception {
    byte[] mapped = new byte[16];
    mapped[10] = -1;
    mapped[11] = -1;
    mapped[12] = 10;
    InetAddress address = Inet6Address.getByAddress("x", mapped, -1);

    assertThat(address).isInstanceOf(Inet6Address.class);
    assertThat(Cidr.parse("10.0.0.0/8").contains(address)).isTrue();
    assertThat(Cidr.parse("11.0.0.0/8").contains(address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.1/8",
        "10/8",
        "010.0.0.0/8",
        "0x0a.0.0.0/8",
        " 10.0.0.0/8",
        "fe80::%eth0/10",
        "[::1]/128",
        "::1/129",
        "::ffff:10.0.0.0/104",
        "example.com/8",
      })
  void anything_but_a_canonical_range_is_refused(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_range_is_written_as_it_is_read() {
    assertThat(Cidr.parse("127.0.0.0/8")).hasToString("127.0.0.0/8");
  }
}
