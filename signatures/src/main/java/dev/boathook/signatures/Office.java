package dev.boathook.signatures;

import static dev.boathook.signatures.Encoding.BASE64;
import static dev.boathook.signatures.Encoding.HEX;
import static dev.boathook.signatures.Field.firstOf;
import static dev.boathook.signatures.Field.header;
import static dev.boathook.signatures.Field.inBase64;
import static dev.boathook.signatures.Field.joined;
import static dev.boathook.signatures.Field.json;
import static dev.boathook.signatures.Field.method;
import static dev.boathook.signatures.Field.query;
import static dev.boathook.signatures.Hmac.Hash.SHA1;
import static dev.boathook.signatures.Hmac.Hash.SHA256;
import static dev.boathook.signatures.ProviderEntry.configurable;
import static dev.boathook.signatures.ProviderEntry.provider;
import static dev.boathook.signatures.SignatureBuilder.inHeader;
import static dev.boathook.signatures.SignatureBuilder.inHeaderAfter;

import dev.boathook.signatures.JwtClaims.Claim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Mail, documents, tickets and people. */
final class Office {
  /** The app that sends all change notifications. */
  private static final String GRAPH_PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086";

  /** Of a validation token, in characters; Microsoft names no length. */
  private static final int GRAPH_MAX_TOKEN_LENGTH = 4096;

  private static final Pattern GUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private static final Pattern ANY_ISSUER =
      Pattern.compile(
          "https://(sts\\.windows\\.net/%1$s/|login\\.microsoftonline\\.com/%1$s/v2\\.0)"
              .formatted(GUID.pattern()));

  private Office() {}

  static List<ProviderEntry> entries() {
    return List.of(
        provider("auth0", Office::auth0),
        configurable("google", Office::google),
        provider("intercom", Office::intercom),
        configurable("jira", Office::jira),
        configurable("microsoft-graph", Office::microsoftGraph),
        configurable("n8n", Office::n8n),
        provider("notion", Office::notion),
        configurable("okta", Office::okta),
        provider("zendesk", Office::zendesk));
  }

  /**
   * Auth0 log streams (custom webhook). Nothing is signed: the "Authorization Token" comes as it is
   * in {@code Authorization}. A request holds one log entry or many, by setting as JSON lines, an
   * array or an object. Each entry is tried three times, then in rounds for up to seven days.
   *
   * <p>Source: github auth0/docs-v2, customize/log-streams/custom-log-streams.mdx,
   * check-log-stream-health.mdx.
   */
  private static Definition auth0() {
    return Definition.named("auth0")
        .summary("a token in Authorization; nothing is signed")
        .secret("the log stream's authorization token, as it is sent")
        .provenBy(TokenScheme.required(new TokenPlace.InHeader("Authorization")))
        .eachOf(JsonLinesSplit.INSTANCE)
        .id(firstOf(json("/log_id"), json("/0/log_id")))
        .type(firstOf(json("/data/type"), json("/0/data/type")))
        .key(
            firstOf(
                json("/data/user_id"),
                json("/0/data/user_id"),
                json("/data/client_id"),
                json("/0/data/client_id")))
        .time(firstOf(json("/data/date"), json("/0/data/date")))
        .dedupeWindow(Duration.ofDays(8))
        .samples("login", "lines")
        .build();
  }

