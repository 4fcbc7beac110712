package dev.boathook.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.outbound.InvalidTargetUrl.Reason;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetUrlTest {

  @ParameterizedTest
  @CsvSource({
    "https://example.com, https://example.com/",
    "HTTPS://Example.COM/Hook, https://example.com/Hook",
    "https://example.com:443/x, https://example.com/x",
    "http://example.com:8080/x?y=1&z=%20, http://example.com:8080/x?y=1&z=%20",
    "http://example.com?y, http://example.com/?y",
    "https://example.com./x, https://example.com/x",
    "https://bücher.example/x, https://xn--bcher-kva.example/x",
    "http://my_service:9000/, http://my_service:9000/",
    "http://192.0.2.1/x, http://192.0.2.1/x",
    "http://192.0.2.1./x, http://192.0.2.1/x",
    "http://１２７.0.0.1/, http://127.0.0.1/",
    "http://127。0。0。1/, http://127.0.0.1/",
    "http://127．0．0．1/, http://127.0.0.1/",
    "http://127｡0｡0｡1/, http://127.0.0.1/",
    "http://①②⑦.⓪.⓪.①/, http://127.0.0.1/",
    "http://127.0.\u200b0.1/, http://127.0.0.1/",
    "http://ｌｏｃａｌｈｏｓｔ/, http://localhost/",
    "http://[0:0:0:0:0:FFFF:7F00:1]/, http://127.0.0.1/",
    "http://[::]/, http://[0:0:0:0:0:0:0:0]/",
    "http://[::127.0.0.1]/, http://[0:0:0:0:0:0:7f00:1]/",
    "http://[::1]:81/x, http://[0:0:0:0:0:0:0:1]:81/x",
    "http://[::ffff:127.0.0.1]/, http://127.0.0.1/",
    "https://example.com//a/../b, https://example.com//a/../b",
  })
  void a_good_url_has_one_spelling(String given, String spelling) {
    assertThat(TargetUrl.of(given)).hasToString(spelling);
    assertThat(TargetUrl.of(spelling)).isEqualTo(TargetUrl.of(given));
  }

  @Test
  void the_parts_are_there() {
    TargetUrl url = TargetUrl.of("https://example.com:8443/in?a=b");

    assertThat(url.scheme()).isEqualTo("https");
    assertThat(url.isHttps()).isTrue();
    assertThat(url.host()).isEqualTo("example.com");
    assertThat(url.port()).isEqualTo(8443);
    assertThat(url.pathAndQuery()).isEqualTo("/in?a=b");
    assertThat(url.authority()).isEqualTo("example.com:8443");
    assertThat(url.literal()).isEmpty();
    assertThat(TargetUrl.of("http://[2001:db8::1]/").literal())
        .contains(InetAddress.ofLiteral("2001:db8::1"));
    assertThat(TargetUrl.of("http://192.0.2.1/").literal())
        .contains(InetAddress.ofLiteral("192.0.2.1"));
  }

  @ParameterizedTest
  @CsvSource({
    "'', BAD_SCHEME",
    "example.com, BAD_SCHEME",
    "ftp://example.com/, BAD_SCHEME",
    "file:///etc/passwd, BAD_SCHEME",
    "gopher://example.com/, BAD_SCHEME",
    "//example.com/, BAD_SCHEME",
    "http:/example.com/, BAD_SCHEME",
    "http:///x, NO_HOST",
    "http://:80/, NO_HOST",
    "http://user@example.com/, USERINFO",
    "http://user:pw@example.com/, USERINFO",
    "http://example.com@127.0.0.1/, USERINFO",
    "http://127.0.0.1@example.com/, USERINFO",
    "http://example.com:80@127.0.0.1:81/, USERINFO",
    "http://@127.0.0.1/, USERINFO",
    "http://a@b@127.0.0.1/, USERINFO",
    "http://example.com/#top, FRAGMENT",
    "'http://example.com/a b', BAD_CHARACTER",
    "'http://example.com/a\tb', BAD_CHARACTER",
    "'http://example.com/a\r\nx: y', BAD_CHARACTER",
    "'http://example.com\\@127.0.0.1/', BAD_CHARACTER",
    "http://example.com/%zz, BAD_CHARACTER",
    "http://example.com/%4, BAD_CHARACTER",
    "http://example.com/ü, BAD_CHARACTER",
    "http://example.com:0/, BAD_PORT",
    "http://example.com:65536/, BAD_PORT",
    "http://example.com:/, BAD_PORT",
    "http://example.com:+80/, BAD_PORT",
    "http://example.com:80:80/, BAD_HOST",
    "http://exa%6dple.com/, BAD_HOST",
    "http://-example.com/, BAD_HOST",
    "http://example..com/, BAD_HOST",
    "http://./, BAD_HOST",
    "http://example.com../, BAD_HOST",
    "http://[::1/, BAD_HOST",
    "http://[127.0.0.1]/, BAD_HOST",
    "http://[fe80::1%25eth0]/, BAD_HOST",
    "http://[fe80::1%eth0]/, BAD_HOST",
    "http://[::1]x/, BAD_HOST",
    "http://[::1%lo]/, BAD_HOST",
    "http://[::ffff:127.0.0.1%25eth0]/, BAD_HOST",
    "http://[::ffff:127.1]/, BAD_HOST",
    "http://[::ffff:0177.0.0.1]/, BAD_HOST",
    "http://[::ffff:2130706433]/, BAD_HOST",
    "http://[::ffff:0x7f.0.0.1]/, BAD_HOST",
    "http://[v1.fe80::1]/, BAD_HOST",
    "http://[[::1]]/, BAD_HOST",
    "http://127%2e0%2e0%2e1/, BAD_HOST",
    "http://127.0.0.1%00.example.com/, BAD_HOST",
    "http://::1/, BAD_HOST",
  })
  void a_bad_url_is_refused_with_its_reason(String given, Reason reason) {
    assertThat(TargetUrl.parse(given))
        .isInstanceOfSatisfying(
            InvalidTargetUrl.class, invalid -> assertThat(invalid.reason()).isEqualTo(reason));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f.1",
        "0x7f.0.0.1",
        "0X7F000001",
        "0x7f000001",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.01",
        "127.0.0.0x1",
        "127.0.0.1.1",
        "256.0.0.1",
        "1.2.3",
        "0",
        "0x",
        "example.1",
        "１２７.1",
        "127.1.",
        "2130706433.",
        "0x7f000001.",
        "00177.0.0.1",
        "127.000.000.001",
        "0x7f.0x0.0x0.0x1",
        "0300.0250.1",
        "4294967296",
        "18446744071562067969",
        "０１７７.0.0.1",
        "０ｘ７ｆ.1",
        "②①③⓪⑦⓪⑥④③③",
      })
  void other_spellings_of_ipv4_addresses_are_refused(String host) {
    assertThat(TargetUrl.parse("http://" + host + "/"))
        .isInstanceOfSatisfying(
            InvalidTargetUrl.class,
            invalid -> {
              assertThat(invalid.reason()).isEqualTo(Reason.AMBIGUOUS_ADDRESS);
              assertThat(invalid.code()).isEqualTo("ambiguous_address");
            });
  }

  @Test
  void length_has_a_limit() {
    String longest = "http://example.com/" + "x".repeat(TargetUrl.MAX_CHARS - 19);

    assertThat(TargetUrl.parse(longest)).isInstanceOf(TargetUrl.class);
    assertThat(TargetUrl.parse(longest + "x"))
        .isInstanceOfSatisfying(
            InvalidTargetUrl.class, i -> assertThat(i.reason()).isEqualTo(Reason.TOO_LONG));
  }

  @Test
  void a_stored_url_that_is_bad_is_a_bug() {
    assertThatThrownBy(() -> TargetUrl.of("ftp://x/")).isInstanceOf(IllegalArgumentException.class);
  }
}
