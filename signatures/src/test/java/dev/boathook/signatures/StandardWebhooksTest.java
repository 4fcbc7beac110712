package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.assertVerified;
import static dev.boathook.signatures.Requests.envelope;
import static dev.boathook.signatures.Requests.post;
import static dev.boathook.signatures.Requests.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandardWebhooksTest {
  private static final Provider PROVIDER = Providers.named("standard-webhooks");
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String PRIVATE_KEY =
      "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
  private static final String PUBLIC_KEY = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final long TIME = 1_614_265_330;
  private static final String BODY = "{\"test\": 2432232314}";
  private static final String V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  private static final String V1A =
      "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
  private static final String WRONG = "Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";

  private static WebhookRequest request(String signature) {
    return post(
        BODY, "webhook-id", ID, "webhook-timestamp", "" + TIME, "webhook-signature", signature);
  }

  private static Verdict verified(String secret, String signature) {
    return verify(PROVIDER, secret, TIME, request(signature));
  }

  /** Vectors of the reference libraries and of Svix's documentation. */
  @Test
  void the_official_vectors_are_verified() {
    assertVerified(verified(SECRET, V1));
    assertVerified(verified(SECRET.replace("whsec_", ""), V1));
    assertVerified(verified(PUBLIC_KEY, V1A));
    assertVerified(verified(PRIVATE_KEY, V1A));
    assertVerified(
        verify(
            PROVIDER,
            "whsec_plJ3nmyCDGBKInavdOK15jsl",
            1_731_705_121,
            post(
                "{\"event_type\":\"ping\",\"data\":{\"success\":true}}",
                "webhook-id",
                "msg_loFOjxBNrRLzqYUf",
                "webhook-timestamp",
                "1731705121",
                "webhook-signature",
                "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=")));
  }

  @Test
  void one_right_signature_in_the_list_is_enough() {
    assertVerified(verified(SECRET, "v1," + WRONG + " v2," + WRONG + " " + V1 + " v1," + WRONG));
    assertVerified(verified(PUBLIC_KEY, V1 + " " + V1A));
    assertVerified(verified(SECRET, V1A + " " + V1));
  }

  @Test
  void the_official_refusals_are_refused() {
    assertRejected(
        verified(SECRET, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="),
        Reason.NO_MATCHING_SIGNATURE);
    assertRejected(verified(SECRET, "v1,"), Reason.MALFORMED_SIGNATURE);
    assertRejected(
        verify(
            PROVIDER,
            SECRET,
            TIME,
            post(BODY, "webhook-id", ID, "webhook-timestamp", "hello", "webhook-signature", V1)),
        Reason.MALFORMED_TIMESTAMP,
        "webhook-timestamp is not a Unix time in seconds");
  }

  @Test
  void a_signature_counts_only_under_its_own_version() {
    assertRejected(
        verified(SECRET, V1.replace("v1,", "v2,")),
        Reason.NO_ACCEPTED_SIGNATURE,
        "webhook-signature has no v1 entry");
    assertRejected(
        verified(PUBLIC_KEY, V1),
        Reason.NO_ACCEPTED_SIGNATURE,
        "webhook-signature has no v1a entry");
    assertRejected(verified(PUBLIC_KEY, V1A.replace("v1a,", "v1,")), Reason.NO_ACCEPTED_SIGNATURE);
    assertRejected(verified(PUBLIC_KEY, V1A.replace("hnO3", "hnO4")), Reason.NO_MATCHING_SIGNATURE);
  }

  @Test
  void an_id_that_stands_twice_or_is_not_ascii_is_rejected() {
    assertRejected(
        verify(PROVIDER, SECRET, TIME, request(V1).plus(Headers.of("Webhook-Id", "msg_other"))),
        Reason.MALFORMED_HEADER,
        "webhook-id occurs more than once");
    assertRejected(
        verify(
            PROVIDER,
            SECRET,
            TIME,
            post(BODY, "webhook-id", "é", "webhook-timestamp", "" + TIME, "webhook-signature", V1)),
        Reason.MALFORMED_HEADER,
        "webhook-id holds other than printable ASCII characters");
  }

  @Test
  void a_signer_signs_with_every_secret() {
    WebhookRequest unsigned = post(BODY);
    Headers headers =
        StandardWebhooks.signer(List.of(SECRET, PRIVATE_KEY))
            .headers(unsigned, new SigningContext(ID, Instant.ofEpochSecond(TIME)));
    assertThat(headers)
        .isEqualTo(
            Headers.of(
                "webhook-id",
                ID,
                "webhook-timestamp",
                "" + TIME,
                "webhook-signature",
                V1 + " " + V1A));
    assertThat(
            PROVIDER
                .verifier(List.of(PUBLIC_KEY, SECRET))
                .verify(unsigned.plus(headers), Instant.ofEpochSecond(TIME)))
        .isEqualTo(new Verdict.Verified(0));
  }

  @Test
  void a_new_secret_signs_and_verifies() {
    String secret = StandardWebhooks.newSecret(new byte[24]);
    assertThat(secret).isEqualTo("whsec_" + "A".repeat(32));
    assertThat(PROVIDER.verifier(List.of(secret))).isNotNull();
    assertThatThrownBy(() -> StandardWebhooks.newSecret(new byte[23]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> StandardWebhooks.newSecret(new byte[65]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_private_key_may_sign_and_tells_its_public_key() {
    StandardWebhooks.checkSecret(PRIVATE_KEY);
    StandardWebhooks.checkSecret(StandardWebhooks.newSecret(new byte[24]));
    assertThat(StandardWebhooks.publicKey(PRIVATE_KEY)).contains(PUBLIC_KEY);
    assertThat(StandardWebhooks.publicKey(SECRET)).isEmpty();
    String made = StandardWebhooks.newPrivateKey(new SecureRandom());
    StandardWebhooks.checkSecret(made);
    assertThat(StandardWebhooks.publicKey(made).orElseThrow())
        .startsWith("whpk_")
        .hasSameSizeAs(PUBLIC_KEY)
        .isNotEqualTo(PUBLIC_KEY);
    for (String secret :
        new String[] {PUBLIC_KEY, "whsk_AAAA", PRIVATE_KEY.substring(0, 40), "whsec_AAAA"}) {
      assertThatThrownBy(() -> StandardWebhooks.checkSecret(secret))
          .as(secret)
          .isInstanceOf(InvalidSecret.class)
          .hasMessageStartingWith("is ")
          .hasMessageNotContaining(secret);
    }
  }

  @Test
  void a_symmetric_secret_is_checked_as_strictly_as_any_receiver_may() {
    for (int bytes : new int[] {24, 25, 26, 64}) {
      StandardWebhooks.checkSymmetricSecret(StandardWebhooks.newSecret(new byte[bytes]));
    }
    for (String secret :
        new String[] {
          "AA",
          "A".repeat(32),
          "whsec_",
          "whsec_" + "A".repeat(31),
          "whsec_" + "A".repeat(28),
          "whsec_" + "A".repeat(88),
          "whsec_" + "A".repeat(34),
          "whsec_" + "A".repeat(33) + "B==",
          "whsec_" + "-".repeat(32),
          " whsec_" + "A".repeat(32),
          "WHSEC_" + "A".repeat(32),
          PRIVATE_KEY,
          PUBLIC_KEY
        }) {
      assertThatThrownBy(() -> StandardWebhooks.checkSymmetricSecret(secret))
          .as(secret)
          .isInstanceOf(InvalidSecret.class)
          .hasMessageMatching("is (not|.*; give) 'whsec_' and the base64 of 24 to 64 bytes");
    }
    assertThatThrownBy(() -> StandardWebhooks.checkSymmetricSecret(PRIVATE_KEY))
        .hasMessage("is an Ed25519 key; give 'whsec_' and the base64 of 24 to 64 bytes");
  }

  @Test
  void secrets_in_no_known_form_are_refused() {
    for (String secret :
        new String[] {
          "whsec_", "whsec_not base64", "whsec_é", "whpk_AAAA", "whsk_AAAA", "whpk_", "whsec_A===",
        }) {
      assertThatThrownBy(() -> PROVIDER.verifier(List.of(secret)))
          .isInstanceOf(InvalidSecret.class)
          .message()
          .startsWith("secret 1 ")
          .doesNotContain(secret + " ");
    }
    assertThatThrownBy(() -> PROVIDER.signer(PUBLIC_KEY))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("secret 1 is a public key, which cannot sign");
    String mixed = PRIVATE_KEY.substring(0, 60) + "AAAA" + PRIVATE_KEY.substring(64);
    assertThatThrownBy(() -> PROVIDER.signer(mixed)).isInstanceOf(InvalidSecret.class);
  }

  @Test
  void an_id_to_sign_is_visible_ascii() {
    for (String id : new String[] {"", "a b", "é", "a\n", "x".repeat(256)}) {
      assertThatThrownBy(() -> new SigningContext(id, Instant.EPOCH))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void an_event_is_read() {
    Envelope envelope =
        envelope(
            Requests.read(
                PROVIDER,
                post(
                    """
                    {"type":"contact.created","timestamp":"2022-11-03T20:26:10.344522Z",
                     "data":{"id":"1f81eb52","type":"contact"}}\
                    """,
                    "webhook-id",
                    "msg_1")));
    assertThat(envelope)
        .isEqualTo(
            new Envelope(
                "msg_1",
                "contact.created",
                "1f81eb52",
                Instant.parse("2022-11-03T20:26:10.344522Z"),
                "msg_1"));
  }
}
