package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.BASE64;
import static dev.boathook.signatures.Encoding.HEX;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.configurable;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.SignatureBuilder.inHeader;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Markets and coins. */
final class Trading {
  private Trading() {}

  static List<ProviderEntry> entries() {
    return List.of(
        provider("binance-pay", Trading::binancePay),
        configurable("coinbase-cdp", Trading::coinbaseCdp),
        provider("coinbase-commerce", Trading::coinbaseCommerce),
        configurable("tradingview", Trading::tradingView));
  }

  /**
   * Binance Pay. The public key is pasted as the secret: it is had from the certificates API, which
   * only the merchant can call. {@code BinancePay-Certificate-SN} names the key and is not looked
   * at: while a key is exchanged, both are given. {@code bizId} is a number that many parsers
   * cannot hold, so the text {@code bizIdStr} counts. Repeated up to six times until answered with
   * {@code SUCCESS}. What happened to the order is JSON within a string, where no key is looked
   * for.
   *
   * <p>Assumed, as nothing is documented: that the time may be five minutes off.
   *
   * <p>Source: developers.binance.com/docs/binance-pay/webhook-common, order-notification.
   */
  private static Definition binancePay() {
    return Definition.named("binance-pay")
        .summary("RSA-SHA256 over time, nonce and body")
        .secret("Binance Pay's public key (certPublic)")
        .accepts("application/json")
        .signedBy(
            inHeader("BinancePay-Signature")
                .idInHeader("BinancePay-Nonce")
                .timeInHeader(
                    "BinancePay-Timestamp",
                    TimeRule.Unit.MILLISECONDS,
                    SignatureScheme.FIVE_MINUTES)
                .over("{timestamp}\n{id}\n{body}\n")
                .with(PublicKeyAlgorithm.RSA_SHA256, BASE64))
        .id(json("/bizIdStr"))
        .type(json("/bizType").refinedBy(json("/bizStatus")))
        .key(json("/bizIdStr"))
        .dedupedBy(json("/bizIdStr"), json("/bizType"), json("/bizStatus"))
        .answers(
            Answer.ok("application/json", "{\"returnCode\":\"SUCCESS\",\"returnMessage\":null}"))
        .samples("PAY.PAY_SUCCESS", "PAY.PAY_CLOSED")
        .build();
  }

  /**
   * Coinbase Developer Platform, delivered by Hook0. {@code v1} also covers headers, so a proxy in
   * front of us that rewrites one of them breaks it; then the setting {@code signature} may be
   * {@code v0}, which covers time and body only. Where neither is demanded, whoever captured a
   * request may take the {@code v1} away and change headers; the id and type that count are those
   * of the body where it has them. Up to 60 retries.
   *
   * <p>Source: docs.cdp.coinbase.com/webhooks/verify-signatures; github hook0/hook0,
   * clients/conformance/signature.json.
   */
  private static Definition coinbaseCdp(Settings settings) {
    ListedHeaders.Versions versions =
        settings.choice(
            "signature",
            Map.of(
                "newest", ListedHeaders.Versions.NEWEST,
                "v0", ListedHeaders.Versions.BODY_ONLY,
                "v1", ListedHeaders.Versions.HEADERS_ONLY),
            "newest");
    return Definition.named("coinbase-cdp")
        .summary("HMAC-SHA256 over time, body and the headers that the signature lists")
        .secret("the secret of the webhook subscription")
        .accepts("application/json")
        .provenBy(
            new ListedHeaders(
                "X-Hook0-Signature",
                List.of("content-type", "x-event-id", "x-event-type"),
                versions))
        .id(firstOf(json("/eventId"), json("/id"), header("X-Event-Id")))
        .type(firstOf(json("/eventType"), json("/type"), header("X-Event-Type")))
        .key(
            firstOf(
                json("/data/transactionHash"),
                json("/data/transferId"),
                json("/transferId"),
                json("/transactionId"),
                json("/orderId")))
        .time(firstOf(json("/timestamp"), json("/createdAt")))
        .samples("wallet.activity.detected", "onramp.transaction.success")
        .build();
  }

  /**
   * Coinbase Commerce. Retries for three days. A retry has a new outer {@code id}; {@code event.id}
   * stays.
   *
   * <p>Source: github coinbase/coinbase-commerce-node, lib/Webhook.js.
   */
  private static Definition coinbaseCommerce() {
    return Definition.named("coinbase-commerce")
        .summary("HMAC-SHA256 over the body")
        .secret("the webhook shared secret")
        .accepts("application/json")
        .signedBy(
            inHeader("X-CC-Webhook-Signature")
                .over("{body}")
                .with(new Hmac(SHA256, KeyForm.TEXT), HEX))
        .id(json("/event/id"))
        .type(json("/event/type"))
        .key(firstOf(json("/event/data/id"), json("/event/data/code")))
        .time(json("/event/created_at"))
        .samples("charge:confirmed", "charge:failed")
        .build();
  }

  /**
   * TradingView alerts. Nothing is signed: a token in the URL or, if the setting {@code
   * token_pointer} says where, in the message, and TradingView's four addresses are all there is.
   * The message is whatever the user wrote, JSON or text; where its id, type, key and time are is
   * set. Nothing is repeated, and two alerts may honestly be equal, so without an id nothing is a
   * duplicate.
   *
   * <p>Source: tradingview.com/support, "About webhooks".
   */
  private static Definition tradingView(Settings settings) {
    @Nullable String pointer = settings.pointer("token_pointer");
    boolean hasId = settings.isPlace("id");
    Definition.Builder definition =
        Definition.named("tradingview")
            .summary("a token in the URL or the message; nothing is signed")
            .secret("a token of your choice, or none")
            .accepts("application/json", "text/plain")
            .provenBy(
                TokenScheme.optional(
                    pointer == null
                        ? new TokenPlace.InQuery("token")
                        : new TokenPlace.InJson(pointer)))
            .id(settings.field("id", Field.nowhere()))
            .type(settings.field("type", json("/action")))
            .key(settings.field("key", json("/ticker")))
            .time(settings.field("time", json("/time")))
            .samples("alert", "text");
    return (hasId ? definition : definition.neverDeduped()).build();
  }
}
