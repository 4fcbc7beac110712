package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.BASE64;
import static dev.boathook.signatures.Field.bodyHash;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Field.method;
import static dev.boathook.signatures.Field.query;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.configurable;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.PublicKeyAlgorithm.RSA_SHA256;
import static dev.boathook.signatures.SignatureBuilder.inHeader;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Shops and marketplaces. */
final class Commerce {
  private Commerce() {}

  static List<ProviderEntry> entries() {
    return List.of(
        configurable("adobe-io", Map.of("client_id", "0123456789abcdef"), Commerce::adobeIo),
        provider("bigcommerce", Commerce::bigcommerce),
        provider("bol", Commerce::bol),
        provider("magento", Commerce::magento),
        provider("shopify", Commerce::shopify),
        provider("woocommerce", Commerce::woocommerce));
  }

  /**
   * Adobe I/O Events, of Adobe Commerce and others. Two signatures by keys that lie on a fixed
   * host, at paths that the request names; one that matches is enough. The keys serve all of
   * Adobe's customers, so the client id in every event must be ours. A body may be one event or an
   * array of up to 20. A GET with a challenge tests the address and is answered; Adobe's other way,
   * a POST with a {@code validationUrl}, comes only where that went unanswered, and is refused as
   * unsigned. Retries for a day, and only after 429 and 5xx.
   *
   * <p>Source: developer.adobe.com/events/docs/guides; github adobe/aio-lib-events,
   * signatureUtils.js. That a batch is a JSON array at the root follows from the journaling format
   * and is not in the pages that were read.
   */
  private static Definition adobeIo(Settings settings) {
    String clientId =
        settings.required("client_id", "the client id of the project in Adobe's console");
    PublishedKeys pinned = settings.pinnedKeys("public_key", RSA_SHA256);
    PublishedKeys published =
        new PemByUrl(
            "https://static.adobeioevents.com",
            Pattern.compile("/prod/keys/pub-key-[A-Za-z0-9-]{1,64}\\.pem"),
            Duration.ofDays(1),
            RSA_SHA256);
    JsonSplit events = JsonSplit.of("");
    return Definition.named("adobe-io")
        .summary("RSA-SHA256 over the body, and the client id in every event")
        .accepts("application/json", "application/cloudevents+json")
        .methods("GET", "POST")
        .provenBy(
            new RecipientScheme(
                new PublishedKeyScheme(
                    List.of(
                        new KeyedSignature.InHeaders(
                            "x-adobe-digital-signature-1",
                            "x-adobe-public-key1-path",
                            "/prod/keys/pub-key-sample-1.pem"),
                        new KeyedSignature.InHeaders(
                            "x-adobe-digital-signature-2",
                            "x-adobe-public-key2-path",
                            "/prod/keys/pub-key-sample-2.pem")),
                    RSA_SHA256,
                    SignedText.BODY,
                    null,
                    pinned == null ? published : pinned),
                List.of("recipientclientid", "recipient_client_id"),
                clientId))
        .greets(
            new HandshakeRule.Echo(
                method(), "GET", query("challenge"), HandshakeRule.asJson("challenge")))
        .eachOf(events)
        .id(
            firstOf(
                json("/0/eventid"),
                json("/0/event_id"),
                json("/0/id"),
                json("/eventid"),
                json("/event_id"),
                json("/id")))
        .type(firstOf(json("/0/type"), json("/type"), header("x-adobe-event-code")))
        .key(
            firstOf(
                json("/0/data/value/entity_id"),
                json("/data/value/entity_id"),
                json("/0/source"),
                json("/source")))
        .time(firstOf(json("/0/time"), json("/time")))
        .samples("com.adobe.commerce.observer.catalog_product_save_commit_after", "batch")
        .build();
  }

  /**
   * BigCommerce: Standard Webhooks, but the key is the text of the client secret. (Its pages encode
   * that in base64 only because the library decodes it.) Retries for two days.
   *
   * <p>Source: github bigcommerce/docs, integrations/webhooks/https-webhook-overview.mdx; the names
   * of the headers are those of the libraries that it refers to.
   */
  private static Definition bigcommerce() {
    return Definition.named("bigcommerce")
        .summary("HMAC-SHA256 over id, time and body (Standard Webhooks)")
        .secret("the client secret of the API account that made the hook")
        .accepts("application/json")
        .provenBy(
            StandardWebhooks.scheme(
                StandardWebhooks.ID_HEADER,
                StandardWebhooks.TIMESTAMP_HEADER,
                StandardWebhooks.SIGNATURE_HEADER,
                KeyForm.TEXT))
        .id(header(StandardWebhooks.ID_HEADER))
        .type(json("/scope"))
        .key(json("/data/id"))
        .time(json("/created_at"))
        .samples("store/order/updated", "store/product/updated")
        .build();
  }

