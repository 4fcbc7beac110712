package dev.boathook.signatures;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parts of Twilio's scheme and what its requests say. */
class TwilioTest {
  private static final Provider TWILIO = Providers.named("twilio");
  private static final SigningContext CONTEXT = new SigningContext("1", Instant.EPOCH);

  private static String sorted(String form) {
    byte[] sorted = FormFields.sorted(form.getBytes(UTF_8));
    return sorted == null ? "null" : new String(sorted, UTF_8);
  }

  @Test
  void fields_are_sorted_by_name_then_value_and_each_pair_counts_once() {
    assertThat(sorted("b=2&a=1")).isEqualTo("a1b2");
    assertThat(sorted("a=2&a=1&a=2")).isEqualTo("a1a2");
    assertThat(sorted("a=1&B=2")).isEqualTo("B2a1");
    assertThat(sorted("a=%2B+%c3%a4")).isEqualTo("a+ ä");
    assertThat(sorted("%61=1&b&c=&=d&&")).isEqualTo("da1bc");
    assertThat(sorted("")).isEmpty();
  }

  @Test
  void what_cannot_be_a_form_is_not_sorted() {
    assertThat(sorted("a=%")).isEqualTo("null");
    assertThat(sorted("a=%2")).isEqualTo("null");
    assertThat(sorted("%zz=1")).isEqualTo("null");
    assertThat(sorted("a&".repeat(FormFields.MAX_SORTED))).isEqualTo("a");
    assertThat(sorted("a&".repeat(FormFields.MAX_SORTED) + "b")).isEqualTo("null");
  }

  @Test
  void a_url_loses_its_port_or_gets_the_standard_one() {
    assertThat(FormOrBodyHash.otherPort("https://a.example/x?y:1"))
        .isEqualTo("https://a.example:443/x?y:1");
    assertThat(FormOrBodyHash.otherPort("http://a.example")).isEqualTo("http://a.example:80");
    assertThat(FormOrBodyHash.otherPort("https://a.example:8443/x"))
        .isEqualTo("https://a.example/x");
    assertThat(FormOrBodyHash.otherPort("https://u:p@a.example/x"))
        .isEqualTo("https://u:p@a.example:443/x");
    assertThat(FormOrBodyHash.otherPort("https://u:p@a.example:1?x"))
        .isEqualTo("https://u:p@a.example?x");
    assertThat(FormOrBodyHash.otherPort("https://[::1]/x")).isEqualTo("https://[::1]:443/x");
    assertThat(FormOrBodyHash.otherPort("https://[::1]:443/x")).isEqualTo("https://[::1]/x");
    assertThat(FormOrBodyHash.otherPort("/in/abc")).isNull();
  }

  @Test
  void what_a_get_says_is_an_event_whose_body_is_its_query() {
    WebhookRequest unsigned =
        new WebhookRequest(
            "GET",
            "https://hooks.example.com/in/abc?MessageSid=SM1&MessageStatus=sent",
            Headers.of(),
            new byte[0]);
    WebhookRequest request = TWILIO.signer("token").sign(unsigned, CONTEXT);
    Requests.assertVerified(Requests.verify(TWILIO, "token", 0, request));
    Reading.Batch batch = (Reading.Batch) Requests.read(TWILIO, request);
    assertThat(batch.items()).hasSize(1);
    assertThat(batch.items().getFirst().body())
        .asString()
        .isEqualTo("MessageSid=SM1&MessageStatus=sent");
    assertThat(batch.items().getFirst().contentType())
        .isEqualTo("application/x-www-form-urlencoded");
    assertThat(batch.items().getFirst().envelope().type()).isEqualTo("sent");
    assertThat(batch.items().getFirst().envelope().key()).isEqualTo("SM1");
  }

  @Test
  void two_calls_of_one_url_are_told_apart_by_the_token_of_the_header() {
    WebhookRequest first =
        Requests.post(
            "CallSid=CA1&Digits=1",
            "Content-Type",
            "application/x-www-form-urlencoded",
            "I-Twilio-Idempotency-Token",
            "t-1");
    WebhookRequest again =
        new WebhookRequest(
            "POST",
            first.url(),
            Headers.of(
                "Content-Type",
                "application/x-www-form-urlencoded",
                "I-Twilio-Idempotency-Token",
                "t-2"),
            first.body());
    assertThat(Requests.envelope(Requests.read(TWILIO, first)).dedupeKey()).isEqualTo("t-1");
    assertThat(Requests.envelope(Requests.read(TWILIO, again)).dedupeKey()).isEqualTo("t-2");
  }

  @Test
  void a_batch_becomes_one_event_for_each_element() {
    WebhookRequest request =
        TWILIO
            .signer("token")
            .sign(TWILIO.sample("event-stream", "https://a.example/in/x", CONTEXT), CONTEXT);
    assertThat(request.url()).startsWith("https://a.example/in/x?bodySHA256=");
    Reading.Batch batch = (Reading.Batch) Requests.read(TWILIO, request);
    assertThat(batch.items()).hasSize(1);
    assertThat(batch.items().getFirst().envelope().type())
        .isEqualTo("com.twilio.messaging.message.delivered");
    assertThat(TWILIO.verifier(List.of("token")).verify(request, Instant.EPOCH))
        .isEqualTo(new Verdict.Verified(0));
  }

  @Test
  void a_body_that_the_url_has_a_hash_of_cannot_be_taken_away_or_called_a_form() {
    WebhookRequest genuine =
        TWILIO
            .signer("token")
            .sign(Requests.post("{}", "Content-Type", "application/json"), CONTEXT);
    Requests.assertVerified(Requests.verify(TWILIO, "token", 0, genuine));
    String form = "application/x-www-form-urlencoded";
    for (WebhookRequest changed :
        List.of(
            genuine.with(new byte[0]),
            new WebhookRequest("GET", genuine.url(), genuine.headers(), new byte[0]),
            new WebhookRequest(
                "POST",
                genuine.url(),
                Headers.of("Content-Type", form).plus(genuine.headers()),
                new byte[] {'&'}))) {
      Requests.assertRejected(
          Requests.verify(TWILIO, "token", 0, changed), Reason.NO_MATCHING_SIGNATURE);
    }
  }

  @Test
  void a_rejection_tells_the_host_that_was_assumed_and_no_more_of_the_url() {
    WebhookRequest request =
        new WebhookRequest(
            "POST",
            "https://hooks.example.com:8443/in/token?key=hush",
            Headers.of(
                "Content-Type",
                "application/x-www-form-urlencoded",
                "X-Twilio-Signature",
                "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
            new byte[0]);

    assertThat(TWILIO.verifier(List.of("12345")).verify(request, Instant.EPOCH).toString())
        .contains("sent to https://hooks.example.com:8443/…")
        .doesNotContain("token?")
        .doesNotContain("hush");
  }
}
