package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.BASE64;
import static dev.boathook.signatures.Encoding.HEX;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.form;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.configurable;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.PublicKeyAlgorithm.RSA_SHA256;
import static dev.boathook.signatures.SchemeChoice.otherwise;
import static dev.boathook.signatures.SignatureBuilder.inHeader;
import static dev.boathook.signatures.SignatureBuilder.inHeaderList;
import static dev.boathook.signatures.SignatureBuilder.inLabelledHeader;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Who moves money. */
final class Payments {
  private Payments() {}

  static List<ProviderEntry> entries() {
    return List.of(
        provider("adyen", Payments::adyen),
        provider("mollie", Payments::mollie),
        provider("mollie-classic", Payments::mollieClassic),
        configurable("paypal", Map.of("webhook_id", "8PT597110X687430LKGECATA"), Payments::paypal),
        provider("square", Payments::square),
        provider("stripe", Payments::stripe));
  }

  /**
   * Adyen. Standard webhooks carry a signature in each item, over eight of its fields, joined with
   * colons that are not escaped; what else the item says is not protected. Platform, banking,
   * management and other newer webhooks carry one over the body in the header {@code
   * HmacSignature}, and then that one alone counts. JSON only; the forms and SOAP that can be
   * chosen for standard webhooks are not read. Retries for thirty days, whose items may carry a
   * later {@code eventDate}: such an item is news. {@code [accepted]} satisfies the older rule for
   * answers, too.
   *
   * <p>Source: docs.adyen.com, "Verify HMAC signatures" and "Handle webhook events"; github
   * Adyen/adyen-java-api-library, HMACValidator.java.
   */
  private static Definition adyen() {
    String items = "/notificationItems";
    String signed = "/NotificationRequestItem";
    String item = items + "/0" + signed;
    Hmac hmac = new Hmac(SHA256, KeyForm.HEX);
    ItemSignature inEachItem =
        new ItemSignature(
            items,
            List.of(
                signed + "/pspReference",
                signed + "/originalReference",
                signed + "/merchantAccountCode",
                signed + "/merchantReference",
                signed + "/amount/value",
                signed + "/amount/currency",
                signed + "/eventCode",
                signed + "/success"),
            ":",
            signed + "/additionalData/hmacSignature",
            hmac,
            BASE64);
    SchemeChoice.Alternative overBody =
        new SchemeChoice.Alternative(
            request ->
                request.headers().first("HmacSignature") != null
                    || JsonScanner.range(request.body(), items) == null,
            _ -> true,
            inHeader("HmacSignature").over("{body}").with(hmac, BASE64).scheme());
    return Definition.named("adyen")
        .summary("HMAC-SHA256 over eight fields of each item, or over the body")
        .secret("the webhook's HMAC key, in hex")
        .accepts("application/json")
        .provenBy(SchemeChoice.of(overBody, otherwise(inEachItem)).signingByMark())
        .eachOf(JsonSplit.of(items))
        .type(firstOf(json(item + "/eventCode"), json("/type")))
        .key(
            firstOf(
                json(item + "/originalReference"), json(item + "/pspReference"), json("/data/id")))
        .time(firstOf(json(item + "/eventDate"), json("/timestamp")))
        .dedupedBy(
            json(item + "/pspReference"),
            json(item + "/eventCode"),
            json(item + "/success"),
            json(item + "/eventDate"))
        .dedupeWindow(Duration.ofDays(31))
        .answers(Answer.ok("text/plain", "[accepted]"))
        .samples("AUTHORISATION", "REFUND", "balancePlatform.transfer.created")
        .build();
  }

  /**
   * Mollie's next-gen webhooks. For a day after the secret is rotated the header comes twice, or
   * with two values. Retries for 26 hours; only 200 counts as success.
   *
   * <p>Source: docs.mollie.com/reference/webhooks-new; github mollie/mollie-api-php,
   * SignatureValidator.php.
   */
  private static Definition mollie() {
    return Definition.named("mollie")
        .summary("HMAC-SHA256 over the body")
        .secret("the webhook's secret, shown once when it is made")
        .accepts("application/json")
        .signedBy(
            inHeaderList("sha256=", "X-Mollie-Signature")
                .over("{body}")
                .with(new Hmac(SHA256, KeyForm.TEXT), HEX))
        .id(json("/id"))
        .type(json("/type"))
        .key(json("/entityId"))
        .time(json("/createdAt"))
        .answers(Answer.empty(200))
        .samples("payment-link.paid", "sales-invoice.paid")
        .build();
  }

