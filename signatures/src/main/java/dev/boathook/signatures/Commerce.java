package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.BASE64;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.SignatureBuilder.inHeader;

import java.util.List;

/** Shops and marketplaces. */
final class Commerce {
  private Commerce() {}

  static List<ProviderEntry> entries() {
    return List.of(provider("shopify", Commerce::shopify));
  }

  /**
   * Shopify. The newer Events product has header names without {@code X-}, looked for first.
   * Retries for four hours, now and then a day late. The id is not signed.
   *
   * <p>Source: shopify.dev/docs/apps/build/webhooks; github Shopify/shopify-app-js,
   * lib/webhooks/validate.ts.
   */
  private static Definition shopify() {
    return Definition.named("shopify")
        .summary("HMAC-SHA256 over the body")
        .secret("the app's client secret, or the key on the store's notification page")
        .accepts("application/json", "application/xml", "text/xml")
        .signedBy(
            inHeader("Shopify-Hmac-Sha256", "X-Shopify-Hmac-Sha256")
                .over("{body}")
                .with(new Hmac(SHA256, KeyForm.TEXT), BASE64))
        .id(firstOf(header("Shopify-Webhook-Id"), header("X-Shopify-Webhook-Id")))
        .type(
            firstOf(
                header("Shopify-Topic").refinedBy(header("Shopify-Action")),
                header("X-Shopify-Topic")))
        .key(firstOf(header("Shopify-Resource-Id"), json("/admin_graphql_api_id"), json("/id")))
        .time(firstOf(header("Shopify-Triggered-At"), header("X-Shopify-Triggered-At")))
        .build();
  }
}
