package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.BASE64;
import static dev.boathook.signatures.Encoding.HEX;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.form;
import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.SignatureBuilder.inHeader;
import static dev.boathook.signatures.SignatureBuilder.inHeaderAfter;
import static dev.boathook.signatures.SignatureBuilder.inLabelledHeader;
import static dev.boathook.signatures.SignatureBuilder.inVersionedHeader;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The definitions of all providers without settings, one method each. A definition reads like the
 * provider's own documentation; a new provider is one more method here, its line in {@link #ALL}
 * and its test vectors.
 */
final class Catalogue {
  private Catalogue() {}

  static final Definition STANDARD_WEBHOOKS = standardWebhooks();

  private static final List<Definition> ALL =
      List.of(github(), shopify(), slack(), STANDARD_WEBHOOKS, stripe());

  static final Map<String, Provider> BY_NAME =
      ALL.stream().collect(Collectors.toUnmodifiableMap(Definition::name, Function.identity()));

  /** The names of all providers, those with settings too, in alphabetical order. */
  static final List<String> NAMES =
      Stream.concat(ALL.stream().map(Definition::name), Stream.of(HmacSettings.PROVIDER))
          .sorted()
          .toList();

  /**
   * Stripe. The secret is text, {@code whsec_} included. {@code v0} is a fake scheme for test
   * events and does not count. Retries for three days, each signed anew.
   *
   * <p>Source: docs.stripe.com/webhooks; github stripe/stripe-java, Webhook.java.
   */
  private static Definition stripe() {
    return Definition.named("stripe")
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

  /**
   * GitHub. {@code X-Hub-Signature} (SHA-1) is for old receivers and does not count. The type is
   * the event and, where there is one, its action: {@code pull_request.opened}. The key is the
   * repository. Redelivery, by hand only, repeats the id for up to three days. The id is not
   * signed. Sends up to 25 MB, and never again by itself what was refused.
   *
   * <p>Source: github github/docs, validating-webhook-deliveries.md,
   * webhook-events-and-payloads.md.
   */
  private static Definition github() {
    return Definition.named("github")
        .accepts("application/json", "application/x-www-form-urlencoded")
        .bodiesUpTo(26)
        .signedBy(
            inHeaderAfter("sha256=", "X-Hub-Signature-256")
                .over("{body}")
                .with(new Hmac(SHA256, KeyForm.TEXT), HEX))
        .jsonInFormField("payload")
        .id(header("X-GitHub-Delivery"))
        .type(header("X-GitHub-Event").refinedBy(json("/action")))
        .key(firstOf(json("/repository/id"), json("/organization/id"), json("/installation/id")))
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

  /**
   * Slack: events, slash commands and interactivity. The secret is text that looks like hex. The
   * type is the inner event's type and subtype ({@code message.channel_join}), the command ({@code
   * /deploy}) or the interaction's type ({@code block_actions}). Retries within six minutes, with
   * "Delayed Events" for a day.
   *
   * <p>Source: docs.slack.dev/apis/events-api; github slackapi/java-slack-sdk, SlackSignature.java.
   */
  private static Definition slack() {
    return Definition.named("slack")
        .accepts("application/json", "application/x-www-form-urlencoded")
        .signedBy(
            inHeaderAfter("v0=", "X-Slack-Signature")
                .timeInHeader("X-Slack-Request-Timestamp")
                .over("v0:{timestamp}:{body}")
                .with(new Hmac(SHA256, KeyForm.TEXT), HEX))
        .jsonInFormField("payload")
        .id(firstOf(json("/event_id"), json("/trigger_id"), form("trigger_id")))
        .type(
            firstOf(
                json("/event/type").refinedBy(json("/event/subtype")),
                json("/type"),
                form("command")))
        .key(
            firstOf(
                json("/event/channel"),
                json("/event/channel/id"),
                json("/event/item/channel"),
                json("/channel/id"),
                form("channel_id"),
                json("/team_id"),
                json("/team/id")))
        .time(json("/event_time"))
        .handshakeEchoing(json("/type"), "url_verification", json("/challenge"))
        .handshake(form("ssl_check"), "1")
        .build();
  }

  /**
   * Standard Webhooks 1.0.0: {@code v1} (HMAC) with {@code whsec_} secrets, {@code v1a} (Ed25519)
   * with {@code whpk_} keys ({@code whsk_} to sign). Where the id of a resource stands is the
   * sender's choice; {@code data.id} is common.
   *
   * <p>Source: github standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
   */
  private static Definition standardWebhooks() {
    return Definition.named("standard-webhooks")
        .signedBy(
            inVersionedHeader(StandardWebhooks.SIGNATURE_HEADER)
                .idInHeader(StandardWebhooks.ID_HEADER)
                .timeInHeader(StandardWebhooks.TIMESTAMP_HEADER)
                .over("{id}.{timestamp}.{body}")
                .with("v1a", Ed25519.INSTANCE, BASE64)
                .with("v1", new Hmac(SHA256, KeyForm.WHSEC), BASE64))
        .id(header(StandardWebhooks.ID_HEADER))
        .type(json("/type"))
        .key(json("/data/id"))
        .time(json("/timestamp"))
        .build();
  }
}
