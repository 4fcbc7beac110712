package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.handshake;
import static dev.boathook.signatures.Requests.post;
import static dev.boathook.signatures.Requests.read;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloudEventsTest {
  private static final Provider CLOUD_EVENTS = Providers.named("cloudevents");
  private static final String ORIGIN = "WebHook-Request-Origin";

  private static WebhookRequest options(String... headers) {
    return new WebhookRequest("OPTIONS", Requests.URL, Headers.of(headers), new byte[0]);
  }

  private static Answer answer(Provider provider, String... headers) {
    return handshake(provider.greeting(options(headers)).orElseThrow()).answer();
  }

  /** The example of the specification, section 4. */
  @Test
  void who_asks_is_told_that_and_how_often_it_may_send() {
    Provider limited = Providers.named("cloudevents", Map.of("allowed_rate", "100"));
    assertThat(answer(limited, ORIGIN, "eventemitter.example.com", "WebHook-Request-Rate", "120"))
        .usingRecursiveComparison()
        .isEqualTo(
            new Answer(
                200,
                Headers.of(
                    "Allow", "POST",
                    "WebHook-Allowed-Origin", "eventemitter.example.com",
                    "WebHook-Allowed-Rate", "100"),
                new byte[0]));
    assertThat(answer(CLOUD_EVENTS, ORIGIN, "a.example").headers().first("WebHook-Allowed-Rate"))
        .isEqualTo("*");
  }

  @Test
  void who_is_not_on_the_list_is_told_no() {
    Provider some =
        Providers.named("cloudevents", Map.of("allowed_origins", "a.example, B.example"));
    assertThat(answer(some, ORIGIN, "b.EXAMPLE").headers().first("WebHook-Allowed-Origin"))
        .isEqualTo("b.EXAMPLE");
    Answer no = answer(some, ORIGIN, "c.example");
    assertThat(no.status()).isEqualTo(405);
    assertThat(no.headers()).isEqualTo(Headers.of("Allow", "POST"));
  }

  @Test
  void what_only_looks_like_the_question_is_none() {
    assertThat(CLOUD_EVENTS.greeting(options())).isEmpty();
    assertThat(CLOUD_EVENTS.greeting(options(ORIGIN, ""))).isEmpty();
    assertThat(CLOUD_EVENTS.greeting(options(ORIGIN, "a.example\r\nX: y"))).isEmpty();
    assertThat(CLOUD_EVENTS.greeting(options(ORIGIN, "a".repeat(254)))).isEmpty();
    assertThat(CLOUD_EVENTS.greeting(options(ORIGIN, "a.example", ORIGIN, "b.example"))).isEmpty();
    assertThat(CLOUD_EVENTS.greeting(post("{}", ORIGIN, "a.example"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "allowed_origins, https://a.example",
    "allowed_origins, ''",
    "allowed_origins, 'a.example,'",
    "allowed_rate, 0",
    "allowed_rate, many",
  })
  void wrong_settings_are_explained(String setting, String value) {
    assertThatThrownBy(() -> Providers.named("cloudevents", Map.of(setting, value)))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("'" + setting + "' is not ");
  }

  @Test
  void each_event_of_a_batch_is_a_batch_of_one() {
    WebhookRequest batch =
        post(
            "[{\"id\":\"1\",\"source\":\"s\",\"type\":\"a\"},"
                + " {\"id\":\"1\",\"source\":\"t\",\"type\":\"b\"}]",
            "Content-Type",
            "application/cloudevents-batch+json");
    List<Reading.Item> items = ((Reading.Batch) read(CLOUD_EVENTS, batch)).items();
    assertThat(items)
        .extracting(item -> item.envelope().type(), item -> item.envelope().dedupeKey())
        .containsExactly(tuple("a", "1:s"), tuple("b", "1:t"));
    assertThat(new String(items.get(1).body(), UTF_8))
        .isEqualTo("[{\"id\":\"1\",\"source\":\"t\",\"type\":\"b\"}]");
    assertThat(items.get(1).contentType()).isEqualTo("application/cloudevents-batch+json");
  }
}
