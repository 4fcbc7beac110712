package dev.boathook.signatures;

import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.ProviderEntry.configurable;
import static dev.boathook.signatures.ProviderEntry.provider;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Schemes that are nobody's own. */
final class Generic {
  private static final long MAX_RATE = 1_000_000;
  private static final Scheme SVIX =
      StandardWebhooks.scheme("svix-id", "svix-timestamp", "svix-signature", KeyForm.WHSEC);

  private Generic() {}

  static List<ProviderEntry> entries() {
    return List.of(
        configurable(
            "aws-sns",
            Map.of("topic_arns", "arn:aws:sns:eu-west-1:123456789012:orders"),
            Generic::awsSns),
        configurable("basic", Generic::basic),
        configurable("cloudevents", Generic::cloudEvents),
        configurable("hmac", Map.of("header", "X-Signature"), Generic::hmac),
        configurable("none", Generic::none),
        provider("standard-webhooks", Generic::standardWebhooks),
        provider("svix", Generic::svix),
        configurable("token", Generic::token));
  }

  /**
   * Amazon SNS, HTTPS subscriptions: see {@link SnsScheme}. The setting {@code topic_arns} is
   * required ({@link SnsTopics} says why); {@code public_key} stands in for the certificates. The
   * first message of a topic wants to be confirmed, and is: see {@link SnsSubscription}. The id is
   * signed and the same on every attempt; by default there are three more, 20 seconds apart, and an
   * hour of them at most. What happened stands in {@code Message}, a text of the publisher's; the
   * type is that of the message.
   *
   * <p>Source: docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html; github
   * aws/aws-sdk-java-v2, services-custom/sns-message-manager.
   */
  private static Definition awsSns(Settings settings) {
    return Definition.named("aws-sns")
        .summary("RSA over the message's fields, by a certificate of Amazon's")
        .provenBy(
            new SnsScheme(
                SnsTopics.read(settings, "topic_arns"),
                settings.publicKeys("public_key", PemKeys.Kind.RSA)))
        .shakesHands(SnsSubscription.INSTANCE)
        .id(json("/MessageId"))
        .type(json("/Type"))
        .key(json("/TopicArn"))
        .time(json("/Timestamp"))
        .samples("Notification", "Notification/s3")
        .build();
  }

  /**
   * Basic authentication (RFC 7617). It proves that the sender knows user and password, and nothing
   * about the body. Where the event's fields stand are its settings.
   */
  private static Definition basic(Settings settings) {
    return EventSettings.read(settings, Field.nowhere())
        .addTo(
            Definition.named("basic")
                .summary("basic authentication")
                .secret("user:password")
                .provenBy(TokenScheme.basic()))
        .samples("json")
        .build();
  }

  /**
   * CloudEvents over HTTP, in binary, structured and batch mode, with a bearer token in {@code
   * Authorization} or {@code access_token} in the URL, if there is a secret. Nothing is signed. An
   * event is told apart by its id and its source, as CloudEvents defines it. Before a sender sends
   * it may ask whether it may: see {@link OriginConsent}.
   *
   * <p>Source: github cloudevents/spec, cloudevents/http-webhook.md,
   * bindings/http-protocol-binding.md.
   */
  private static Definition cloudEvents(Settings settings) {
    Field id = firstOf(header("ce-id"), json("/0/id"), json("/id"));
    return Definition.named("cloudevents")
        .summary("a bearer token, if there is a secret")
        .secret("the bearer token; may be left out")
        .methods("POST", "OPTIONS")
        .provenBy(
            TokenScheme.optional(
                new TokenPlace.InAny(
                    List.of(TokenPlace.BEARER, new TokenPlace.InQuery("access_token")))))
        .greets(new OriginConsent(origins(settings), rate(settings)))
        .eachOf(JsonSplit.of(""), Generic::isBatchOfCloudEvents)
        .id(id)
        .type(firstOf(header("ce-type"), json("/0/type"), json("/type")))
        .key(firstOf(header("ce-subject"), json("/0/subject"), json("/subject")))
        .time(firstOf(header("ce-time"), json("/0/time"), json("/time")))
        .dedupedBy(id, firstOf(header("ce-source"), json("/0/source"), json("/source")))
        .samples("structured", "binary", "batch")
        .build();
  }

