package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.assertVerified;
import static dev.boathook.signatures.Requests.envelope;
import static dev.boathook.signatures.Requests.post;
import static dev.boathook.signatures.Requests.verify;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ShopifyTest {
  private static final Provider SHOPIFY = Providers.named("shopify");
  private static final String SECRET = "test_secret_key";
  private static final String BODY = "{\"foo\": \"bar\"}";
  private static final String SIGNATURE = "B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g=";

  private static Verdict verified(String... headers) {
    return verify(SHOPIFY, SECRET, 0, post(BODY, headers));
  }

  /** Test data of shopify-app-js. */
  @Test
  void the_official_vector_is_verified() {
    assertVerified(verified("X-Shopify-Hmac-Sha256", SIGNATURE));
    assertVerified(verified("shopify-hmac-sha256", SIGNATURE));
  }

  @Test
  void missing_padding_is_accepted_and_anything_else_is_not() {
    assertVerified(verified("X-Shopify-Hmac-Sha256", SIGNATURE.replace("=", "")));
    for (String odd :
        new String[] {SIGNATURE + "=", SIGNATURE.replace('/', '_'), " " + SIGNATURE}) {
      assertThat(verified("X-Shopify-Hmac-Sha256", odd.replace("B2", "-2")))
          .isInstanceOf(Verdict.Rejected.class);
    }
    assertRejected(
        verified("X-Shopify-Hmac-Sha256", SIGNATURE + "="),
        Reason.MALFORMED_SIGNATURE,
        "the signature in X-Shopify-Hmac-Sha256 has 45 characters"
            + " and is not 32 bytes in base64 characters");
  }

  @Test
  void the_newer_header_counts_if_both_are_there() {
    assertRejected(
        verified("X-Shopify-Hmac-Sha256", SIGNATURE, "Shopify-Hmac-Sha256", "A".repeat(43)),
        Reason.NO_MATCHING_SIGNATURE);
  }

  @Test
  void an_order_is_read() {
    Envelope envelope =
        envelope(
            Requests.read(
                SHOPIFY,
                post(
                    "{\"id\":820982911946154508,"
                        + "\"admin_graphql_api_id\":\"gid:\\/\\/shopify\\/Order\\/820982911946154508\"}",
                    "X-Shopify-Topic",
                    "orders/create",
                    "X-Shopify-Webhook-Id",
                    "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
                    "X-Shopify-Event-Id",
                    "98880550-7158-44d4-b7cd-2c97c8a091b5",
                    "X-Shopify-Triggered-At",
                    "2023-03-29T18:00:27.877041743Z")));
    assertThat(envelope)
        .isEqualTo(
            new Envelope(
                "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
                "orders/create",
                "gid://shopify/Order/820982911946154508",
                Instant.parse("2023-03-29T18:00:27.877041743Z"),
                "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"));
  }
}
