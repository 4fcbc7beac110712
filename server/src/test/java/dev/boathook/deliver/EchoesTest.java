package dev.boathook.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.outbound.AttemptResult;
import dev.boathook.outbound.HttpHeader;
import dev.boathook.outbound.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EchoesTest {
  private static final List<HttpHeader> CREDENTIALS =
      List.of(
          new HttpHeader("x-key", "k-0123456789"),
          new HttpHeader("x-tenant", "7"),
          new HttpHeader("authorization", "Bearer token-abcdef"));

  private static AttemptResult hidden(boolean truncated, String body, HttpHeader... headers) {
    return Echoes.hidden(
        new AttemptResult(
            new Outcome.Delivered(200),
            List.of(headers),
            body.getBytes(StandardCharsets.ISO_8859_1),
            truncated,
            1,
            null),
        CREDENTIALS);
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
}
