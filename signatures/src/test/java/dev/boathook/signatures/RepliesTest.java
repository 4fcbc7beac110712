package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.post;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who waits for an answer, how long, and what is said when nobody has one. */
class RepliesTest {
  private static final WebhookRequest JSON = post("{}", "Content-Type", "application/json");
  private static final WebhookRequest FORM =
      post("a=1", "Content-Type", "application/x-www-form-urlencoded; charset=utf-8");

  private static String accepted(Provider provider, WebhookRequest request) {
    return provider
        .accepted(request)
        .map(answer ->
            answer.status() + " " + answer.contentType() + " " + new String(answer.body(), UTF_8))
        .orElse("any");
  }

  @Test
  void slack_waits_with_forms_and_an_answer_without_a_body_shows_nothing() {
    Provider slack = Providers.named("slack");
    assertThat(slack.replyLimit(FORM)).contains(Duration.ofSeconds(3));
    assertThat(accepted(slack, FORM)).isEqualTo("200  ");
    assertThat(slack.replyLimit(JSON)).isEmpty();
    assertThat(accepted(slack, JSON)).isEqualTo("any");
  }

  @Test
  void teams_always_waits_and_always_gets_a_message() {
    Provider teams = Providers.named("teams");
    assertThat(teams.replyLimit(JSON)).contains(Duration.ofSeconds(5));
    assertThat(accepted(teams, JSON))
        .isEqualTo("200 application/json {\"type\":\"message\",\"text\":\"Received.\"}");
  }

  @Test
  void twilio_waits_for_twiml_but_not_with_event_streams() {
    Provider twilio = Providers.named("twilio");
    WebhookRequest get = new WebhookRequest("GET", Requests.URL, Headers.of(), new byte[0]);
    String empty = "200 text/xml <?xml version=\"1.0\" encoding=\"UTF-8\"?><Response></Response>";
    assertThat(twilio.replyLimit(FORM)).contains(Duration.ofSeconds(15));
    assertThat(accepted(twilio, FORM)).isEqualTo(empty);
    assertThat(twilio.replyLimit(get)).contains(Duration.ofSeconds(15));
    assertThat(accepted(twilio, get)).isEqualTo(empty);
    assertThat(twilio.replyLimit(JSON)).isEmpty();
    assertThat(accepted(twilio, JSON)).isEqualTo("any");
  }

  /** A body would be taken for a call of the Bot API. */
  @Test
  void telegram_is_answered_without_a_body() {
    assertThat(accepted(Providers.named("telegram"), JSON)).isEqualTo("200  ");
  }

  @Test
  void binance_pay_is_told_success_in_its_own_words() {
    assertThat(accepted(Providers.named("binance-pay"), JSON))
        .isEqualTo("200 application/json {\"returnCode\":\"SUCCESS\",\"returnMessage\":null}");
  }
}
