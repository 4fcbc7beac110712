package dev.boathook.signatures;

import static dev.boathook.signatures.Requests.assertRejected;
import static dev.boathook.signatures.Requests.handshake;
import static dev.boathook.signatures.Requests.post;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Handshakes, batches, answers and settings of business software. */
class BusinessTest {
  private static final Provider SALESFORCE = Providers.named("salesforce");
  private static final Provider SAP = Providers.named("sap-business-one");
  private static final Provider XERO = Providers.named("xero");
  private static final Provider EXACT = Providers.named("exact-online");
  private static final String NOTIFICATIONS =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
       <s:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">
        <SessionId>00D!secret</SessionId>%s
       </notifications></s:Body>
      </s:Envelope>
      """;

  private static WebhookRequest request(String method, String body, String... headers) {
    return new WebhookRequest(method, Requests.URL, Headers.of(headers), body.getBytes(UTF_8));
  }

  private static List<Reading.Item> items(Provider provider, WebhookRequest request) {
    assertThat(provider.read(request, "")).isInstanceOf(Reading.Batch.class);
    return ((Reading.Batch) provider.read(request, "")).items();
  }

  private static void assertNothing(Answer answer) {
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers()).isEqualTo(Headers.of());
    assertThat(answer.body()).isEmpty();
  }

  private static String notification(String id) {
    return "<Notification><Id>" + id + "</Id><sObject/></Notification>";
  }

  @Test
  void each_notification_of_salesforce_is_a_message_of_its_own() {
    String several = notification("é1") + "\n<!-- -->" + notification("2") + notification("3");
    List<Reading.Item> items =
        items(SALESFORCE, post(NOTIFICATIONS.formatted(several), "Content-Type", "text/xml"));
    assertThat(items)
        .extracting(item -> new String(item.body(), UTF_8))
        .containsExactly(
            NOTIFICATIONS.formatted(notification("é1")),
            NOTIFICATIONS.formatted(notification("2")),
            NOTIFICATIONS.formatted(notification("3")));
    assertThat(items)
        .extracting(item -> item.envelope().providerEventId())
        .containsExactly("é1", "2", "3");
    assertThat(items).extracting(Reading.Item::contentType).containsOnly("text/xml");
  }

  @Test
  void salesforce_messages_that_cannot_be_taken_apart_are_kept_whole() {
    String tooMany = notification("1").repeat(Reading.Batch.MAX_ITEMS + 1);
    String large = ("<Notification>" + "x".repeat(100_000) + "</Notification>").repeat(30);
    for (String body :
        List.of(
            "",
            "no XML",
            "<Envelope/>",
            NOTIFICATIONS.formatted(tooMany),
            NOTIFICATIONS.formatted("<SessionId>" + "x".repeat(2_000_000) + "</SessionId>" + large),
            "<!DOCTYPE a>" + NOTIFICATIONS.substring(NOTIFICATIONS.indexOf('\n')),
            NOTIFICATIONS.formatted("</notifications><notifications>" + notification("1")))) {
      assertThat(SALESFORCE.read(post(body), "")).isInstanceOf(Reading.Notification.class);
    }
    assertThat(items(SALESFORCE, post(NOTIFICATIONS.formatted(large)))).hasSize(30);
  }

  @Test
  void salesforce_is_acknowledged_in_soap_even_if_there_is_nothing_in_it() {
    Answer answer = SALESFORCE.accepted(post("")).orElseThrow();
    assertThat(answer.contentType()).isEqualTo("text/xml");
    assertThat(XmlScanner.text(answer.body(), "/Envelope/Body/notificationsResponse/Ack"))
        .isEqualTo("true");
    Reading empty = SALESFORCE.read(post(NOTIFICATIONS.formatted("")), "");
    assertThat(handshake(empty).answer().body()).isEqualTo(answer.body());
  }

  @Test
  void a_session_of_salesforce_is_never_told() {
    Provider ours = Providers.named("salesforce", Map.of("organization_id", "00D5g000004abcDEAQ"));
    WebhookRequest request = post(NOTIFICATIONS.formatted(notification("1")));
    Verdict verdict = ours.verifier(List.of()).verify(request, Instant.EPOCH);
    assertRejected(verdict, Reason.WRONG_CLAIM, "the request does not state our OrganizationId");
    assertThat(request.toString() + items(SALESFORCE, request).getFirst().envelope())
        .doesNotContain("secret");
  }

  @Test
  void sap_gets_its_token_back_as_a_challenge() {
    WebhookRequest request = request("GET", "", "X-B1-Webhook-Token", "5ac18923-cfce");
    Answer answer = handshake(SAP.read(request, "x")).answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.contentType()).isEqualTo("application/json");
    assertThat(answer.body()).asString().isEqualTo("{\"Challenge\":\"5ac18923-cfce\"}");
    assertThat(SAP.greeting(request)).isEmpty();
    assertThat(SAP.read(request("POST", "", "X-B1-Webhook-Token", "a"), "x"))
        .isInstanceOf(Reading.Notification.class);
    assertThat(SAP.read(request("GET", "", "X-B1-Webhook-Token", "a\u0007"), "x"))
        .isInstanceOf(Reading.Batch.class);
  }

  @Test
  void sap_may_look_whether_the_address_is_there() {
    assertThat(SAP.greeting(request("HEAD", "")))
        .hasValueSatisfying(reading -> assertNothing(handshake(reading).answer()));
    assertThat(SAP.greeting(request("POST", ""))).isEmpty();
  }

  @Test
  void a_user_of_sap_must_have_a_password() {
    Provider basic = Providers.named("sap-business-one", Map.of("authentication", "basic"));
    assertThatThrownBy(() -> basic.verifier(List.of("a:b", "c")))
        .isInstanceOf(InvalidSecret.class)
        .hasMessage("secret 2 is not user:password");
  }

  @Test
  void xero_is_answered_and_refused_without_a_word() {
    WebhookRequest intent =
        post("{\"events\":[],\"firstEventSequence\":0,\"lastEventSequence\":0,\"entropy\":\"Q\"}");
    assertNothing(handshake(XERO.read(intent, "x")).answer());
    assertNothing(XERO.accepted(intent).orElseThrow());
    assertThat(XERO.refusesWithoutBody()).isTrue();
    assertThat(XERO.read(post("{\"events\":{}}"), "x")).isInstanceOf(Reading.Notification.class);
  }

  @Test
  void exact_online_tests_the_address_with_an_empty_post() {
    assertThat(EXACT.greeting(post("")))
        .hasValueSatisfying(reading -> assertNothing(handshake(reading).answer()));
    assertThat(EXACT.greeting(post(" "))).isEmpty();
    assertThat(EXACT.greeting(request("GET", ""))).isEmpty();
  }

  @Test
  void equal_contents_of_exact_online_are_one_event_only_if_they_have_a_time() {
    Signer signer = EXACT.signer("s");
    SigningContext context = new SigningContext("m", Instant.EPOCH);
    String timed = "{\"Content\":{\"Topic\":\"Items\",\"EventCreatedOn\":\"T\"},\"HashCode\":\"\"}";
    WebhookRequest signed = signer.sign(post(timed), context);
    assertThat(Requests.envelope(EXACT.read(signed, "s")).dedupeKey()).startsWith("T:");
    WebhookRequest untimed =
        signer.sign(post("{\"Content\":{\"Topic\":\"Items\"},\"HashCode\":\"\"}"), context);
    assertThat(Requests.envelope(EXACT.read(untimed, "s")).dedupeKey()).isNull();
    assertThatThrownBy(() -> signer.sign(post("{}"), context))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void events_of_hubspot_and_quickbooks_keep_their_shape() {
    assertThat(items(Providers.named("hubspot"), post("[{\"eventId\":1}, {\"eventId\":2}]")))
        .extracting(item -> new String(item.body(), UTF_8))
        .containsExactly("[{\"eventId\":1}]", "[{\"eventId\":2}]");
    assertThat(Providers.named("hubspot").read(post("{\"vid\":1}"), "x"))
        .isInstanceOf(Reading.Notification.class);
    String legacy =
        "{\"eventNotifications\":[{\"realmId\":\"%s\",\"dataChangeEvent\":{\"entities\":[%s]}}%s]}";
    String second = ",{\"realmId\":\"2\",\"dataChangeEvent\":{\"entities\":[{\"id\":\"c\"}]}}";
    List<Reading.Item> items =
        items(
            Providers.named("quickbooks"),
            post(legacy.formatted("1", "{\"id\":\"a\"},{\"id\":\"b\"}", second)));
    assertThat(items)
        .extracting(item -> new String(item.body(), UTF_8))
        .containsExactly(
            legacy.formatted("1", "{\"id\":\"a\"}", ""),
            legacy.formatted("1", "{\"id\":\"b\"}", ""),
            legacy.formatted("2", "{\"id\":\"c\"}", ""));
  }

  @Test
  void hubspot_samples_are_signed_with_v3() {
    Provider hubspot = Providers.named("hubspot");
    SigningContext context = new SigningContext("m", Instant.EPOCH);
    WebhookRequest signed =
        hubspot
            .signer("x")
            .sign(hubspot.sample("contact.creation", Requests.URL, context), context);
    assertThat(signed.headers().first("X-HubSpot-Signature-v3")).isNotNull();
    assertThat(signed.headers().first("X-HubSpot-Signature")).isNull();
    Verifier verifier = hubspot.verifier(List.of("y", "x"));
    assertThat(verifier.verify(signed, Instant.EPOCH)).isEqualTo(new Verdict.Verified(1));
  }

  @Test
  void wrong_settings_are_refused() {
    Map<String, Map<String, String>> wrong =
        Map.of(
            "salesforce", Map.of("organization_id", "00D5g000004abcD"),
            "hubspot", Map.of("version", "v4"),
            "sap-business-one", Map.of("authentication", "oauth"),
            "bexio", Map.of("header", "a b"),
            "sage", Map.of("query", "a", "header", "b"),
            "abacus", Map.of("proof", "none", "header", "X-Token"));
    wrong.forEach((name, settings) ->
        assertThatThrownBy(() -> Providers.named(name, settings))
            .as(name)
            .isInstanceOf(InvalidSettings.class));
    assertThatThrownBy(() -> Providers.named("abacus", Map.of("query", "a&b")))
        .isInstanceOf(InvalidSettings.class);
  }

  @Test
  void what_was_appended_to_a_body_of_hubspot_without_the_secret_is_refused() {
    String secret = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
    String body = "{\"example_field\":\"example_value\"}";
    // Computed from the genuine signature by going on where the hash had ended.
    byte[] padding =
        HexFormat.of()
            .parseHex(
                "8000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000228");
    byte[] forged =
        JsonSplice.join(body.getBytes(UTF_8), padding, ",{\"objectId\":666}]".getBytes(UTF_8));
    Provider hubspot = Providers.named("hubspot");
    Requests.assertVerified(
        Requests.verify(
            hubspot,
            secret,
            0,
            post(
                body,
                "X-HubSpot-Signature",
                "54b2530692e3a3982727206aeee670ed1d85319cad55d4ddbafcf41725ebf2b3")));
    assertRejected(
        Requests.verify(
            hubspot,
            secret,
            0,
            post(
                forged,
                "X-HubSpot-Signature",
                "55214019b43225b6544fcabd76f27e0f25df05dde5ec14c9e973ce930adf7086")),
        Reason.MALFORMED_BODY);
  }
}
