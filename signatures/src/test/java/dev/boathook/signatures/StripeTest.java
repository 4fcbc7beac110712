package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.assertVerified;
import static dev.boathook.signatures.Requests.envelope;
import static dev.boathook.signatures.Requests.post;
import static dev.boathook.signatures.Requests.verify;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class StripeTest {
  private static final Provider STRIPE = Providers.named("stripe");
  private static final String SECRET = "whsec_test_secret";
  private static final String BODY =
      "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}";
  private static final String SIGNATURE =
      "2672d138c9a412830f3bfe2ecc5bfb3277cf6f5b49d0119d77dd6cb64da1257e";

  private static Verdict verified(String header) {
    return verify(STRIPE, SECRET, 12_345, post(BODY, "Stripe-Signature", header));
  }

  /** Secret and body of stripe-java's WebhookTest. */
  @Test
  void the_official_vector_is_verified() {
    assertVerified(verified("t=12345,v1=" + SIGNATURE));
  }

  @Test
  void one_right_v1_among_others_is_enough() {
    String wrong = SIGNATURE.replace('2', '3');
    assertVerified(verified("t=12345,v1=" + wrong + ",v1=" + SIGNATURE + ",v0=" + wrong));
    assertVerified(verified("v1=" + SIGNATURE.toUpperCase(java.util.Locale.ROOT) + ", t=12345"));
  }

  @Test
  void v0_does_not_count() {
    assertRejected(
        verified("t=12345,v0=" + SIGNATURE),
        Reason.NO_ACCEPTED_SIGNATURE,
        "Stripe-Signature has no v1 entry");
  }

  @Test
  void a_time_is_strictly_digits_and_there_is_one() {
    String signature = ",v1=" + SIGNATURE;
    assertRejected(
        verified("v1=" + SIGNATURE), Reason.MALFORMED_HEADER, "'t' in Stripe-Signature is missing");
    assertRejected(
        verified("t=12345,t=12345" + signature),
        Reason.MALFORMED_HEADER,
        "Stripe-Signature states more than one time");
    for (String time :
        new String[] {
          "+12345", "-1", "", "1 2345", "0x3039", "12345.0", "١٢٣٤٥", "12345678901234"
        }) {
      assertRejected(
          verified("t=" + time + signature),
          Reason.MALFORMED_TIMESTAMP,
          "'t' in Stripe-Signature is not a Unix time in seconds");
    }
  }

  @Test
  void a_snapshot_event_is_read() {
    Reading reading =
        Requests.read(
            STRIPE,
            post(
                """
                {"id":"evt_1","object":"event","created":1700000000,"livemode":true,
                 "data":{"object":{"id":"ch_1","object":"charge"}},"type":"charge.succeeded"}\
                """));
    assertThat(reading)
        .isEqualTo(
            new Reading.Notification(
                new Envelope(
                    "evt_1",
                    "charge.succeeded",
                    "ch_1",
                    Instant.ofEpochSecond(1_700_000_000),
                    "evt_1")));
  }

  @Test
  void a_thin_event_is_read() {
    Reading reading =
        Requests.read(
            STRIPE,
            post(
                """
                {"id":"evt_2","object":"v2.core.event","type":"v1.billing.meter.no_meter_found",
                 "created":"2024-09-17T06:20:52.246Z","related_object":{"id":"mtr_1"}}\
                """));
    assertThat(reading)
        .isEqualTo(
            new Reading.Notification(
                new Envelope(
                    "evt_2",
                    "v1.billing.meter.no_meter_found",
                    "mtr_1",
                    Instant.parse("2024-09-17T06:20:52.246Z"),
                    "evt_2")));
  }

  @Test
  void a_body_without_an_id_is_told_apart_by_its_signed_text() {
    Envelope one =
        envelope(Requests.read(STRIPE, post("no json", "Stripe-Signature", "t=1,v1=00")));
    Envelope same =
        envelope(Requests.read(STRIPE, post("no json", "Stripe-Signature", "t=1,v1=11")));
    Envelope later =
        envelope(Requests.read(STRIPE, post("no json", "Stripe-Signature", "t=2,v1=00")));
    assertThat(one.type()).isEqualTo("unknown");
    assertThat(one.providerEventId()).isNull();
    // printf '1.no json' | sha256sum
    assertThat(one.dedupeKey())
        .isEqualTo("sha256:9fb9fb5c48d35b69ffc0316694d1b0e0dd24ad200744d9651f2f4eaf35c7cd84")
        .isEqualTo(same.dedupeKey())
        .isNotEqualTo(later.dedupeKey());
  }
}
