package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.handshake;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What no table of requests can say about shops: greetings, and what is answered. */
class CommerceTest {
  private static final Provider ADOBE = Providers.named("adobe-io", Map.of("client_id", "ours"));
  private static final Provider WOOCOMMERCE = Providers.named("woocommerce");
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String URL = "https://hooks.example.com/in/abc";

  private static WebhookRequest get(String query) {
    return new WebhookRequest("GET", URL + query, Headers.of(), new byte[0]);
  }

  private static String text(Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void adobe_gets_its_challenge_back_as_json() {
    Answer answer =
        handshake(
                ADOBE
                    .greeting(get("?challenge=8ec8d794-e0ab-42df-9017-e3dada8e84f7"))
                    .orElseThrow())
            .answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo("application/json");
    assertThat(text(answer)).isEqualTo("{\"challenge\":\"8ec8d794-e0ab-42df-9017-e3dada8e84f7\"}");
  }

  @Test
  void what_is_not_exactly_adobes_challenge_is_not_answered() {
    assertThat(ADOBE.greeting(get(""))).isEmpty();
    assertThat(ADOBE.greeting(get("?challenge="))).isEmpty();
    assertThat(ADOBE.greeting(get("?challenge=a&challenge=b"))).isEmpty();
    assertThat(ADOBE.greeting(get("?challenge=" + "a".repeat(1025)))).isEmpty();
    assertThat(ADOBE.greeting(get("?challenge=%0d%0aX"))).isEmpty();
    assertThat(
            ADOBE.greeting(
                new WebhookRequest("POST", URL + "?challenge=a", Headers.of(), new byte[0])))
        .isEmpty();
  }

  @Test
  void adobe_needs_the_client_id() {
    assertThatThrownBy(() -> Providers.named("adobe-io"))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("client_id");
    assertThatThrownBy(
            () -> Providers.named("adobe-io", Map.of("client_id", "a", "public_key", "no key!")))
        .isInstanceOf(InvalidSettings.class)
        .hasMessage("adobe-io setting 'public_key' is neither PEM nor the base64 of a public key");
  }

  @Test
  void woocommerce_is_greeted_when_it_tries_the_address() {
    Answer answer =
        handshake(
                WOOCOMMERCE
                    .greeting(Requests.post("webhook_id=7", "Content-Type", FORM))
                    .orElseThrow())
            .answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void what_is_not_exactly_woocommerces_test_is_not_answered() {
    for (String body :
        new String[] {
          "",
          "webhook_id=",
          "webhook_id=7&x=1",
          "webhook_id=x",
          "webhook_id=7\n",
          "{}",
          "webhook_id=" + "7".repeat(21)
        }) {
      assertThat(WOOCOMMERCE.greeting(Requests.post(body, "Content-Type", FORM))).isEmpty();
    }
    for (String header : new String[] {"X-WC-Webhook-Signature", "x-wc-webhook-topic"}) {
      assertThat(WOOCOMMERCE.greeting(Requests.post("webhook_id=7", header, "x"))).isEmpty();
    }
  }

  @Test
  void magento_waits_for_an_answer_and_is_told_to_go_on_if_there_is_none() {
    Provider magento = Providers.named("magento");
    WebhookRequest request = Requests.post("{}");
    assertThat(magento.replyLimit(request)).contains(Duration.ofSeconds(5));
    Answer answer = magento.accepted(request).orElseThrow();
    assertThat(answer.contentType()).isEqualTo("application/json");
    assertThat(text(answer)).isEqualTo("{\"op\":\"success\"}");
  }
}