  /**
   * Google: channels of the Drive and Calendar APIs ({@code kind: channel}, the default), and
   * Gmail, or anything else, over Cloud Pub/Sub push ({@code kind: pubsub}). Neither signs its
   * body. A channel brings back its token in a header, and its first message, {@code sync}, says
   * nothing new. Pub/Sub sends a Google-signed JWT if the subscription has a service account
   * ({@code audience} and {@code service_account} are then set, and there is no secret); else the
   * secret is the query parameter {@code token} of the push URL. Channels retry a few 5xx answers,
   * Pub/Sub everything for seven days, hence the eight days of remembering.
   *
   * <p>Source: developers.google.com/workspace/drive/api/guides/push, .../calendar/api/guides/push,
   * .../gmail/api/guides/push; cloud.google.com/pubsub/docs/authenticate-push-subscriptions.
   */
  private static Definition google(Settings settings) {
    Map<String, Boolean> kinds = Map.of("channel", false, "pubsub", true);
    boolean pubsub = settings.choice("kind", kinds, "channel");
    Definition.Builder google =
        Definition.named("google")
            .summary("a channel's token, or Pub/Sub's Google-signed JWT; the body is not signed")
            .secret("the channel's token; for Pub/Sub without a JWT, the 'token' in the push URL")
            .id(
                firstOf(
                    joined(header("X-Goog-Channel-ID"), header("X-Goog-Message-Number")),
                    json("/message/messageId"),
                    header("X-Goog-PubSub-Message-Id")))
            .type(header("X-Goog-Resource-State"))
            .key(
                firstOf(
                    header("X-Goog-Resource-ID"),
                    inBase64(json("/message/data"), "/emailAddress"),
                    json("/message/orderingKey"),
                    json("/emailAddress"),
                    header("X-Goog-PubSub-Ordering-Key")))
            .time(firstOf(json("/message/publishTime"), header("X-Goog-PubSub-Publish-Time")))
            .dedupeWindow(Duration.ofDays(8));
    if (!pubsub) {
      return google
          .provenBy(TokenScheme.required(new TokenPlace.InHeader("X-Goog-Channel-Token")))
          .shakesHands(
              new HandshakeRule.Fixed(header("X-Goog-Resource-State"), "sync", Answer.empty(200)))
          .samples("drive.change", "calendar.exists")
          .build();
    }
    return google.provenBy(pubsub(settings)).samples("gmail").build();
  }

  private static Scheme pubsub(Settings settings) {
    String audience = settings.text("audience");
    if (audience == null) {
      return TokenScheme.required(new TokenPlace.InQuery("token"));
    }
    String account =
        settings.required("service_account", "the account that the push subscription runs as");
    return new JwtScheme(
        TokenPlace.BEARER,
        JwtKeys.from(settings, Jwks.at("https://www.googleapis.com/oauth2/v3/certs")),
        JwtClaims.of(
            Claim.oneOf("iss", List.of("https://accounts.google.com", "accounts.google.com")),
            Claim.is("aud", audience),
            Claim.isIgnoringCase("email", account),
            Claim.is("email_verified", "true")));
  }

  /**
   * Intercom. SHA-1 is all it offers. It asks for the address with HEAD when it is saved, and sends
   * the topic {@code ping} to test it. One retry after a minute.
   *
   * <p>Source: developers.intercom.com/docs/webhooks; HEAD and the retry from general knowledge.
   */
  private static Definition intercom() {
    return Definition.named("intercom")
        .summary("HMAC-SHA1 over the body")
        .secret("the app's client secret")
        .methods("POST", "HEAD")
        .accepts("application/json")
        .signedBy(
            inHeaderAfter("sha1=", "X-Hub-Signature")
                .over("{body}")
                .with(new Hmac(SHA1, KeyForm.TEXT), HEX))
        .id(json("/id"))
        .type(json("/topic"))
        .key(json("/data/item/id"))
        .time(json("/created_at"))
        .greets(new HandshakeRule.Fixed(method(), "HEAD", Answer.empty(200)))
        .shakesHands(new HandshakeRule.Fixed(json("/topic"), "ping", Answer.empty(200)))
        .samples("conversation.user.created", "contact.created")
        .build();
  }

