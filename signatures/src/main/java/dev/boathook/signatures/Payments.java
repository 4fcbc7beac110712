package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.HEX;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.SignatureBuilder.inLabelledHeader;

import java.util.List;

/** Who moves money. */
final class Payments {
  private Payments() {}

  static List<ProviderEntry> entries() {
    return List.of(provider("stripe", Payments::stripe));
  }

  /**
   * Stripe. The secret is text, {@code whsec_} included. {@code v0} is a fake scheme for test
   * events and does not count. Retries for three days, each signed anew.
   *
   * <p>Source: docs.stripe.com/webhooks; github stripe/stripe-java, Webhook.java.
   */
  private static Definition stripe() {
    return Definition.named("stripe")
        .summary("HMAC-SHA256 over time and body")
        .secret("the endpoint's signing secret, whsec_…")
        .accepts("application/json")
        .signedBy(
            inLabelledHeader("t", "Stripe-Signature")
                .over("{timestamp}.{body}")
                .with("v1", new Hmac(SHA256, KeyForm.TEXT), HEX))
        .id(json("/id"))
        .type(json("/type"))
        .key(firstOf(json("/data/object/id"), json("/related_object/id")))
        .time(json("/created"))
        .build();
  }
}
