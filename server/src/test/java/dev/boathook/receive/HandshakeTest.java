package dev.boathook.receive;

import static dev.boathook.receive.TestingReception.json;
import static dev.boathook.receive.TestingReception.post;
import static dev.boathook.receive.TestingReception.signed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.receive.TestingReception.Source;
import dev.boathook.receive.TestingReception.Stored;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.KeyFetcher;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.trigger.TestingProviders;
import dev.boathook.trigger.TestingProviders.Setup;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/**
 * How providers test an address and hand over secrets, at the public listener of a whole server.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HandshakeTest {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String TOPIC = "arn:aws:sns:eu-central-1:123456789012:tides";

  private final List<URI> fetched = new CopyOnWriteArrayList<>();
  private volatile boolean isOutsideDown;
  private TestingReception reception;

  @BeforeAll
  void start() throws Exception {
    reception = TestingReception.start(this::fetch);
  }

  @AfterAll
  void stop() {
    reception.close();
  }

  @BeforeEach
  void forget() {
    fetched.clear();
    isOutsideDown = false;
  }

  private byte[] fetch(KeyFetcher.Call call) throws IOException {
    fetched.add(call.uri());
    if (isOutsideDown) {
      throw new IOException("no answer");
    }
    return new byte[0];
  }

  private Source source(String provider, String... secrets) throws Exception {
    return reception.source(provider, Map.of(), List.of(secrets));
  }

  private static WebhookRequest request(String method, String url, Headers headers) {
    return new WebhookRequest(method, url, headers, new byte[0]);
  }

  private static String contentType(HttpResponse<String> answer) {
    return answer.headers().firstValue("content-type").orElse("");
  }

  private static void checkEmpty(HttpResponse<String> answer, int status) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).isEmpty();
    assertThat(contentType(answer)).isEmpty();
  }

  /** It was answered as an event, and is one. */
  private void checkEvent(Source source, HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).isBetween(200, 299);
    assertThat(reception.stored(source)).hasSize(1);
  }

  @Test
  void slack_gets_its_challenge_back() throws Exception {
    Provider slack = Providers.named("slack");
    Source source = source("slack", SECRET);
    String body = "{\"token\":\"t\",\"challenge\":\"3eZ<br>w1a\",\"type\":\"url_verification\"}";

    HttpResponse<String> answer =
        reception.send(signed(slack, SECRET, json(source.publicUrl(), body)));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("3eZ<br>w1a");
    assertThat(contentType(answer)).isEqualTo("text/plain");
    assertThat(answer.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(reception.send(json(source.publicUrl(), body)).statusCode()).isEqualTo(401);
    assertThat(reception.stored(source)).isEmpty();
    String other = body.replace("url_verification", "url_verified");
    checkEvent(source, reception.send(signed(slack, SECRET, json(source.publicUrl(), other))));
  }

  @Test
  void graph_and_sharepoint_get_their_validation_token_back() throws Exception {
    Source source = source("microsoft-graph", SECRET);
    for (String name : List.of("validationToken", "validationtoken")) {
      String url = source.publicUrl() + "?" + name + "=Validation%3A+a%2Bb%3Cscript%3E";

      HttpResponse<String> answer = reception.send(post(url, "text/plain; charset=utf-8", ""));

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("Validation: a+b<script>");
      assertThat(contentType(answer)).isEqualTo("text/plain");
      assertThat(answer.headers().allValues("x-content-type-options")).containsExactly("nosniff");

      assertThat(reception.send(json(url, "{}")).statusCode()).as("with a body").isEqualTo(401);
      assertThat(reception.send(request("GET", url, Headers.of())).statusCode()).isEqualTo(405);
      String twice = url + "&" + name + "=b";
      assertThat(reception.send(post(twice, "text/plain", "")).statusCode()).isEqualTo(401);
      String lines = source.publicUrl() + "?" + name + "=a%0D%0Ab";
      assertThat(reception.send(post(lines, "text/plain", "")).statusCode()).isEqualTo(401);
    }
    assertThat(reception.stored(source)).isEmpty();
  }

  @Test
  void adobe_gets_its_challenge_back() throws Exception {
    Setup adobe = TestingProviders.named("adobe-io");
    Source source = reception.source("adobe-io", adobe.settings(), adobe.verifying());

    HttpResponse<String> answer =
        reception.send(request("GET", source.publicUrl() + "?challenge=8ec8d794%22", Headers.of()));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"challenge\":\"8ec8d794\\\"\"}");
    assertThat(contentType(answer)).isEqualTo("application/json");
    assertThat(reception.send(request("GET", source.publicUrl(), Headers.of())).statusCode())
        .isEqualTo(401);
    assertThat(reception.send(json(source.publicUrl() + "?challenge=a", "{}")).statusCode())
        .isEqualTo(401);
  }

  @Test
  void zoom_gets_its_token_back_with_its_hmac() throws Exception {
    Provider zoom = Providers.named("zoom");
    String secret = "a-zoom-secret";
    Source source = source("zoom", "another-secret", secret);
    String body =
        "{\"payload\":{\"plainToken\":\"qgg8vlvZRS6UYooatFL8Aw\"},"
            + "\"event_ts\":1654503849680,\"event\":\"endpoint.url_validation\"}";

    HttpResponse<String> answer =
        reception.send(signed(zoom, secret, json(source.publicUrl(), body)));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(contentType(answer)).isEqualTo("application/json");
    // printf qgg8vlvZRS6UYooatFL8Aw | openssl dgst -sha256 -hmac a-zoom-secret
    assertThat(answer.body())
        .isEqualTo(
            "{\"plainToken\":\"qgg8vlvZRS6UYooatFL8Aw\",\"encryptedToken\":\"0bea4e106791a51872deaaa28adddbbab74818e6890fa945d92996a450e9b1c0\"}");
    assertThat(reception.send(signed(zoom, "wrong", json(source.publicUrl(), body))).statusCode())
        .isEqualTo(401);
    assertThat(reception.stored(source)).isEmpty();
    String without = body.replace("plainToken", "token");
    checkEvent(source, reception.send(signed(zoom, secret, json(source.publicUrl(), without))));
  }

  @Test
  void okta_gets_its_challenge_back_with_its_token_only() throws Exception {
    Source source = source("okta", SECRET);
    String challenge = "x-okta-verification-challenge";

    HttpResponse<String> answer =
        reception.send(
            request(
                "GET",
                source.publicUrl(),
                Headers.of("Authorization", SECRET, challenge, "hvqXJ5H")));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"verification\":\"hvqXJ5H\"}");
    assertThat(contentType(answer)).isEqualTo("application/json");
    assertThat(
            reception
                .send(request("GET", source.publicUrl(), Headers.of(challenge, "hvqXJ5H")))
                .statusCode())
        .isEqualTo(401);
    assertThat(reception.stored(source)).isEmpty();
  }

  @Test
  void xeros_intent_to_receive_is_answered_and_refused_without_a_body() throws Exception {
    Provider xero = Providers.named("xero");
    Source source = source("xero", SECRET);
    WebhookRequest intent =
        json(
            source.publicUrl(),
            "{\"events\":[],\"firstEventSequence\":0,\"lastEventSequence\":0,\"entropy\":\"S\"}");

    checkEmpty(reception.send(signed(xero, SECRET, intent)), 200);
    checkEmpty(reception.send(signed(xero, "another", intent)), 401);
    checkEmpty(reception.send(intent), 401);
    assertThat(reception.stored(source)).isEmpty();
  }

  @Test
  void a_sender_of_cloudevents_is_told_whether_it_may() throws Exception {
    Source source =
        reception.source(
            "cloudevents",
            Map.of("allowed_origins", "events.example.com", "allowed_rate", "120"),
            List.of(SECRET));
    String asking = "WebHook-Request-Origin";

    HttpResponse<String> yes =
        reception.send(
            request("OPTIONS", source.publicUrl(), Headers.of(asking, "events.example.com")));

    checkEmpty(yes, 200);
    assertThat(yes.headers().allValues("allow")).containsExactly("POST");
    assertThat(yes.headers().allValues("webhook-allowed-origin"))
        .containsExactly("events.example.com");
    assertThat(yes.headers().allValues("webhook-allowed-rate")).containsExactly("120");
    HttpResponse<String> no =
        reception.send(
            request("OPTIONS", source.publicUrl(), Headers.of(asking, "evil.example.com")));
    checkEmpty(no, 405);
    assertThat(no.headers().map()).doesNotContainKey("webhook-allowed-origin");
    assertThat(reception.send(request("OPTIONS", source.publicUrl(), Headers.of())).statusCode())
        .isEqualTo(401);
    assertThat(reception.stored(source)).isEmpty();
  }

  @Test
  void woocommerces_ping_is_answered_in_its_exact_form_only() throws Exception {
    Source source = source("woocommerce", SECRET);

    checkEmpty(reception.send(post(source.publicUrl(), FORM, "webhook_id=42")), 200);
    for (String near : List.of("webhook_id=42&a=b", "webhook_id=", "webhook_id=4a", "")) {
      assertThat(reception.send(post(source.publicUrl(), FORM, near)).statusCode())
          .as(near)
          .isEqualTo(401);
    }
    WebhookRequest topical =
        post(source.publicUrl(), FORM, "webhook_id=42")
            .plus(Headers.of("X-WC-Webhook-Topic", "order.updated"));
    assertThat(reception.send(topical).statusCode()).isEqualTo(401);
    assertThat(reception.stored(source)).isEmpty();
  }

  @Test
  void sap_is_answered_to_head_and_to_a_signed_get() throws Exception {
    Provider sap = Providers.named("sap-business-one");
    Source source = source("sap-business-one", SECRET);
    Headers token = Headers.of("X-B1-Webhook-Token", "9f2b");
    WebhookRequest get = request("GET", source.publicUrl(), token);
    String signature = "X-B1-Webhook-Signature";

    checkEmpty(reception.send(request("HEAD", source.publicUrl(), Headers.of())), 200);
    // The signature of the test is over the token, as that of an event is over its body.
    for (String secret : List.of(SECRET, "another")) {
      String proof =
          String.valueOf(
              signed(sap, secret, json(source.publicUrl(), "9f2b")).headers().first(signature));
      HttpResponse<String> answer = reception.send(get.plus(Headers.of(signature, proof)));
      if (secret.equals(SECRET)) {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"Challenge\":\"9f2b\"}");
        assertThat(contentType(answer)).isEqualTo("application/json");
      } else {
        assertThat(answer.statusCode()).isEqualTo(401);
      }
    }
    assertThat(reception.send(get).statusCode()).isEqualTo(401);
    assertThat(reception.stored(source)).isEmpty();
  }

  @Test
  void intercom_is_answered_to_head_and_to_its_ping() throws Exception {
    Provider intercom = Providers.named("intercom");
    Source source = source("intercom", SECRET);
    WebhookRequest ping =
        json(source.publicUrl(), "{\"type\":\"notification_event\",\"topic\":\"ping\"}");

    checkEmpty(reception.send(request("HEAD", source.publicUrl(), Headers.of())), 200);
    checkEmpty(reception.send(signed(intercom, SECRET, ping)), 200);
    assertThat(reception.send(ping).statusCode()).isEqualTo(401);
    assertThat(reception.send(request("GET", source.publicUrl(), Headers.of())).statusCode())
        .isEqualTo(405);
    assertThat(reception.stored(source)).isEmpty();
  }

  @Test
  void discords_ping_is_answered_when_it_is_signed() throws Exception {
    Setup discord = TestingProviders.named("discord");
    Source source = reception.source("discord", discord.settings(), discord.verifying());
    WebhookRequest ping = json(source.publicUrl(), "{\"id\":\"1\",\"type\":1}");
    WebhookRequest test = json(source.publicUrl(), "{\"version\":1,\"type\":0}");

    HttpResponse<String> pong = reception.send(signed(discord.provider(), discord.signing(), ping));

    assertThat(pong.statusCode()).isEqualTo(200);
    assertThat(pong.body()).isEqualTo("{\"type\":1}");
    assertThat(contentType(pong)).isEqualTo("application/json");
    HttpResponse<String> nothing =
        reception.send(signed(discord.provider(), discord.signing(), test));
    assertThat(nothing.statusCode()).isEqualTo(204);
    assertThat(contentType(nothing)).isEqualTo("application/json");
    assertThat(reception.send(ping).statusCode()).isEqualTo(401);
    assertThat(reception.stored(source)).isEmpty();
  }

  @Test
  void exacts_empty_post_is_answered() throws Exception {
    Source source = source("exact-online", SECRET);

    checkEmpty(reception.send(post(source.publicUrl(), "application/json", "")), 200);
    assertThat(reception.send(json(source.publicUrl(), " ")).statusCode()).isEqualTo(401);
    assertThat(reception.stored(source)).isEmpty();
  }

  @Test
  void notion_hands_its_secret_over_once() throws Exception {
    Provider notion = Providers.named("notion");
    Source source = source("notion");
    String secret = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl";
    WebhookRequest event = json(source.publicUrl(), "{\"id\":\"n1\",\"type\":\"page.created\"}");

    assertThat(reception.send(signed(notion, secret, event)).statusCode()).isEqualTo(401);
    checkEmpty(reception.send(enrolment(source, secret)), 200);
    assertThat(reception.send(enrolment(source, "secret_of_somebody_else")).statusCode())
        .isEqualTo(401);

    JsonNode kept = reception.get("/v1/sources/" + source.id() + "/secrets").get("data");
    assertThat(kept).hasSize(1);
    assertThat(kept.get(0).get("value").stringValue()).isEqualTo(secret);
    assertThat(kept.get(0).get("enrolled").booleanValue()).isTrue();
    assertThat(reception.send(signed(notion, secret, event)).statusCode()).isEqualTo(200);
    assertThat(reception.stored(source))
        .singleElement()
        .matches(Stored::verified)
        .matches(stored -> "n1".equals(stored.externalId()));
    WebhookRequest again = signed(notion, secret, enrolment(source, secret));
    checkEmpty(reception.send(again), 200);
    assertThat(reception.stored(source)).as("the secret is in no event").hasSize(1);
  }

  private static WebhookRequest enrolment(Source source, String secret) {
    return json(source.publicUrl(), "{\"verification_token\":\"" + secret + "\"}");
  }

  @Test
  void of_two_secrets_that_are_handed_over_at_once_one_is_kept() throws Exception {
    Source source = source("notion");
    List<String> secrets = List.of("secret_one", "secret_two", "secret_three");
    List<Integer> statuses;
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      statuses =
          senders
              .invokeAll(
                  secrets.stream()
                      .<Callable<Integer>>map(
                          secret -> () -> reception.send(enrolment(source, secret)).statusCode())
                      .toList())
              .stream()
              .map(Future::resultNow)
              .toList();
    }

    assertThat(statuses).containsExactlyInAnyOrder(200, 401, 401);
    JsonNode kept = reception.get("/v1/sources/" + source.id() + "/secrets").get("data");
    assertThat(kept).hasSize(1);
    assertThat(kept.get(0).get("value").stringValue())
        .isEqualTo(secrets.get(statuses.indexOf(200)));
  }

  @Test
  void a_subscription_to_a_topic_is_confirmed_at_amazon_if_it_is_signed() throws Exception {
    Setup sns = TestingProviders.named("aws-sns");
    Map<String, String> settings = new HashMap<>(sns.settings());
    settings.put("topic_arns", TOPIC);
    Provider provider = Providers.named("aws-sns", settings);
    Source source = reception.source("aws-sns", settings, List.of());
    WebhookRequest signed = signed(provider, sns.signing(), subscription(source, "/"));

    byte[] other = new String(signed.body(), UTF_8).replace("high", "low").getBytes(UTF_8);

    HttpResponse<String> forged =
        reception.send(new WebhookRequest("POST", signed.url(), signed.headers(), other));

    assertThat(forged.statusCode()).isEqualTo(401);
    assertThat(fetched).isEmpty();

    isOutsideDown = true;
    HttpResponse<String> unconfirmed = reception.send(signed);
    assertThat(unconfirmed.statusCode()).isEqualTo(503);
    assertThat(unconfirmed.headers().firstValue("retry-after")).isPresent();

    isOutsideDown = false;
    checkEmpty(reception.send(signed), 200);
    URI confirmed =
        URI.create(
            "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn="
                + TOPIC
                + "&Token=2336412f37");
    assertThat(fetched).containsExactly(confirmed, confirmed);
    assertThat(reception.stored(source)).isEmpty();
  }

  @Test
  void nothing_is_fetched_from_another_host_however_well_it_is_signed() throws Exception {
    Setup sns = TestingProviders.named("aws-sns");
    Map<String, String> settings = new HashMap<>(sns.settings());
    settings.put("topic_arns", TOPIC);
    Provider provider = Providers.named("aws-sns", settings);
    Source source = reception.source("aws-sns", settings, List.of());

    HttpResponse<String> answer =
        reception.send(signed(provider, sns.signing(), subscription(source, ".example.com/")));

    checkEvent(source, answer);
    assertThat(fetched).isEmpty();
  }

  private static WebhookRequest subscription(Source source, String afterHost) {
    return post(
        source.publicUrl(),
        "text/plain; charset=UTF-8",
        """
        {"Type": "SubscriptionConfirmation", "MessageId": "f3f2fc87-c426-4c2f-9044-b55890c0939c",
         "Token": "2336412f37", "TopicArn": "%s", "Message": "high water",
         "SubscribeURL": "https://sns.eu-central-1.amazonaws.com%s\
        ?Action=ConfirmSubscription&TopicArn=%s&Token=2336412f37",
         "Timestamp": "%s", "SignatureVersion": "2", "Signature": "",
         "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/a.pem"}
        """
            .formatted(
                TOPIC,
                afterHost,
                TOPIC,
                InstantSource.system().instant().truncatedTo(ChronoUnit.MILLIS)));
  }
}