  /**
   * Jira Cloud. By {@code kind}: {@code webhook} (default), made by an administrator with a secret,
   * signs the body; {@code connect} sends a JWT over method, path and query, made with the
   * installation's shared secret; {@code oauth} sends a JWT made with the app's client secret. The
   * JWTs do not cover the body. The kind is a setting, as the text of a secret does not tell it. A
   * delivery's identifier is unique within one site, so what the event is about belongs to the key.
   * Up to five retries, 5 to 15 minutes apart. There is no handshake.
   *
   * <p>Source: developer.atlassian.com/cloud/jira/platform/webhooks,
   * .../understanding-jwt-for-connect-apps.
   */
  private static Definition jira(Settings settings) {
    Map<String, Function<Settings, Scheme>> kinds =
        Map.of(
            "webhook",
            _ ->
                inHeaderAfter("sha256=", "X-Hub-Signature")
                    .over("{body}")
                    .with(new Hmac(SHA256, KeyForm.TEXT), HEX)
                    .scheme(),
            "connect",
            options ->
                new JwtScheme(
                    new TokenPlace.InHeaderAfter("JWT ", "Authorization"),
                    new JwtKeys.Shared(),
                    connectClaims(options)),
            "oauth",
            _ -> new JwtScheme(TokenPlace.BEARER, new JwtKeys.Shared(), JwtClaims.of()));
    return Definition.named("jira")
        .summary("HMAC-SHA256 over the body; for apps, a JWT that does not cover it")
        .secret("the webhook's secret, the shared secret (connect) or the client secret (oauth)")
        .accepts("application/json")
        .provenBy(settings.choice("kind", kinds, "webhook").apply(settings))
        .id(header("X-Atlassian-Webhook-Identifier"))
        .dedupedBy(
            header("X-Atlassian-Webhook-Identifier"),
            firstOf(
                json("/issue/self"),
                json("/comment/self"),
                json("/worklog/self"),
                json("/project/self"),
                json("/version/self"),
                json("/sprint/self"),
                json("/user/self")))
        .type(json("/webhookEvent"))
        .key(
            firstOf(
                json("/issue/id"),
                json("/worklog/issueId"),
                json("/comment/id"),
                json("/sprint/id"),
                json("/version/id"),
                json("/project/id")))
        .time(json("/timestamp"))
        .samples("jira:issue_updated", "comment_created")
        .build();
  }

  private static JwtClaims connectClaims(Settings settings) {
    String basePath = settings.text("base_path", "");
    if (!basePath.isEmpty() && (!basePath.startsWith("/") || basePath.endsWith("/"))) {
      throw settings.invalid("base_path", "is no path that begins and does not end with '/'");
    }
    Claim hash = Claim.follows("qsh", request -> QueryHash.of(request, basePath));
    String clientKey = settings.text("client_key");
    return clientKey == null ? JwtClaims.of(hash) : JwtClaims.of(Claim.is("iss", clientKey), hash);
  }

  /**
   * Microsoft Graph change notifications, and SharePoint's own list webhooks. Nothing is signed:
   * every item must bring back the {@code clientState} of its subscription. With resource data come
   * JWTs, one for each app and tenant, which are checked if {@code app_id} is set, and content that
   * only the service's private key opens: see {@link GraphContent}. An item has an id or the
   * resource's etag, or neither (SharePoint, lifecycle notifications), and then it is never taken
   * for a duplicate: equal items say that something changed again. Retries for four hours.
   *
   * <p>Source: github microsoftgraph/microsoft-graph-docs-contrib,
   * change-notifications-delivery-webhooks.md, -with-resource-data.md, -lifecycle-events.md; github
   * SharePoint/sp-dev-docs, overview-sharepoint-webhooks.md.
   */
  private static Definition microsoftGraph(Settings settings) {
    Scheme clientState = new ItemTokenScheme("/value", "clientState");
    String appIds = settings.text("app_id");
    Definition.Builder graph =
        Definition.named("microsoft-graph")
            .summary("clientState in every item; with resource data, Microsoft-signed JWTs")
            .secret("the clientState of the subscription")
            .accepts("application/json", "text/plain")
            .provenBy(appIds == null ? clientState : graphTokens(clientState, appIds, settings))
            .eachOf(JsonSplit.of("/value"))
            .id(json("/value/0/id"))
            .dedupedOnlyBy(
                firstOf(
                    json("/value/0/id"),
                    joined(
                        json("/value/0/resourceData/@odata.etag"),
                        json("/value/0/subscriptionId"),
                        json("/value/0/changeType"),
                        json("/value/0/resource"))))
            .type(
                firstOf(
                    json("/value/0/lifecycleEvent"),
                    json("/value/0/changeType")
                        .refinedBy(json("/value/0/resourceData/@odata.type"))))
            .key(firstOf(json("/value/0/resourceData/id"), json("/value/0/resource")))
            .answers(Answer.empty(202))
            .samples("updated", "lifecycle", "sharepoint");
    for (String name : List.of("validationToken", "validationtoken")) {
      graph.greets(
          new HandshakeRule.When(
              request -> request.method().equals("POST") && request.body().length == 0,
              new HandshakeRule.Echo(
                  query(name),
                  null,
                  query(name),
                  GRAPH_MAX_TOKEN_LENGTH,
                  token -> HandshakeRule.asText(token).with("X-Content-Type-Options", "nosniff"))));
    }
    return graph.build();
  }

