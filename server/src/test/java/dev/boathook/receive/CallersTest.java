package dev.boathook.receive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.address.Cidr;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallersTest {
  private static final String PROXY = "10.0.0.1";
  private static final Callers CALLERS =
      new Callers(List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8")));

  /** Lines are parted by a tilde; a caller in brackets is the peer because nobody else is known. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Nobody's word but a trusted proxy's.
        "192.0.2.9 | 198.51.100.1 |  | 192.0.2.9",
        "192.0.2.9 |  | for=198.51.100.1 | 192.0.2.9",
        "11.0.0.1 | 198.51.100.1 |  | 11.0.0.1",
        "10.0.0.1 |  |  | 10.0.0.1",
        "::ffff:10.0.0.1 | 198.51.100.1 |  | 198.51.100.1",
        "fd00::1 | 198.51.100.1 |  | 198.51.100.1",
        // From the right, past trusted ones.
        "10.0.0.1 | 198.51.100.1 |  | 198.51.100.1",
        "10.0.0.1 | 203.0.113.7, 198.51.100.1 |  | 198.51.100.1",
        "10.0.0.1 | 203.0.113.7, 198.51.100.1, 10.0.0.2, fd00::7 |  | 198.51.100.1",
        "10.0.0.1 | 203.0.113.7~198.51.100.1~10.0.0.2 |  | 198.51.100.1",
        "10.0.0.1 | 10.0.0.3, 10.0.0.2 |  | 10.0.0.3",
        "10.0.0.1 | <script>, 198.51.100.1 |  | 198.51.100.1",
        "10.0.0.1 | unknown,,198.51.100.1 |  | 198.51.100.1",
        "10.0.0.1 |   198.51.100.1   |  | 198.51.100.1",
        // Forms of an address.
        "10.0.0.1 | 198.51.100.1:4711 |  | 198.51.100.1",
        "10.0.0.1 | 2001:db8::1 |  | 2001:db8:0:0:0:0:0:1",
        "10.0.0.1 | [2001:db8::1] |  | 2001:db8:0:0:0:0:0:1",
        "10.0.0.1 | [2001:db8::1]:4711 |  | 2001:db8:0:0:0:0:0:1",
        "10.0.0.1 | ::ffff:198.51.100.1 |  | 198.51.100.1",
        "10.0.0.1 | 203.0.113.7, ::ffff:10.0.0.2 |  | 203.0.113.7",
        // What is none.
        "10.0.0.1 | unknown |  | [10.0.0.1]",
        "10.0.0.1 | _hidden |  | [10.0.0.1]",
        "10.0.0.1 | `` |  | [10.0.0.1]",
        "10.0.0.1 | 198.51.100.1, |  | [10.0.0.1]",
        "10.0.0.1 | 198.51.100.1, unknown, 10.0.0.2 |  | [10.0.0.1]",
        "10.0.0.1 | 198.51.100 |  | [10.0.0.1]",
        "10.0.0.1 | 198.51.100.01 |  | [10.0.0.1]",
        "10.0.0.1 | 3325256705 |  | [10.0.0.1]",
        "10.0.0.1 | 198.51.100.1:x |  | [10.0.0.1]",
        "10.0.0.1 | 198.51.100.1:123456 |  | [10.0.0.1]",
        "10.0.0.1 | [198.51.100.1] |  | [10.0.0.1]",
        "10.0.0.1 | [2001:db8::1 |  | [10.0.0.1]",
        "10.0.0.1 | [2001:db8::1]x |  | [10.0.0.1]",
        "10.0.0.1 | 2001:db8::1%eth0 |  | [10.0.0.1]",
        "10.0.0.1 | example.com |  | [10.0.0.1]",
        "10.0.0.1 | \"198.51.100.1\" |  | [10.0.0.1]",
        // RFC 7239.
        "10.0.0.1 |  | for=198.51.100.1 | 198.51.100.1",
        "10.0.0.1 |  | For=198.51.100.1;proto=https;by=203.0.113.43 | 198.51.100.1",
        "10.0.0.1 |  | proto=https ; for=198.51.100.1 | 198.51.100.1",
        "10.0.0.1 |  | for=\"198.51.100.1:4711\" | 198.51.100.1",
        "10.0.0.1 |  | for=\"[2001:db8::1]\" | 2001:db8:0:0:0:0:0:1",
        "10.0.0.1 |  | for=\"[2001:db8::1]:4711\" | 2001:db8:0:0:0:0:0:1",
        "10.0.0.1 |  | for=203.0.113.7, for=198.51.100.1, for=10.0.0.2 | 198.51.100.1",
        "10.0.0.1 |  | for=203.0.113.7~for=198.51.100.1;proto=http~for=10.0.0.2 | 198.51.100.1",
        "10.0.0.1 |  | for=\"a,b\\\"c\", for=198.51.100.1 | 198.51.100.1",
        "10.0.0.1 |  | for=\"198.51.100.\\1\" | 198.51.100.1",
        "10.0.0.1 |  | for=unknown | [10.0.0.1]",
        "10.0.0.1 |  | for=\"_gazonk\" | [10.0.0.1]",
        "10.0.0.1 |  | by=198.51.100.1 | [10.0.0.1]",
        "10.0.0.1 |  | 198.51.100.1 | [10.0.0.1]",
        "10.0.0.1 |  | for=[2001:db8::1] | [10.0.0.1]",
        "10.0.0.1 |  | for=2001:db8::1 | [10.0.0.1]",
        "10.0.0.1 |  | for=198.51.100.1;for=203.0.113.7 | [10.0.0.1]",
        "10.0.0.1 |  | for=\"198.51.100.1 | [10.0.0.1]",
        "10.0.0.1 |  | for=\"evil, for=198.51.100.1 | [10.0.0.1]",
        "10.0.0.1 |  | for=203.0.113.7;x=\", for=\"[2001:db8::1]\" | [10.0.0.1]",
        // Both.
        "10.0.0.1 | 198.51.100.1 | for=198.51.100.1 | 198.51.100.1",
        "10.0.0.1 | 198.51.100.1 | for=203.0.113.7 | [10.0.0.1]",
        "10.0.0.1 | 198.51.100.1 | for=unknown | [10.0.0.1]"
      })
  void a_caller_is_known_by_what_trusted_proxies_say(
      String peer, @Nullable String forwardedFor, @Nullable String forwarded, String expected) {
    Callers.Caller caller =
        CALLERS.of(InetAddress.ofLiteral(peer), lines(forwardedFor), lines(forwarded));

    assertThat(caller.known() ? caller.text() : "[" + caller.text() + "]").isEqualTo(expected);
  }

  @Test
  void without_trusted_proxies_nobody_is_believed() {
    Callers callers = new Callers(List.of());

    assertThat(callers.of(InetAddress.ofLiteral(PROXY), List.of("198.51.100.1"), List.of()).text())
        .isEqualTo(PROXY);
  }

  @Test
  void what_stands_on_the_left_may_be_as_long_as_it_likes() {
    String spoofed = "203.0.113.7, ".repeat(2_000) + "198.51.100.1";

    assertThat(CALLERS.of(InetAddress.ofLiteral(PROXY), List.of(spoofed), List.of()).text())
        .isEqualTo("198.51.100.1");
  }

  @Test
  void a_row_of_proxies_has_an_end() {
    InetAddress peer = InetAddress.ofLiteral(PROXY);
    String most = "198.51.100.1" + ", 10.0.0.2".repeat(Callers.MAX_HOPS - 1);

    assertThat(CALLERS.of(peer, List.of(most), List.of()).text()).isEqualTo("198.51.100.1");
    assertThat(CALLERS.of(peer, List.of(most + ", 10.0.0.2"), List.of()).known()).isFalse();
  }

  private static List<String> lines(@Nullable String text) {
    return text == null ? List.of() : Arrays.asList(text.split("~", -1));
  }
}
