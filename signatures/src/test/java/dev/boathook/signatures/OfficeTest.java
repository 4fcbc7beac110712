package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.URL;
import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.envelope;
import static dev.boathook.signatures.Requests.handshake;
import static dev.boathook.signatures.Requests.post;
import static dev.boathook.signatures.Requests.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The handshakes, batches and settings of mail, documents, tickets and people. */
class OfficeTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final Provider GRAPH = Providers.named("microsoft-graph");
  private static final Provider NOTION = Providers.named("notion");
  private static final Provider OKTA = Providers.named("okta");
  private static final Provider INTERCOM = Providers.named("intercom");

  private static WebhookRequest request(String method, String url, String body, String... headers) {
    return new WebhookRequest(
        method, url, Headers.of(headers), body.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertAnswer(Reading reading, int status, String contentType, String body) {
    Answer answer = handshake(reading).answer();
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.contentType()).isEqualTo(contentType);
    assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo(body);
  }

  private static WebhookRequest validation(String parameter) {
    return request("POST", "https://hooks.example.com/in/abc?" + parameter, "");
  }

  @Test
  void graph_gets_its_validation_token_back_as_plain_text() {
    String token = "Validation: Testing client application reachability <b>&</b> 522a8e7e";
    for (String name : List.of("validationToken", "validationtoken")) {
      Reading reading =
          GRAPH
              .greeting(
                  validation(
                      name
                          + "=Validation%3a+Testing+client+application+reachability"
                          + "+%3Cb%3E%26%3C%2Fb%3E+522a8e7e"))
              .orElseThrow();
      assertAnswer(reading, 200, "text/plain", token);
      assertThat(handshake(reading).answer().headers().first("X-Content-Type-Options"))
          .isEqualTo("nosniff");
    }
    assertThat(GRAPH.greeting(validation("validationToken=" + "x".repeat(4096)))).isPresent();
  }

  @Test
  void graph_gets_nothing_back_that_is_not_such_a_token() {
    for (String parameter :
        List.of(
            "validationToken=",
            "validationToken",
            "ValidationToken=x",
            "validationToken=x&validationToken=y",
            "validationToken=%0d%0aX",
            "validationToken=zo%C3%AB",
            "validationToken=" + "x".repeat(4097))) {
      assertThat(GRAPH.greeting(validation(parameter))).as(parameter).isEmpty();
    }
    String url = "https://hooks.example.com/in/abc?validationToken=x";
    assertThat(GRAPH.greeting(request("GET", url, ""))).isEmpty();
    assertThat(GRAPH.greeting(request("POST", url, "{\"value\":[]}"))).isEmpty();
  }

  @Test
  void each_item_of_graph_is_an_event_in_graphs_own_shape() {
    Reading reading =
        read(
            GRAPH,
            post(
                "{\"value\":[{\"id\":\"1\",\"changeType\":\"created\",\"resource\":\"r\"},"
                    + "{\"lifecycleEvent\":\"missed\",\"subscriptionId\":\"s\",\"resource\":\"r\"},"
                    + "{\"changeType\":\"updated\",\"subscriptionId\":\"s\",\"resource\":\"r\","
                    + "\"resourceData\":{\"@odata.etag\":\"e\",\"id\":\"m\"}}]}"));
    assertThat(reading).isInstanceOf(Reading.Batch.class);
    List<Reading.Item> items = ((Reading.Batch) reading).items();
    assertThat(items)
        .extracting(Reading.Item::envelope)
        .containsExactly(
            new Envelope("1", "created", "r", null, "1"),
            new Envelope(null, "missed", "r", null, null),
            new Envelope(null, "updated", "m", null, "e:s:updated:r"));
    assertThat(new String(items.get(1).body(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"value\":[{\"lifecycleEvent\":\"missed\",\"subscriptionId\":\"s\","
                + "\"resource\":\"r\"}]}");
    assertThat(GRAPH.accepted(post("{}")).orElseThrow().status()).isEqualTo(202);
  }

  @Test
  void sharepoint_may_say_the_same_again_and_it_is_news() {
    String body =
        "{\"value\":[{\"subscriptionId\":\"s\",\"clientState\":\"c\",\"resource\":\"list\"}]}";
    Reading.Batch batch = (Reading.Batch) read(GRAPH, post(body));
    assertThat(batch.items().getFirst().envelope())
        .isEqualTo(new Envelope(null, Envelope.UNKNOWN_TYPE, "list", null, null));
  }

  @Test
  void graphs_ids_are_checked_when_they_are_set() {
    for (Map<String, String> settings :
        List.of(
            Map.of("app_id", "x"),
            Map.of("app_id", ""),
            Map.of("app_id", "8e460676-ae3f-4b1e-8790-ee0fb5d6148f", "tenant_ids", "contoso"),
            Map.of("tenant_ids", "8e460676-ae3f-4b1e-8790-ee0fb5d6148f"))) {
      assertThatThrownBy(() -> Providers.named("microsoft-graph", settings))
          .as(settings.toString())
          .isInstanceOf(InvalidSettings.class);
    }
  }

  @Test
  void notion_hands_over_its_secret() {
    Reading reading =
        NOTION.greeting(post("{\"verification_token\":\"secret_tMrlL1qK5vuQ\"}")).orElseThrow();
    assertThat(reading).isInstanceOf(Reading.Enrolment.class).hasToString("Enrolment");
    assertThat(((Reading.Enrolment) reading).secret()).isEqualTo("secret_tMrlL1qK5vuQ");
    assertThat(((Reading.Enrolment) reading).answer().status()).isEqualTo(200);
  }

  @Test
  void notions_secret_is_signed_with_itself_if_it_is_signed_at_all() {
    WebhookRequest unsigned = post("{\"verification_token\":\"secret_one\"}");
    SigningContext context = new SigningContext("1", NOW);
    assertThat(NOTION.greeting(NOTION.signer("secret_one").sign(unsigned, context))).isPresent();
    assertThat(NOTION.greeting(NOTION.signer("secret_two").sign(unsigned, context))).isEmpty();
    assertThat(NOTION.greeting(unsigned.plus(Headers.of("X-Notion-Signature", "")))).isEmpty();
  }

  @Test
  void a_secret_that_notion_sends_again_is_no_event() {
    WebhookRequest again =
        NOTION
            .signer("secret_one")
            .sign(post("{\"verification_token\":\"secret_one\"}"), new SigningContext("1", NOW));
    assertThat(NOTION.verifier(List.of("secret_one")).verify(again, NOW))
        .isEqualTo(new Verdict.Verified(0));
    assertAnswer(NOTION.read(again, "secret_one"), 200, "", "");
  }

  @Test
  void an_event_of_notion_hands_over_nothing() {
    for (String body :
        List.of(
            "{\"verification_token\":\"t\",\"id\":\"1\"}",
            "{\"verification_token\":\"t\",\"type\":\"page.created\"}",
            "{\"verification_token\":\"\"}",
            "{\"verification_token\":\" t\"}",
            "{\"verification_token\":\"t\\n\"}",
            "{\"verification_token\":[\"t\"]}",
            "{\"verification_token\":\"" + "t".repeat(8193) + "\"}",
            "{\"verification_token\":\"t\"")) {
      assertThat(NOTION.greeting(post(body))).as(body).isEmpty();
    }
  }

  @Test
  void without_a_secret_notion_rejects_everything() {
    Verifier verifier = NOTION.verifier(List.of());
    assertRejected(verifier.verify(post("{}"), NOW), Reason.NO_ACCEPTED_SIGNATURE);
    WebhookRequest signed =
        NOTION.signer("secret_one").sign(post("{}"), new SigningContext("1", NOW));
    assertRejected(verifier.verify(signed, NOW), Reason.NO_ACCEPTED_SIGNATURE);
  }

  @Test
  void okta_gets_its_challenge_back_and_only_with_a_get() {
    String[] headers = {"Authorization", "s", "x-okta-verification-challenge", "abc\"1"};
    assertAnswer(
        OKTA.read(request("GET", URL, "", headers), "s"),
        200,
        "application/json",
        "{\"verification\":\"abc\\\"1\"}");
    assertThat(OKTA.greeting(request("GET", URL, "", headers))).isEmpty();
    assertThat(OKTA.read(request("POST", URL, "{}", headers), "s"))
        .isNotInstanceOf(Reading.Handshake.class);
    assertThat(
            OKTA.read(
                request("GET", URL, "", "x-okta-verification-challenge", "x".repeat(1025)), "s"))
        .isNotInstanceOf(Reading.Handshake.class);
  }

  @Test
  void an_okta_request_without_events_stores_nothing() {
    Reading reading = read(OKTA, post("{\"data\":{\"events\":[]}}"));
    assertAnswer(reading, 200, "", "");
  }

  @Test
  void intercom_asks_with_head_and_ping() {
    assertAnswer(INTERCOM.greeting(request("HEAD", URL, "")).orElseThrow(), 200, "", "");
    assertThat(INTERCOM.greeting(post("{\"topic\":\"ping\"}"))).isEmpty();
    assertAnswer(read(INTERCOM, post("{\"topic\":\"ping\"}")), 200, "", "");
  }

  @Test
  void the_first_message_of_a_google_channel_says_nothing_new() {
    Provider google = Providers.named("google");
    assertAnswer(
        read(google, post("", "X-Goog-Resource-State", "sync", "X-Goog-Message-Number", "1")),
        200,
        "",
        "");
  }

  @Test
  void pubsub_may_leave_its_wrapping_away_and_write_base64_in_either_alphabet() {
    Provider pubsub = Providers.named("google", Map.of("kind", "pubsub"));
    assertThat(
            envelope(
                read(
                    pubsub,
                    post(
                        "{\"emailAddress\":\"zoe@example.com\",\"historyId\":7}",
                        "x-goog-pubsub-message-id",
                        "12",
                        "x-goog-pubsub-publish-time",
                        "2024-01-01T00:00:00Z"))))
        .isEqualTo(
            new Envelope(
                "12", "unknown", "zoe@example.com", Instant.parse("2024-01-01T00:00:00Z"), "12"));
    for (String data :
        List.of("eyJlbWFpbEFkZHJlc3MiOiJ-fn4_Pz8ifQ", "eyJlbWFpbEFkZHJlc3MiOiJ+fn4/Pz8ifQ==")) {
      assertThat(
              envelope(
                      read(
                          pubsub,
                          post("{\"message\":{\"messageId\":\"1\",\"data\":\"" + data + "\"}}")))
                  .key())
          .isEqualTo("~~~???");
    }
    for (String data : List.of("", "*", "eyJ", "bm8ganNvbg")) {
      assertThat(envelope(read(pubsub, post("{\"message\":{\"data\":\"" + data + "\"}}"))).key())
          .isNull();
    }
  }

  @Test
  void pubsub_needs_the_audience_and_the_account() {
    assertThatThrownBy(
            () -> Providers.named("google", Map.of("kind", "pubsub", "audience", "https://us")))
        .isInstanceOf(InvalidSettings.class)
        .hasMessageContaining("service_account");
    assertThatThrownBy(() -> Providers.named("google", Map.of("audience", "https://us")))
        .isInstanceOf(InvalidSettings.class);
    assertThatThrownBy(
            () -> Providers.named("google", Map.of("kind", "pubsub", "service_account", "a@b")))
        .isInstanceOf(InvalidSettings.class);
  }

  @Test
  void without_googles_keys_it_cannot_be_told() {
    Vector vector =
        Vector.all().stream()
            .filter(one -> one.file().equals("google-pubsub"))
            .findFirst()
            .orElseThrow();
    assertThat(vector.provider().verifier(List.of()).verify(vector.request(), vector.now()))
        .isInstanceOf(Verdict.Undecided.class);
  }

  @Test
  void the_secret_that_zendesk_uses_for_tests_is_never_taken() {
    String test = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";
    Provider zendesk = Providers.named("zendesk");
    assertThatThrownBy(() -> zendesk.verifier(List.of("mine", test)))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("secret 2 is Zendesk's public secret for tests");
    assertThatThrownBy(() -> zendesk.signer(test)).isInstanceOf(InvalidSecret.class);
  }

  @Test
  void lines_of_json_are_events_and_anything_else_stays_whole() {
    assertThat(lines("{\"a\":1}\r\n\n {\"a\":2} \n")).containsExactly("{\"a\":1}\r", " {\"a\":2} ");
    assertThat(lines("[{\"a\":1}, {\"a\":2}]")).containsExactly("[{\"a\":1}]", "[{\"a\":2}]");
    assertThat(lines("[]")).isEmpty();
    for (String whole : List.of("", "\n\n", "{\"a\":1}", "{\"a\":\n1}", "{\"a\":1}\nx", "\"a\"")) {
      assertThat(JsonLinesSplit.INSTANCE.parts(whole.getBytes(StandardCharsets.UTF_8)))
          .as(whole)
          .isNull();
    }
    assertThat(lines("1\n".repeat(1024))).hasSize(1024);
    assertThat(lines("1\n".repeat(1025))).hasSize(1025).containsOnly("");
  }

  private static List<String> lines(String body) {
    List<byte[]> parts =
        Objects.requireNonNull(
            JsonLinesSplit.INSTANCE.parts(body.getBytes(StandardCharsets.UTF_8)));
    return parts.stream().map(part -> new String(part, StandardCharsets.UTF_8)).toList();
  }

  /** From Atlassian's page on the query string hash, whose canonical request is hashed here. */
  @Test
  void the_query_string_hash_is_atlassians() {
    assertThat(
            hash(
                "GET",
                "https://a.example/path/to/service?zee_last=param&repeated=parameter%201&first=param&repeated=parameter%202&jwt=x.y.z"))
        .isEqualTo(
            sha256(
                "GET&/path/to/service&first=param&repeated=parameter%201,parameter%202&zee_last=param"));
    assertThat(hash("GET", "https://a.example?param=foo")).isEqualTo(sha256("GET&/&param=foo"));
    assertThat(hash("POST", "/user/")).isEqualTo(sha256("POST&/user&"));
    assertThat(hash("POST", "/a&b?x=1#y")).isEqualTo(sha256("POST&/a%26b&x=1"));
    assertThat(QueryHash.of(request("GET", "https://a.example/app/in/x", ""), "/app"))
        .isEqualTo(sha256("GET&/in/x&"));
    assertThat(hash("GET", "/a?x=%zz")).isEmpty();
    assertThat(hash("GET", "/" + "a".repeat(8192))).isEmpty();
  }

  private static String hash(String method, String url) {
    return QueryHash.of(request(method, url, ""), "");
  }

  private static String sha256(String text) {
    return EnvelopeRule.hash(sink -> sink.update(Utf8.bytes(text))).replace("sha256:", "");
  }

  @Test
  void settings_that_belong_to_another_kind_are_refused() {
    assertThatThrownBy(() -> Providers.named("jira", Map.of("client_key", "k")))
        .isInstanceOf(InvalidSettings.class);
    assertThatThrownBy(() -> Providers.named("jira", Map.of("kind", "connect", "base_path", "x/")))
        .isInstanceOf(InvalidSettings.class);
    assertThatThrownBy(() -> Providers.named("n8n", Map.of("auth", "basic", "header", "X")))
        .isInstanceOf(InvalidSettings.class);
    assertThatThrownBy(
            () -> Providers.named("n8n", Map.of("auth", "basic")).verifier(List.of("no colon")))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("secret 1 is not user:password");
  }
}