  private static Scheme graphTokens(Scheme clientState, String appIds, Settings settings) {
    List<String> apps = guids("app_id", appIds, settings);
    String tenantIds = settings.text("tenant_ids");
    List<String> issuers = new ArrayList<>();
    for (String tenant :
        tenantIds == null ? List.<String>of() : guids("tenant_ids", tenantIds, settings)) {
      issuers.add("https://sts.windows.net/" + tenant + "/");
      issuers.add("https://login.microsoftonline.com/" + tenant + "/v2.0");
    }
    Claim issuer =
        new Claim(
            List.of("iss"),
            _ -> issuers.getFirst(),
            (_, text) ->
                tenantIds == null ? ANY_ISSUER.matcher(text).matches() : issuers.contains(text));
    return new BodyTokensScheme(
        clientState,
        "/validationTokens",
        Office::hasResourceData,
        JwtKeys.from(settings, Jwks.at("https://login.microsoftonline.com/common/discovery/keys")),
        JwtClaims.of(
            issuer,
            Claim.oneOf("aud", apps),
            new Claim(
                List.of("appid", "azp"),
                _ -> GRAPH_PUBLISHER,
                (_, text) -> text.equals(GRAPH_PUBLISHER))));
  }

  private static boolean hasResourceData(WebhookRequest request) {
    JsonElements items = JsonElements.of(request.body(), "/value");
    return items != null && items.anyHasObject("/encryptedContent");
  }

  private static List<String> guids(String name, String list, Settings settings) {
    List<String> guids = List.of(list.split(" *, *", -1));
    if (!guids.stream().allMatch(GUID.asMatchPredicate())) {
      throw settings.invalid(name, "is no id as 00000000-0000-0000-0000-000000000000, or several");
    }
    return guids;
  }

  /**
   * n8n as a source: an HTTP Request node calls us, with the credential of {@code auth}: {@code
   * header} (default; the whole value of any header), {@code basic} (the secret is {@code
   * user:password}) or {@code jwt} (HS256). It signs nothing, and what it sends is up to the
   * workflow: {@link EventSettings} say where the facts are.
   *
   * <p>Source: github n8n-io/n8n-docs, core-nodes/n8n-nodes-base.httprequest,
   * credentials/httprequest.md, credentials/jwt.md.
   */
  private static Definition n8n(Settings settings) {
    Map<String, Function<Settings, Scheme>> kinds =
        Map.of(
            "header",
            options ->
                TokenScheme.required(
                    new TokenPlace.InHeader(options.headerName("header", "Authorization"))),
            "basic",
            _ -> TokenScheme.basic(),
            "jwt",
            options -> new JwtScheme(TokenPlace.BEARER, new JwtKeys.Shared(), n8nClaims(options)));
    return EventSettings.read(settings, header("webhook-id"))
        .addTo(
            Definition.named("n8n")
                .summary("a header, basic credentials or a JWT; nothing is signed")
                .secret("the header's value, user:password, or the key of the JWT")
                .methods("POST", "PUT", "PATCH", "DELETE", "GET")
                .provenBy(settings.choice("auth", kinds, "header").apply(settings)))
        .samples("workflow")
        .build();
  }

  private static JwtClaims n8nClaims(Settings settings) {
    List<Claim> claims = new ArrayList<>();
    String issuer = settings.text("issuer");
    if (issuer != null) {
      claims.add(Claim.is("iss", issuer));
    }
    String audience = settings.text("audience");
    if (audience != null) {
      claims.add(Claim.is("aud", audience));
    }
    return JwtClaims.of(claims.toArray(Claim[]::new));
  }

