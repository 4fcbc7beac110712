package dev.boathook.signatures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HeadersTest {
  private static final Headers HEADERS = Headers.of("A", "1", "b", "2", "a", "3");

  @Test
  void names_compare_without_case_and_lines_keep_their_order() {
    assertThat(HEADERS.first("a")).isEqualTo("1");
    assertThat(HEADERS.first("B")).isEqualTo("2");
    assertThat(HEADERS.first("c")).isNull();
    assertThat(HEADERS.all("A")).containsExactly("1", "3");
    assertThat(HEADERS.all("c")).isEmpty();
    assertThat(HEADERS.count("a")).isEqualTo(2);
    assertThat(HEADERS)
        .containsExactly(
            new Headers.Line("A", "1"), new Headers.Line("b", "2"), new Headers.Line("a", "3"));
  }

  @Test
  void they_can_be_built_joined_and_compared() {
    Headers.Builder builder = Headers.builder();
    for (int i = 0; i < 100; i++) {
      builder.add("n" + i, "v" + i);
    }
    Headers built = builder.build();
    assertThat(built.size()).isEqualTo(100);
    assertThat(built.first("N99")).isEqualTo("v99");
    assertThat(Headers.of("A", "1").plus(Headers.of("b", "2", "a", "3")))
        .isEqualTo(HEADERS)
        .hasSameHashCodeAs(HEADERS)
        .isEqualTo(Headers.of((Iterable<Headers.Line>) HEADERS));
    assertThat(Headers.builder().build()).isSameAs(Headers.of());
  }

  @Test
  void values_are_not_printed() {
    assertThat(HEADERS).hasToString("Headers[A, b, a]");
  }

  @Test
  void nonsense_is_refused() {
    assertThatThrownBy(() -> Headers.of("A")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Headers.of("", "1")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Headers.builder().add("", "1"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_request_tells_no_secret_wherever_it_stands() {
    WebhookRequest request =
        new WebhookRequest(
            "POST",
            "https://user:secret@a.example/in/secret?token=secret",
            Headers.of("Authorization", "secret"),
            "secret".getBytes(StandardCharsets.UTF_8));
    assertThat(request).hasToString("WebhookRequest[POST, 1 header lines, 6 bytes]");
  }
}
