package dev.boathook.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.endpoint.Authentication;
import dev.boathook.outbound.AttemptResult;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoesTest {
  private static final List<HttpHeader> CREDENTIALS =
      List.of(
          new HttpHeader("x-key", "k-0123456789"),
          new HttpHeader("x-tenant", "7"),
          new HttpHeader("authorization", "Bearer token-abcdef"));

  private static AttemptResult hidden(boolean truncated, String body, HttpHeader... headers) {
    return hidden(CREDENTIALS, truncated, body, headers);
  }

  private static AttemptResult hidden(
      List<HttpHeader> credentials, boolean truncated, String body, HttpHeader... headers) {
    return Echoes.hidden(
        new AttemptResult(
            new Outcome.Delivered(200),
            List.of(headers),
            body.getBytes(StandardCharsets.ISO_8859_1),
            truncated,
            1,
            null),
        credentials);
  }

  /** What is shown of a body in UTF-8 that answers this credential. */
  private static String shown(HttpHeader credential, boolean truncated, String body) {
    byte[] utf8 = body.getBytes(StandardCharsets.UTF_8);
    AttemptResult result =
        hidden(List.of(credential), truncated, new String(utf8, StandardCharsets.ISO_8859_1));
    return new String(result.responseBody(), StandardCharsets.UTF_8);
  }

  private static HttpHeader basic(String username, String password) {
    return new Authentication.Basic(username, password).header().orElseThrow();
  }

  private static String body(boolean truncated, String body) {
    return new String(hidden(truncated, body).responseBody(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void credentials_that_come_back_are_hidden_in_headers_and_body() {
    assertThat(hidden(false, "", new HttpHeader("x-echo", "a k-0123456789 b")).responseHeaders())
        .containsExactly(new HttpHeader("x-echo", "a (hidden) b"));
    assertThat(body(false, "{\"a\":\"Bearer token-abcdef\",\"b\":\"token-abcdef\",\"n\":7}\u00ff"))
        .isEqualTo("{\"a\":\"(hidden)\",\"b\":\"(hidden)\",\"n\":7}\u00ff");
  }

  @Test
  void one_that_was_cut_off_is_hidden_too() {
    assertThat(body(true, "you sent token-abcd")).isEqualTo("you sent (hidden)");
    assertThat(body(true, "you sent Bearer token-abcd")).isEqualTo("you sent (hidden)");
    assertThat(body(false, "you sent token-abcd")).isEqualTo("you sent token-abcd");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/b\"c\\d\u00e9\uD83D\uDE00=&",
        "a\\/b\\\"c\\\\d\u00e9\uD83D\uDE00=&",
        "a\\/b\\\"c\\\\d\\u00e9\\ud83d\\uDE00=&",
        "a/b\\u0022c\\u005Cd\\u00E9\uD83D\uDE00\\u003d\\u0026",
      })
  void a_password_is_hidden_however_json_writes_it(String written) {
    HttpHeader header = basic("me", "a/b\"c\\d\u00e9\uD83D\uDE00=&");

    assertThat(shown(header, false, "{\"password\":\"" + written + "\",\"a\":\"\\u00e9\"}"))
        .isEqualTo("{\"password\":\"(hidden)\",\"a\":\"\\u00e9\"}");
    assertThat(shown(header, false, "{\"pair\":\"me:" + written + "\"}"))
        .isEqualTo("{\"pair\":\"(hidden)\"}");
  }

  @Test
  void the_header_of_basic_is_hidden_with_escaped_slashes() {
    HttpHeader header = basic("user", "???>>>???>>>");
    String encoded = header.value().substring("Basic ".length());
    assertThat(encoded).contains("/");

    assertThat(shown(header, false, "{\"a\":\"Basic " + encoded.replace("/", "\\/") + "\"}"))
        .isEqualTo("{\"a\":\"(hidden)\"}");
    assertThat(shown(header, false, "{\"a\":\"" + encoded.replace("/", "\\u002F") + "\"}"))
        .isEqualTo("{\"a\":\"(hidden)\"}");
  }

  @Test
  void a_token_is_hidden_with_escaped_slashes_and_in_headers() {
    HttpHeader header = new HttpHeader("authorization", "Bearer abc/def/ghi");
    assertThat(shown(header, false, "{\"token\":\"abc\\/def\\/ghi\"}"))
        .isEqualTo("{\"token\":\"(hidden)\"}");
    assertThat(
            hidden(List.of(header), false, "", new HttpHeader("x", "{\"t\":\"abc\\/def\\/ghi\"}"))
                .responseHeaders())
        .containsExactly(new HttpHeader("x", "{\"t\":\"(hidden)\"}"));
  }

  @Test
  void a_value_beyond_ascii_is_hidden_in_both_encodings() {
    HttpHeader header = new HttpHeader("x-key", "cl\u00e9-secr\u00e8te");

    assertThat(shown(header, false, "got cl\u00e9-secr\u00e8te.")).isEqualTo("got (hidden).");
    assertThat(shown(header, false, "got cl\\u00e9-secr\\u00e8te.")).isEqualTo("got (hidden).");
    assertThat(
            new String(
                hidden(List.of(header), false, "got cl\u00e9-secr\u00e8te.").responseBody(),
                StandardCharsets.ISO_8859_1))
        .isEqualTo("got (hidden).");
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc\\/def\\/g", "abc\\/def\\/", "abc/def/\\", "abc\\/def/\\u00"})
  void one_that_was_cut_off_in_json_is_hidden_too(String beginning) {
    HttpHeader header = new HttpHeader("authorization", "Bearer abc/def/ghi");

    assertThat(shown(header, true, "{\"token\":\"" + beginning)).isEqualTo("{\"token\":\"(hidden)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic", "Basic ", "Basic !not-base64!", "Basic bm8tY29sb24taGVyZQ=="})
  void a_header_that_only_begins_like_basic_is_hidden_as_it_is(String value) {
    assertThat(shown(new HttpHeader("authorization", value), false, "\\u, \\u12, \\ud83d " + value))
        .doesNotContain("bm8t")
        .doesNotContain("!not")
        .startsWith("\\u, \\u12, \\ud83d ");
  }
}