  /**
   * Notion. The secret is the verification token, which Notion itself sends when a subscription is
   * made; whether that request is signed is told in two ways, so a signature must be right if there
   * is one. Up to eight attempts, over about a day.
   *
   * <p>Source: github makenotion/notion-sdk-js, src/webhooks.ts, test/webhooks.test.ts;
   * developers.notion.com/reference/webhooks.
   */
  private static Definition notion() {
    String signatureHeader = "X-Notion-Signature";
    Scheme signature =
        inHeaderAfter("sha256=", signatureHeader)
            .over("{body}")
            .with(new Hmac(SHA256, KeyForm.TEXT), HEX)
            .scheme();
    HandshakeRule verificationToken =
        new HandshakeRule.Enrol(
            json("/verification_token"),
            List.of(json("/id"), json("/type")),
            signatureHeader,
            signature);
    return Definition.named("notion")
        .summary("HMAC-SHA256 over the body")
        .secret("the verification token (secret_…), or nothing until Notion has sent it")
        .accepts("application/json")
        .provenBy(new LateSecretScheme(signature))
        .id(json("/id"))
        .type(json("/type"))
        .key(json("/entity/id"))
        .time(json("/timestamp"))
        .greets(verificationToken)
        .shakesHands(verificationToken)
        .samples("page.content_updated", "comment.created")
        .build();
  }

  /**
   * Okta event hooks. Nothing is signed: the authentication secret comes as it is in {@code
   * Authorization}, or in the header that was chosen. The address is verified once by a GET with a
   * challenge, which carries the secret too. One retry, after a time-out or a 5xx.
   *
   * <p>Source: github okta/okta-developer-docs, concepts/event-hooks,
   * guides/event-hook-implementation.
   */
  private static Definition okta(Settings settings) {
    String challenge = "x-okta-verification-challenge";
    return Definition.named("okta")
        .summary("a token in Authorization, or another header; nothing is signed")
        .secret("the hook's authentication secret, as it is sent")
        .methods("POST", "GET")
        .accepts("application/json")
        .provenBy(
            TokenScheme.required(
                new TokenPlace.InHeader(settings.headerName("header", "Authorization"))))
        .eachOf(JsonSplit.of("/data/events"))
        .id(json("/data/events/0/uuid"))
        .type(json("/data/events/0/eventType"))
        .key(firstOf(json("/data/events/0/target/0/id"), json("/data/events/0/actor/id")))
        .time(json("/data/events/0/published"))
        .shakesHands(
            new HandshakeRule.Echo(
                method(), "GET", header(challenge), HandshakeRule.asJson("verification")))
        .samples("user.lifecycle.create", "user.session.start")
        .build();
  }

  /**
   * Zendesk webhooks. Time and body are signed without anything between them, which is not
   * ambiguous as the time must end in its zone. The static secret of tests in the editor is public
   * and never taken. The invocation's id is not signed; the body's own id stands in event
   * subscriptions only. Retries within minutes.
   *
   * <p>Source: developer.zendesk.com/documentation/webhooks/verifying.
   */
  private static Definition zendesk() {
    String signatureHeader = "X-Zendesk-Webhook-Signature";
    return Definition.named("zendesk")
        .summary("HMAC-SHA256 over time and body")
        .secret("the webhook's signing secret")
        .methods("POST", "GET", "PUT", "PATCH", "DELETE")
        .provenBy(
            SecretRule.without(
                "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
                "is Zendesk's public secret for tests",
                inHeader(signatureHeader)
                    .timeInHeader(
                        signatureHeader + "-Timestamp",
                        TimeRule.Unit.ISO8601,
                        SignatureScheme.FIVE_MINUTES)
                    .over("{timestamp}{body}")
                    .with(new Hmac(SHA256, KeyForm.TEXT), BASE64)
                    .scheme()))
        .id(firstOf(header("X-Zendesk-Webhook-Invocation-Id"), json("/id")))
        .type(json("/type"))
        .key(firstOf(json("/detail/id"), json("/subject")))
        .time(json("/time"))
        .samples("ticket.created", "trigger")
        .build();
  }
}
