package dev.boathook.signatures;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What no table of requests can say about payment providers: answers, and what is no event. */
class PaymentsTest {
  private static final String KEY =
      "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";

  @Test
  void adyen_is_answered_in_its_older_form_too() {
    Answer answer = Providers.named("adyen").accepted(Requests.post("{}")).orElseThrow();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("[accepted]");
  }

  @Test
  void adyen_signs_each_sample_where_its_kind_carries_the_signature() {
    Provider adyen = Providers.named("adyen");
    SigningContext context = new SigningContext("msg_1", Instant.EPOCH);
    WebhookRequest item = adyen.sample("REFUND", Requests.URL, context);
    WebhookRequest platform =
        adyen.sample("balancePlatform.transfer.created", Requests.URL, context);
    Signer signer = adyen.signer(KEY);
    assertThat(signer.sign(item, context).headers().first("HmacSignature")).isNull();
    assertThat(signer.sign(platform, context).headers().first("HmacSignature")).isNotNull();
    assertThatThrownBy(() -> signer.sign(Requests.post("{\"notificationItems\":[{},{}]}"), context))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void adyen_may_send_a_hundred_items_and_no_more() {
    Provider adyen = Providers.named("adyen");
    SigningContext context = new SigningContext("1", Instant.EPOCH);
    WebhookRequest one =
        adyen.signer(KEY).sign(adyen.sample("REFUND", Requests.URL, context), context);
    WebhookRequest most = repeated(one, ItemSignature.MAX_ITEMS);
    Requests.assertVerified(Requests.verify(adyen, KEY, 0, most));
    assertThat(Requests.read(adyen, most))
        .isInstanceOfSatisfying(
            Reading.Batch.class,
            batch -> assertThat(batch.items()).hasSize(ItemSignature.MAX_ITEMS));
    Requests.assertRejected(
        Requests.verify(adyen, KEY, 0, repeated(one, ItemSignature.MAX_ITEMS + 1)),
        Reason.TOO_MANY_SIGNATURES);
  }

  private static WebhookRequest repeated(WebhookRequest request, int times) {
    JsonElements items =
        Objects.requireNonNull(JsonElements.of(request.body(), "/notificationItems"));
    String item = new String(items.element(0), UTF_8);
    return request.with(
        Utf8.bytes(
            "{\"notificationItems\":["
                + String.join(",", Collections.nCopies(times, item))
                + "]}"));
  }

  @Test
  void adyen_may_not_send_its_items_twice() {
    Provider adyen = Providers.named("adyen");
    SigningContext context = new SigningContext("1", Instant.EPOCH);
    WebhookRequest signed =
        adyen.signer(KEY).sign(adyen.sample("REFUND", Requests.URL, context), context);
    String body = new String(signed.body(), UTF_8);
    for (String twin : List.of("notificationItems", "NOTIFICATIONITEMS")) {
      String changed = body.replaceFirst("\\{", "{\"" + twin + "\":[{}],");
      Requests.assertRejected(
          Requests.verify(adyen, KEY, 0, signed.with(Utf8.bytes(changed))), Reason.MALFORMED_BODY);
    }
  }

  @Test
  void mollie_counts_only_200_and_classic_needs_a_token_only_if_there_is_one() {
    for (String name : List.of("mollie", "mollie-classic")) {
      Provider mollie = Providers.named(name);
      assertThat(mollie.accepted(Requests.post("id=tr_1")).orElseThrow().status()).isEqualTo(200);
    }
    Provider classic = Providers.named("mollie-classic");
    assertThat(classic.signs()).isFalse();
    assertThat(classic.verifier(List.of()).verify(Requests.post("id=tr_1"), Instant.EPOCH))
        .isEqualTo(new Verdict.Unsigned(OptionalInt.empty()));
    Requests.assertRejected(
        classic.verifier(List.of("token")).verify(Requests.post("id=tr_1"), Instant.EPOCH),
        Reason.MISSING_TOKEN);
  }

  @Test
  void paypal_needs_the_id_of_the_webhook() {
    assertThatThrownBy(() -> Providers.named("paypal"))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("webhook_id");
    assertThatThrownBy(() -> Providers.named("paypal", Map.of("webhook_id", "a|b")))
        .isInstanceOf(InvalidSettings.class)
        .hasMessage("paypal setting 'webhook_id' is not an id of PayPal's");
    assertThatThrownBy(
            () -> Providers.named("paypal", Map.of("webhook_id", "1")).verifier(List.of("secret")))
        .isInstanceOf(InvalidSecret.class);
  }

  @Test
  void a_second_field_of_a_signed_name_is_refused_beside_a_right_signature() {
    Provider adyen = Providers.named("adyen");
    String key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
    SigningContext context = new SigningContext("1", Instant.EPOCH);
    WebhookRequest signed =
        adyen.signer(key).sign(adyen.sample("AUTHORISATION", Requests.URL, context), context);
    Requests.assertVerified(Requests.verify(adyen, key, 0, signed));
    String body = new String(signed.body(), UTF_8);
    for (String twin : List.of("pspReference", "PSPREFERENCE", "pspReferenc\\u0045", "Amount")) {
      String name = "\"pspReference\"";
      String changed =
          body.replaceFirst(name, "\"" + twin.replace("\\", "\\\\") + "\":\"forged\"," + name);
      assertThat(changed).isNotEqualTo(body);
      Requests.assertRejected(
          Requests.verify(adyen, key, 0, signed.with(Utf8.bytes(changed))), Reason.MALFORMED_BODY);
    }
    String harmless =
        body.replaceFirst("\"pspReference\"", "\"other\":1,\"Other\":2,\"pspReference\"");
    Requests.assertVerified(Requests.verify(adyen, key, 0, signed.with(Utf8.bytes(harmless))));
  }
}