  private static boolean isBatchOfCloudEvents(WebhookRequest request) {
    String type = request.headers().first("Content-Type");
    return type != null
        && type.strip().toLowerCase(Locale.ROOT).startsWith("application/cloudevents-batch");
  }

  private static Set<String> origins(Settings settings) {
    String names = settings.text("allowed_origins", "*");
    if (names.equals("*")) {
      return Set.of();
    }
    Set<String> origins = new HashSet<>();
    for (String name : names.split(",", -1)) {
      if (!OriginConsent.isName(name.strip())) {
        throw settings.invalid("allowed_origins", "is not * or DNS names separated by commas");
      }
      origins.add(name.strip().toLowerCase(Locale.ROOT));
    }
    return Set.copyOf(origins);
  }

  private static String rate(Settings settings) {
    if (settings.is("allowed_rate", "*")) {
      return settings.text("allowed_rate", "*");
    }
    long rate = settings.number("allowed_rate", 1, MAX_RATE, 0);
    return rate == 0 ? "*" : Long.toString(rate);
  }

  /** Whatever signs in a header, as {@link HmacSettings} says. */
  private static Definition hmac(Settings settings) {
    return HmacSettings.addTo(
            Definition.named("hmac")
                .summary("a signature in a header, as its settings say")
                .secret("the key of the HMAC, or a public key")
                .samples("json"),
            settings)
        .build();
  }

  /**
   * Nothing is proven: whoever knows the address comes in. For senders that can do nothing, and for
   * addresses that are kept by a list of addresses or client certificates. Where the event's fields
   * stand are its settings.
   */
  private static Definition none(Settings settings) {
    return EventSettings.read(settings, Field.nowhere())
        .addTo(
            Definition.named("none")
                .summary("nothing: whoever knows the address comes in")
                .provenBy(NoScheme.INSTANCE))
        .samples("json")
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
        .summary("HMAC-SHA256 or Ed25519 over id, time and body")
        .secret("whsec_… or the public key whpk_…")
        .provenBy(StandardWebhooks.SCHEME)
        .id(header(StandardWebhooks.ID_HEADER))
        .type(json("/type"))
        .key(json("/data/id"))
        .time(json("/timestamp"))
        .samples("invoice.paid")
        .build();
  }

  /**
   * Svix, which signs as Standard Webhooks with its own names of headers, or with those of the
   * standard where a sender has hidden the name. A request with any of Svix's own is checked by
   * those alone: the names are never mixed. Type and resource are the sender's choice.
   *
   * <p>Source: github svix/svix-webhooks, java/lib/src/main/java/com/svix/WebhookBase.java; github
   * svix/svix-docs, content/receiving/verifying-payloads/how-manual.mdx, content/retries.mdx.
   */
  private static Definition svix() {
    return Definition.named("svix")
        .summary("HMAC-SHA256 or Ed25519 over id, time and body")
        .secret("the endpoint's signing secret, whsec_…")
        .provenBy(
            SchemeChoice.of(
                new SchemeChoice.Alternative(Generic::hasNamesOfSvix, _ -> true, SVIX),
                SchemeChoice.otherwise(StandardWebhooks.SCHEME)))
        .id(firstOf(header("svix-id"), header(StandardWebhooks.ID_HEADER)))
        .type(firstOf(json("/type"), json("/event_type"), json("/eventType")))
        .key(json("/data/id"))
        .time(json("/timestamp"))
        .samples("invoice.paid")
        .build();
  }

  private static boolean hasNamesOfSvix(WebhookRequest request) {
    return Stream.of("svix-id", "svix-timestamp", "svix-signature")
        .anyMatch(name -> request.headers().first(name) != null);
  }

  /**
   * A token that is sent along as it is, in a place that the settings name ({@link
   * ProofSettings#tokenPlace}). It proves that the sender knows it, and nothing about the body.
   */
  private static Definition token(Settings settings) {
    TokenPlace place = ProofSettings.tokenPlace(settings);
    return EventSettings.read(settings, Field.nowhere())
        .addTo(
            Definition.named("token")
                .summary("a token in a header, the URL or the body, as its settings say")
                .secret("the token")
                .provenBy(TokenScheme.required(place)))
        .samples("json")
        .build();
  }
}