  /**
   * Bol.com, subscriptions of the Retailer API. The header names the key by its number; the keys
   * are told to retailers only. There is no id, so that messages are told apart by their bodies.
   * {@code timeStamp} is an older spelling. Ten retries within about ten minutes.
   *
   * <p>Source: api.bol.com/retailer/public, subscriptions; github rojtjo/bol-api-client,
   * SignatureHeader.php.
   */
  private static Definition bol() {
    return Definition.named("bol")
        .summary("RSA-SHA256 over the body")
        .secret("client_id:client_secret of the Retailer API, or a public key of bol.com")
        .accepts("application/json")
        .provenBy(
            new PublishedKeyScheme(
                List.of(
                    new KeyedSignature.InPairs(
                        "Signature", "keyId", "signature", "0", "algorithm=\"rsa-sha256\"")),
                RSA_SHA256,
                SignedText.BODY,
                null,
                BolKeys.INSTANCE))
        .type(json("/event/resource").refinedBy(json("/event/type")))
        .key(json("/event/resourceId"))
        .time(firstOf(json("/timestamp"), json("/timeStamp")))
        .samples("PROCESS_STATUS.SUCCESS", "SHIPMENT.UPDATE_TRANSPORT_EVENT")
        .build();
  }

  /**
   * Adobe Commerce (Magento) synchronous webhooks. The shop waits for an operation as the answer,
   * and gets {@code success} if nobody gives another. The signature is over the base64 of the body;
   * the documentation's words call it an HMAC, its code checks RSA, and that is done here. Nothing
   * is repeated, so nothing is a duplicate.
   *
   * <p>Source: github AdobeDocs/commerce-extensibility, webhooks/signature-verification.md and
   * responses.md.
   */
  private static Definition magento() {
    return Definition.named("magento")
        .summary("RSA-SHA256 over the body; the shop waits for an answer")
        .secret("the public key that the Commerce admin shows, in PEM")
        .accepts("application/json")
        .signedBy(
            inHeader("x-adobe-commerce-webhook-signature")
                .over("{body_base64}")
                .with(RSA_SHA256, BASE64))
        .id(header("x-adobe-commerce-request-id"))
        .type(json("/eventName"))
        .neverDeduped()
        .waitsForReply(Duration.ofSeconds(5), _ -> true)
        .answers(Answer.ok("application/json", "{\"op\":\"success\"}"))
        .samples("observer.checkout_cart_product_add_before")
        .build();
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
        .samples("orders/create", "products/update", "customers/data_request")
        .build();
  }

  /**
   * WooCommerce. The id of a delivery is a hash of the webhook and the second, so that two events
   * may share it; the body and the topic tell them apart. When a webhook is saved, an unsigned form
   * with nothing but its number tests the address and must be answered with 200. Nothing is
   * repeated, and more than five failures in a row switch the webhook off. The headers are not
   * signed.
   *
   * <p>Source: github woocommerce/woocommerce, class-wc-webhook.php.
   */
  private static Definition woocommerce() {
    return Definition.named("woocommerce")
        .summary("HMAC-SHA256 over the body")
        .secret("the webhook's secret; letters and digits only")
        .accepts("application/json", "application/x-www-form-urlencoded")
        .signedBy(
            inHeader("X-WC-Webhook-Signature")
                .over("{body}")
                .with(new Hmac(SHA256, KeyForm.TEXT), BASE64))
        .greets(
            new HandshakeRule.WholeBody(
                Pattern.compile("webhook_id=[0-9]{1,20}"),
                List.of("X-WC-Webhook-Signature", "X-WC-Webhook-Topic", "X-WC-Webhook-Delivery-ID"),
                Answer.empty(200)))
        .id(header("X-WC-Webhook-Delivery-ID"))
        .type(header("X-WC-Webhook-Topic"))
        .key(firstOf(json("/id"), json("/arg")))
        .dedupedBy(header("X-WC-Webhook-Delivery-ID"), header("X-WC-Webhook-Topic"), bodyHash())
        .samples("order.updated", "product.created")
        .build();
  }
}