  /**
   * Mollie's classic webhooks: the id of a payment in a form, and nothing is signed. The same id
   * comes again with every change, so nothing is ever a duplicate; what changed must be fetched
   * from Mollie. A secret, if there is one, stands in the URL that Mollie is given, as {@code
   * ?token=}. Retries for 26 hours; only 200 counts as success.
   *
   * <p>Source: docs.mollie.com/reference/webhooks.
   */
  private static Definition mollieClassic() {
    return Definition.named("mollie-classic")
        .summary("unsigned: the id of a payment, to be fetched")
        .secret("a token that you add to the URL as ?token=…, or none")
        .accepts("application/x-www-form-urlencoded")
        .provenBy(TokenScheme.optional(new TokenPlace.InQuery("token")))
        .key(form("id"))
        .neverDeduped()
        .answers(Answer.empty(200))
        .samples("payment")
        .build();
  }

  /**
   * PayPal's REST webhooks: RSA with SHA-256, whatever {@code PAYPAL-AUTH-ALGO} says, by the key in
   * a certificate whose address is in the request. The certificate must lie at PayPal's API hosts,
   * be issued by an authority that the JDK trusts and bear PayPal's name for this purpose. It was
   * not to be found out whether the file always holds the certificates in between; the setting
   * {@code issuers} can give them.
   *
   * <p>Of the body only its CRC-32 is signed, for which anybody can make another body: whoever has
   * captured one request can forge others with the same headers. Money must not move on such an
   * event alone; fetch the resource. The time is signed, but PayPal does not say whether a retry is
   * signed anew, so four days are allowed; retries go on for three.
   *
   * <p>Source: developer.paypal.com/api/rest/webhooks/rest; github paypal/PayPal-Java-SDK,
   * Event.java and SSLUtil.java.
   */
  private static Definition paypal(Settings settings) {
    String webhookId =
        settings.required("webhook_id", "the id of the webhook, as the dashboard shows it");
    if (!webhookId.matches("[A-Za-z0-9-]{1,64}")) {
      throw settings.invalid("webhook_id", "is not an id of PayPal's");
    }
    PublishedKeys certificates =
        new CertificateByUrl(
            Pattern.compile(
                "https://api(-m)?(\\.sandbox)?\\.paypal\\.com"
                    + "/v1/notifications/certs/[A-Za-z0-9_-]{1,128}"),
            Pattern.compile("messageverificationcerts(\\.sandbox)?\\.paypal\\.com"),
            RSA_SHA256,
            settings.certificates("issuers"),
            CertificateByUrl::authoritiesOfJdk);
    PublishedKeys pinned = settings.pinnedKeys("public_key", RSA_SHA256);
    SignedText.Part.Literal bar = new SignedText.Part.Literal("|");
    return Definition.named("paypal")
        .summary("RSA-SHA256 over id, time, webhook id and a CRC-32 of the body")
        .accepts("application/json")
        .provenBy(
            new PublishedKeyScheme(
                List.of(
                    new KeyedSignature.InHeaders(
                        "PAYPAL-TRANSMISSION-SIG",
                        "PAYPAL-CERT-URL",
                        "https://api.paypal.com/v1/notifications/certs/CERT-sample")),
                RSA_SHA256,
                new SignedText(
                    List.of(
                        new SignedText.Part.HeaderValue("PAYPAL-TRANSMISSION-ID"),
                        bar,
                        new SignedText.Part.Timestamp(),
                        bar,
                        new SignedText.Part.Literal(webhookId),
                        bar,
                        new SignedText.Part.BodyCrc32()),
                    "PAYPAL-TRANSMISSION-ID"),
                new TimeRule(
                    "PAYPAL-TRANSMISSION-TIME",
                    "PAYPAL-TRANSMISSION-TIME",
                    TimeRule.Unit.ISO8601,
                    Duration.ofDays(4)),
                pinned == null ? certificates : pinned))
        .id(json("/id"))
        .type(json("/event_type"))
        .key(json("/resource/id"))
        .time(json("/create_time"))
        .samples("PAYMENT.CAPTURE.COMPLETED", "CHECKOUT.ORDER.APPROVED")
        .build();
  }

  /**
   * Square. The URL is signed as it is registered there, so the public URL must be configured. An
   * older signature, {@code x-square-signature}, does not count. Retries for a day.
   *
   * <p>Source: developer.squareup.com/docs/webhooks/step3validate; github square/square-java-sdk,
   * WebhooksHelper.java.
   */
  private static Definition square() {
    return Definition.named("square")
        .summary("HMAC-SHA256 over URL and body")
        .secret("the subscription's signature key")
        .accepts("application/json")
        .signedBy(
            inHeader("x-square-hmacsha256-signature")
                .over("{url}{body}")
                .with(new Hmac(SHA256, KeyForm.TEXT), BASE64))
        .id(json("/event_id"))
        .type(json("/type"))
        .key(json("/data/id"))
        .time(json("/created_at"))
        .samples("payment.updated", "refund.created")
        .build();
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
        .samples("payment_intent.succeeded", "charge.refunded", "v1.billing.meter.no_meter_found")
        .build();
  }
}
