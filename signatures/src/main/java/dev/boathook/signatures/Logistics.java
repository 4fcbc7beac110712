package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.HEX;
import static dev.boathook.signatures.Field.bodyHash;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Field.nowhere;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.configurable;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.SignatureBuilder.inHeader;

import java.util.List;

/** Who carries parcels. */
final class Logistics {
  private Logistics() {}

  static List<ProviderEntry> entries() {
    return List.of(
        provider("myparcel", Logistics::myparcel),
        configurable("postnl", Logistics::postnl),
        provider("sendcloud", Logistics::sendcloud));
  }

  /**
   * MyParcel of the Netherlands and Belgium: the API key in a header, and nothing is signed. A
   * request may hold several hooks. It is not said whether the hook id is that of the delivery or
   * of the subscription, so the body tells events apart, too. MyParcel calls every URL in lower
   * case; paths under {@code /in/} are. Retries are not documented. (MyParcel.com is another
   * company.)
   *
   * <p>Source: github myparcelnl/developer, api-reference/10.webhooks.md and
   * 11.webhook-object-definitions.md.
   */
  private static Definition myparcel() {
    return Definition.named("myparcel")
        .summary("unsigned: the API key in a header")
        .secret("the API key, as the back office shows it")
        .accepts("application/json")
        .provenBy(
            new TokenScheme(
                new TokenPlace.InHeader("X-MyParcel-Authorization"),
                key -> Encoding.BASE64.encode(Utf8.bytes(key)),
                true))
        .eachOf(JsonSplit.of("/data/hooks"))
        .type(firstOf(header("X-MyParcel-Hook"), json("/data/hooks/0/event")))
        .key(
            firstOf(
                json("/data/hooks/0/shipment_id"),
                json("/data/hooks/0/shipment_ids/0"),
                json("/data/hooks/0/order_id"),
                json("/data/hooks/0/shop_id")))
        .dedupedBy(bodyHash(), header("X-MyParcel-HookId"))
        .samples("shipment_status_change", "shipment_label_created")
        .build();
  }

  /**
   * PostNL: a preset, because PostNL publishes nothing about its webhooks; they are agreed on with
   * its support. What can be agreed on is a token, in a header (the setting {@code header}, {@code
   * Authorization} by default) or in the URL as {@code ?token=}. The settings {@code id}, {@code
   * type}, {@code key} and {@code time} tell where those stand; without an id, equal bodies are
   * duplicates.
   *
   * <p>Source: developer.postnl.nl says that there are webhooks, and no more.
   */
  private static Definition postnl(Settings settings) {
    return Definition.named("postnl")
        .summary("unsigned: a token in a header or in the URL, if agreed on")
        .secret("the whole value of the agreed header, or the token in the URL, or none")
        .provenBy(
            TokenScheme.optional(
                new TokenPlace.InAny(
                    List.of(
                        new TokenPlace.InHeader(settings.headerName("header", "Authorization")),
                        new TokenPlace.InQuery("token")))))
        .id(settings.field("id", nowhere()))
        .type(settings.field("type", nowhere()))
        .key(settings.field("key", nowhere()))
        .time(settings.field("time", nowhere()))
        .samples("status")
        .build();
  }

  /**
   * Sendcloud's webhooks of an integration. There is no id, so that equal bodies are duplicates;
   * each has a time in it. (The beta "event subscriptions" sign nothing; use {@code token} or
   * {@code basic} for them.) Ten retries, up to an hour apart.
   *
   * <p>Source: sendcloud.dev/api/v2/webhooks; sendcloud.dev/api/v3/webhooks.
   */
  private static Definition sendcloud() {
    return Definition.named("sendcloud")
        .summary("HMAC-SHA256 over the body")
        .secret("the integration's secret key, or its webhook signature key")
        .accepts("application/json")
        .signedBy(
            inHeader("Sendcloud-Signature")
                .over("{body}")
                .with(new Hmac(SHA256, KeyForm.TEXT), HEX))
        .type(json("/action"))
        .key(json("/parcel/id"))
        .time(firstOf(json("/timestamp"), json("/carrier_status_change_timestamp")))
        .samples("parcel_status_changed", "integration_connected")
        .build();
  }
}
