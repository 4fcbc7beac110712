package dev.boathook.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.TestingReceiver.Received;
import dev.boathook.api.TestingAdmin.Caller;
import dev.boathook.api.TestingAdmin.Reply;
import dev.boathook.key.Scope;
import dev.boathook.outbound.Outcome;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.tls.Certificates;
import dev.boathook.tls.TestingCertificates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an endpoint's {@code security} does, from the API to a real receiver. */
class EndpointSecurityApiTest {
  private static final String PRIVATE_KEY =
      "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
  private static final String PUBLIC_KEY = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
  private static final String FAR = "\"url\":\"https://example.com/hooks\"";
  private final Instant now = InstantSource.system().instant();

  @TempDir private static Path folder;
  private static TestingAdmin admin;

  private Caller caller;
  private String consumer;

  @BeforeAll
  static void start() throws Exception {
    admin = new TestingAdmin(folder);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  @BeforeEach
  void enter() throws Exception {
    caller = admin.newProject();
    consumer = caller.make("/v1/consumers", "{\"name\":\"acme\"}");
    admin.receiver.answer(_ -> 204);
  }

  private static String quoted(String text) {
    return TestingAdmin.JSON.writeValueAsString(text);
  }

  /** An endpoint at the receiver with this security. */
  private Reply endpoint(String path, String security) throws Exception {
    Reply made =
        caller.post(
            "/v1/consumers/" + consumer + "/endpoints",
            "{\"url\":%s,\"retry_schedule_seconds\":[0],\"security\":%s}"
                .formatted(quoted(admin.receiver.url(path)), security));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    return made;
  }

  private void publish() throws Exception {
    caller.make(
        "/v1/consumers/" + consumer + "/events", "{\"type\":\"invoice.paid\",\"data\":{\"n\":1}}");
  }

  private Received receivedAt(String path) throws Exception {
    publish();
    Received received = admin.receiver.await(request -> request.path().equals(path));
    admin.awaitAttempt();
    return received;
  }

  private static Verdict verified(Provider provider, String secret, Received received) {
    Headers.Builder headers = Headers.builder();
    received.headers().forEach((name, values) -> headers.add(name, values.getFirst()));
    return provider
        .verifier(List.of(secret))
        .verify(
            new WebhookRequest("POST", "", headers.build(), received.body()),
            InstantSource.system().instant());
  }

  @Test
  void headers_and_basic_authentication_reach_the_receiver_and_nobody_else() throws Exception {
    Reply made =
        endpoint(
            "/basic",
            """
            {"headers": {"X-Api-Key": "hush-1", "x-tenant": "7"},
             "authentication": {"type": "basic", "username": "joé", "password": "hush-2"}}\
            """);
    assertThat(made.json().get("security"))
        .hasToString(
            """
            {"headers":["X-Api-Key","x-tenant"],\
            "authentication":{"type":"basic","username":"joé"},\
            "client_certificate":null,"ca":[],"extra_signatures":[]}\
            """);

    Received received = receivedAt("/basic");

    assertThat(received.header("x-api-key")).isEqualTo("hush-1");
    assertThat(received.header("x-tenant")).isEqualTo("7");
    assertThat(received.header("authorization")).isEqualTo("Basic " + base64("joé:hush-2"));
    Reply listed = caller.get("/v1/deliveries?endpoint=" + made.get("id"));
    Reply delivery = caller.get("/v1/deliveries/" + listed.ids().getFirst());
    assertThat(delivery.text())
        .contains("\"X-Api-Key\"", "(hidden)", "\"authorization\"")
        .doesNotContain("hush", base64("joé:hush-2"));
    assertThat(caller.get("/v1/endpoints/" + made.get("id")).text()).doesNotContain("hush");
    assertThat(dump()).doesNotContain("hush", base64("joé:hush-2"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Endpoints and attempts as they lie in the database. */
  private static String dump() throws Exception {
    StringBuilder text = new StringBuilder();
    try (Connection connection = admin.database.hotConnection();
        Statement statement = connection.createStatement()) {
      for (String table : List.of("endpoint", "attempt")) {
        try (ResultSet row = statement.executeQuery("SELECT t::text FROM " + table + " t")) {
          while (row.next()) {
            text.append(row.getString(1)).append('\n');
          }
        }
      }
    }
    return text.toString();
  }

  @Test
  void a_bearer_token_is_sent() throws Exception {
    endpoint("/bearer", "{\"authentication\":{\"type\":\"bearer\",\"token\":\"t0ken\"}}");
    assertThat(receivedAt("/bearer").header("authorization")).isEqualTo("Bearer t0ken");
  }

  @Test
  void security_is_changed_member_by_member_and_ends_with_null() throws Exception {
    Reply made =
        endpoint(
            "/change",
            """
            {"headers": {"x-a": "1"}, "authentication": {"type": "bearer", "token": "t"},
             "extra_signatures": [{"type": "svix"}]}\
            """);
    String path = "/v1/endpoints/" + made.get("id");
    Reply changed = caller.patch(path, "{\"security\":{\"headers\":{\"x-b\":\"2\"}}}");
    assertThat(changed.json().get("security").get("headers")).hasToString("[\"x-b\"]");
    assertThat(changed.json().at("/security/authentication/type").stringValue())
        .isEqualTo("bearer");

    Received received = receivedAt("/change");
    assertThat(received.header("x-a")).isEmpty();
    assertThat(received.header("x-b")).isEqualTo("2");
    assertThat(received.header("authorization")).isEqualTo("Bearer t");
    assertThat(received.header("svix-id")).isNotEmpty();

    caller.patch(path, "{\"security\":{\"authentication\":null,\"extra_signatures\":null}}");
    Reply none = caller.patch(path, "{\"security\":{\"headers\":null}}");
    assertThat(none.json().get("security"))
        .isEqualTo(caller.post("/v1/endpoints", "{" + FAR + "}").json().get("security"));
    caller.patch(path, "{\"security\":{\"headers\":{\"x-b\":\"2\"}}}");
    assertThat(caller.patch(path, "{\"security\":null}").json().get("security"))
        .isEqualTo(none.json().get("security"));
  }

  @Test
  void making_the_same_again_answers_the_first_and_another_secret_is_another_definition()
      throws Exception {
    String body =
        "{\"name\":\"n\","
            + FAR
            + ",\"security\":{\"authentication\":{\"type\":\"bearer\",\"token\":\"t\"}}}";
    assertThat(caller.post("/v1/endpoints", body).status()).isEqualTo(201);
    assertThat(caller.post("/v1/endpoints", body).status()).isEqualTo(200);
    assertThat(caller.post("/v1/endpoints", body.replace("\"t\"", "\"u\"")).code())
        .isEqualTo("name_taken");
  }

  @Test
  void the_signatures_of_other_systems_stand_beside_ours() throws Exception {
    Reply made =
        endpoint(
            "/extra",
            """
            {"extra_signatures": [
              {"type": "svix"},
              {"type": "github", "secret": "hub-secret"},
              {"type": "hmac", "secret": "own-secret", "settings": {"header": "X-Sig",
               "algorithm": "sha512", "encoding": "base64", "prefix": "v0=",
               "timestamp_header": "X-Sent"}},
              {"type": "hmac", "secret": "stripe-like", "settings": {"header": "X-Stripe",
               "format": "t={timestamp},v1={signature}",
               "signed_text": "{timestamp}.{body}"}}]}\
            """);
    String secret = made.get("secret");

    Received received = receivedAt("/extra");

    Verdict first = new Verdict.Verified(0);
    assertThat(verified(Providers.named("standard-webhooks"), secret, received)).isEqualTo(first);
    assertThat(verified(Providers.named("svix"), secret, received)).isEqualTo(first);
    assertThat(received.header("svix-id")).isEqualTo(received.header("webhook-id"));
    assertThat(verified(Providers.named("github"), "hub-secret", received)).isEqualTo(first);
    assertThat(received.header("X-Hub-Signature-256")).matches("sha256=[0-9a-f]{64}");
    Map<String, String> settings =
        Map.of(
            "header", "X-Sig",
            "algorithm", "sha512",
            "encoding", "base64",
            "prefix", "v0=",
            "timestamp_header", "X-Sent",
            "signed_text", "{timestamp}.{body}");
    assertThat(verified(Providers.named("hmac", settings), "own-secret", received))
        .isEqualTo(first);
    assertThat(received.header("X-Stripe")).matches("t=\\d+,v1=[0-9a-f]{64}");
    assertThat(made.text()).doesNotContain("hub-secret", "own-secret", "stripe-like");
    assertThat(made.json().at("/security/extra_signatures/2/settings/header").stringValue())
        .isEqualTo("X-Sig");
  }

  @Test
  void v1_and_v1a_sign_side_by_side_and_each_is_rotated_by_itself() throws Exception {
    Reply made = endpoint("/v1a", "{}");
    assertThat(made.json().get("public_keys")).isEmpty();
    String path = "/v1/endpoints/" + made.get("id");
    Reply both = caller.post(path + "/rotate-secret", "{\"secret\":\"" + PRIVATE_KEY + "\"}");
    assertThat(both.json().get("public_keys")).hasToString("[\"" + PUBLIC_KEY + "\"]");
    assertThat(both.json().get("secrets").intValue()).isEqualTo(2);

    Received received = receivedAt("/v1a");

    assertThat(received.header("webhook-signature")).matches("v1a,\\S+ v1,\\S+");
    Provider standard = Providers.named("standard-webhooks");
    assertThat(verified(standard, PUBLIC_KEY, received)).isEqualTo(new Verdict.Verified(0));
    assertThat(verified(standard, made.get("secret"), received)).isEqualTo(new Verdict.Verified(0));
    assertThat(caller.get(path).text()).doesNotContain("whsk_");

    Reply more = caller.post(path + "/rotate-secret", "{}");
    assertThat(more.get("secret")).startsWith("whsec_");
    Reply made2 = caller.post(path + "/rotate-secret", "{\"kind\":\"v1a\"}");
    assertThat(made2.json().has("secret")).as("receivers need the public key alone").isFalse();
    assertThat(made2.json().get("public_keys")).hasSize(2);
    Reply kept = caller.post(path + "/rotate-secret", "{\"drop_old\":true}");
    assertThat(kept.json().get("secrets").intValue()).isEqualTo(2);
    assertThat(kept.json().get("public_keys")).hasSize(1);
    assertThat(kept.json().get("public_keys").get(0))
        .isEqualTo(made2.json().get("public_keys").get(0));
    assertThat(both.text() + made2.text() + kept.text()).doesNotContain("whsk_");
    Reply only = caller.post(path + "/rotate-secret", "{\"drop_old\":true,\"kind\":\"v1\"}");
    assertThat(only.get("secret")).isEqualTo(more.get("secret"));
    assertThat(only.json().get("secrets").intValue()).isEqualTo(1);
    caller.post(path + "/rotate-secret", "{\"kind\":\"v1a\"}");
    for (int i = 0; i < 6; i++) {
      Reply rotated = caller.post(path + "/rotate-secret", "{}");
      assertThat(rotated.json().get("public_keys")).as("the only one of its kind").hasSize(1);
    }
    assertThat(caller.get(path).json().get("secrets").intValue()).isEqualTo(5);
    caller.post(path + "/rotate-secret", "{\"drop_old\":true,\"kind\":\"v1\"}");
    for (String wrong :
        List.of(
            "{\"drop_old\":true,\"kind\":\"v1a\"}",
            "{\"kind\":\"v2\"}",
            "{\"kind\":\"v1\",\"secret\":\"" + PRIVATE_KEY + "\"}")) {
      assertThat(caller.post(path + "/rotate-secret", wrong).field()).isEqualTo("kind");
    }
  }

  @Test
  void a_token_is_fetched_once_and_sent_with_every_request() throws Exception {
    admin.receiver.answerFully(received ->
        received.path().equals("/token-once")
            ? new TestingReceiver.Answer(
                200,
                "application/json",
                "{\"access_token\":\"at-1\",\"token_type\":\"Bearer\",\"expires_in\":3600}")
            : TestingReceiver.Answer.of(204));
    Reply made = endpoint("/oauth", oauth(admin.receiver.url("/token-once")));
    assertThat(made.json().at("/security/authentication"))
        .hasToString(
            "{\"type\":\"oauth2_client_credentials\",\"token_url\":\"%s\",\"client_id\":\"me\","
                    .formatted(admin.receiver.url("/token-once"))
                + "\"scope\":\"hooks\",\"audience\":null,"
                + "\"client_authentication\":\"client_secret_basic\"}");
    assertThat(receivedAt("/oauth").header("authorization")).isEqualTo("Bearer at-1");
    publish();
    admin.awaitAttempt();
    assertThat(admin.receiver.received().stream().filter(r -> r.path().equals("/token-once")))
        .hasSize(1);
    Reply delivery =
        caller.get(
            "/v1/deliveries/"
                + caller.get("/v1/deliveries?endpoint=" + made.get("id")).ids().getFirst());
    assertThat(delivery.text()).contains("(hidden)").doesNotContain("at-1", "hush");
    assertThat(dump()).doesNotContain("at-1", "hush");
  }

  @Test
  void without_a_token_the_attempt_fails_and_says_why() throws Exception {
    admin.receiver.answerFully(received ->
        new TestingReceiver.Answer(401, "application/json", "{\"error\":\"invalid_client\"}"));
    Reply made = endpoint("/never", oauth(admin.receiver.url("/token")));
    publish();

    assertThat(admin.awaitAttempt().outcome().detail())
        .isEqualTo("no access token: the token URL answered HTTP 401 (invalid_client)");

    assertThat(admin.receiver.received()).noneMatch(r -> r.path().equals("/never"));
    assertThat(caller.get("/v1/deliveries?endpoint=" + made.get("id")).text())
        .contains("\"unreachable\"");
  }

  private static String oauth(String tokenUrl) {
    return "{\"authentication\":{\"type\":\"oauth2_client_credentials\",\"token_url\":\""
        + tokenUrl
        + "\",\"client_id\":\"me\",\"client_secret\":\"hush\",\"scope\":\"hooks\"}}";
  }

  @Test
  void a_token_url_obeys_the_rules_of_addresses() throws Exception {
    Reply refused =
        caller.post(
            "/v1/endpoints", "{" + FAR + ",\"security\":" + oauth("http://169.254.169.254/") + "}");
    assertThat(refused.code()).isEqualTo("address_refused");
    assertThat(refused.field()).isEqualTo("security.authentication.token_url");
    Reply literal =
        caller.post("/v1/endpoints", "{" + FAR + ",\"security\":" + oauth("http://127.1/") + "}");
    assertThat(literal.code()).isEqualTo("ambiguous_address");

    for (String plain : List.of("http://auth.example/token", "http://93.184.216.34/token")) {
      Reply readable =
          caller.post("/v1/endpoints", "{" + FAR + ",\"security\":" + oauth(plain) + "}");
      assertThat(readable.code()).as(plain).isEqualTo("https_required");
      assertThat(readable.field()).isEqualTo("security.authentication.token_url");
    }
    assertThat(
            caller
                .post(
                    "/v1/endpoints",
                    "{" + FAR + ",\"security\":" + oauth("https://auth.example/token") + "}")
                .status())
        .isEqualTo(201);

    String opened =
        "/v1/endpoints/"
            + caller.make("/v1/endpoints", "{" + FAR + ",\"allowed_nets\":[\"10.0.0.0/8\"]}");
    String change = "{\"security\":" + oauth("http://10.0.0.1/") + "}";
    Reply forbidden = caller.with(Scope.MANAGE).patch(opened, change);
    assertThat(forbidden.status()).isEqualTo(403);
    assertThat(caller.patch(opened, change).status()).isEqualTo(200);
    assertThat(caller.patch(opened, "{\"allowed_nets\":[]}").code()).isEqualTo("address_refused");
  }

  @Test
  void credentials_do_not_move_to_another_host_unless_they_are_given_again() throws Exception {
    String path =
        "/v1/endpoints/"
            + caller.make(
                "/v1/endpoints",
                "{"
                    + FAR
                    + ",\"security\":{\"headers\":{\"x-key\":\"1\"},\"authentication\":"
                    + "{\"type\":\"bearer\",\"token\":\"t\"}}}");
    String moved = "{\"url\":\"https://example.org/\"%s}";
    for (String without :
        List.of(
            "",
            ",\"security\":{}",
            ",\"security\":{\"headers\":null}",
            ",\"security\":{\"authentication\":null}")) {
      assertThat(caller.patch(path, moved.formatted(without)).field()).isEqualTo("security");
    }
    assertThat(caller.patch(path, "{\"url\":\"https://example.com/other\"}").status())
        .isEqualTo(200);
    assertThat(
            caller
                .patch(
                    path,
                    moved.formatted(",\"security\":{\"headers\":null,\"authentication\":null}"))
                .status())
        .isEqualTo(200);
    assertThat(caller.patch(path, "{\"url\":\"https://example.net/\"}").status()).isEqualTo(200);
  }

  @Test
  void certificates_are_shown_without_the_key() throws Exception {
    TestingCertificates root = TestingCertificates.authority("Root", now);
    TestingCertificates leaf = root.leaf("client");
    Reply made =
        caller.post(
            "/v1/endpoints",
            "{%s,\"security\":{\"ca\":%s,\"client_certificate\":{\"certificate\":%s,\"key\":%s}}}"
                .formatted(
                    FAR,
                    quoted(Certificates.toPem(List.of(root.root()))),
                    quoted(Certificates.toPem(leaf.chain())),
                    quoted(leaf.keyPem())));
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    assertThat(made.json().at("/security/client_certificate/subject").stringValue())
        .isEqualTo("CN=client");
    assertThat(made.json().at("/security/client_certificate/sha256").stringValue())
        .isEqualTo(Certificates.sha256(leaf.own()));
    assertThat(made.json().at("/security/client_certificate/expires_at").stringValue())
        .isEqualTo(leaf.own().getNotAfter().toInstant().toString());
    assertThat(made.json().at("/security/ca/0/subject").stringValue()).isEqualTo("CN=Root");
    assertThat(made.text()).doesNotContain("PRIVATE");

    String path = "/v1/endpoints/" + made.get("id");
    Reply kept = caller.patch(path, "{\"security\":{\"ca\":null}}");
    assertThat(kept.json().at("/security/ca")).isEmpty();
    assertThat(kept.json().at("/security/client_certificate").isNull()).isFalse();
    assertThat(caller.patch(path, "{\"url\":\"http://example.com/\"}").field())
        .isEqualTo("security");
    Reply none = caller.patch(path, "{\"security\":{\"client_certificate\":null}}");
    assertThat(none.json().at("/security/client_certificate").isNull()).isTrue();
  }

  @Test
  void a_receiver_with_mutual_tls_under_a_private_authority_gets_its_events() throws Exception {
    TestingCertificates root = TestingCertificates.authority("Private", now);
    TestingCertificates leaf = root.leaf("client");
    String ca = "\"ca\":" + quoted(Certificates.toPem(List.of(root.root())));
    try (TestingReceiver strict =
        TestingReceiver.start(
            TestingCertificates.client(root, root.leaf("localhost", "localhost"), "TLS"))) {
      String body =
          "{\"url\":%s,\"retry_schedule_seconds\":[0],\"allowed_nets\":[\"::1/128\"],"
                  .formatted(quoted(strict.url("/mtls")))
              + "\"security\":{%s}}";
      String path =
          "/v1/endpoints/"
              + caller.make("/v1/consumers/" + consumer + "/endpoints", body.formatted(ca));
      publish();
      assertThat(admin.awaitAttempt().outcome().code()).isEqualTo("unreachable");

      caller.patch(
          path,
          "{\"security\":{\"client_certificate\":{\"certificate\":%s,\"key\":%s}}}"
              .formatted(quoted(Certificates.toPem(leaf.chain())), quoted(leaf.keyPem())));
      publish();
      assertThat(admin.awaitAttempt().outcome()).isEqualTo(new Outcome.Delivered(204));
      assertThat(strict.received()).hasSize(1);

      caller.patch(path, "{\"security\":{\"ca\":null}}");
      publish();
      assertThat(admin.awaitAttempt().outcome().code()).isEqualTo("unreachable");
      assertThat(dump()).doesNotContain("PRIVATE KEY");
    }
  }

  @Test
  void a_certificate_that_cannot_be_used_is_refused_and_not_repeated() throws Exception {
    TestingCertificates root = TestingCertificates.authority("Root", now);
    String key = root.leaf("another").keyPem();
    String chain = Certificates.toPem(root.leaf("client").chain());
    TestingCertificates old =
        root.leafBetween("old", now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)));
    for (List<String> pair :
        List.of(
            List.of(chain, key),
            List.of(chain, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
            List.of(chain, "no key"),
            List.of("no certificate", key),
            List.of(Certificates.toPem(old.chain()), old.keyPem()))) {
      Reply refused =
          caller.post(
              "/v1/endpoints",
              "{%s,\"security\":{\"client_certificate\":{\"certificate\":%s,\"key\":%s}}}"
                  .formatted(FAR, quoted(pair.getFirst()), quoted(pair.getLast())));
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.field()).isEqualTo("security.client_certificate");
      assertThat(refused.text()).doesNotContain(key.substring(40, 60), "AAAA");
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "`{\"headers\":{\"Host\":\"x\"}}`|security.headers",
        "`{\"headers\":{\"content-length\":\"1\"}}`|security.headers",
        "`{\"headers\":{\"Content-Type\":\"x\"}}`|security.headers",
        "`{\"headers\":{\"webhook-signature\":\"x\"}}`|security.headers",
        "`{\"headers\":{\"Boathook-Verified\":\"true\"}}`|security.headers",
        "`{\"headers\":{\"x\":\"hush\\r\\ny: z\"}}`|security.headers",
        "`{\"headers\":{\"x y\":\"1\"}}`|security.headers",
        "`{\"headers\":{\"x\":\"1\",\"X\":\"2\"}}`|security.headers",
        "`{\"headers\":[]}`|security.headers",
        "`{\"headers\":{\"x-tenant\":7}}`|security.headers.x-tenant",
        "`{\"headers\":{\"x-trace\":true}}`|security.headers.x-trace",
        "`{\"headers\":{\"authorization\":\"hush\"},\"authentication\":{\"type\":\"bearer\",\"token\":\"hush\"}}`|security",
        "`{\"headers\":{\"svix-id\":\"x\"},\"extra_signatures\":[{\"type\":\"svix\"}]}`|security",
        "`{\"authentication\":{\"type\":\"digest\"}}`|security.authentication.type",
        "`{\"authentication\":{}}`|security.authentication.type",
        "`{\"authentication\":{\"type\":\"basic\",\"username\":\"a:b\",\"password\":\"hush\"}}`|security.authentication",
        "`{\"authentication\":{\"type\":\"basic\",\"username\":\"a\\nb\",\"password\":\"hush\"}}`|security.authentication",
        "`{\"authentication\":{\"type\":\"bearer\",\"token\":\"hush"
            + " hush\"}}`|security.authentication",
        "`{\"authentication\":{\"type\":\"oauth2_client_credentials\",\"token_url\":\"ftp://x\"}}`|security.authentication.token_url",
        "`{\"authentication\":{\"type\":\"oauth2_client_credentials\",\"token_url\":\"https://u:hush@x.example/\"}}`|security.authentication.token_url",
        "`{\"authentication\":{\"type\":\"oauth2_client_credentials\",\"token_url\":\"https://x.example/\",\"client_id\":\"a\"}}`|security.authentication.client_secret",
        "`{\"ca\":\"x\"}`|security.ca",
        "`{\"extra_signatures\":[{\"type\":\"stripe\"}]}`|security.extra_signatures[0].type",
        "`{\"extra_signatures\":[{\"type\":\"svix\",\"secret\":\"hush\"}]}`|security.extra_signatures[0].secret",
        "`{\"extra_signatures\":[{\"type\":\"github\"}]}`|security.extra_signatures[0].secret",
        "`{\"extra_signatures\":[{\"type\":\"github\",\"secret\":\"\"}]}`|security.extra_signatures",
        "`{\"extra_signatures\":[{\"type\":\"github\",\"secret\":\"a\"},{\"type\":\"github\",\"secret\":\"b\"}]}`|security.extra_signatures",
        "`{\"extra_signatures\":[{\"type\":\"hmac\",\"secret\":\"hush\"}]}`|security.extra_signatures",
        "`{\"extra_signatures\":[{\"type\":\"hmac\",\"secret\":\"hush\",\"settings\":{\"header\":\"webhook-id\"}}]}`|security.extra_signatures",
        "`{\"extra_signatures\":[{\"type\":\"hmac\",\"secret\":\"hush\",\"settings\":{\"header\":\"Host\"}}]}`|security.extra_signatures",
        "`{\"extra_signatures\":[{\"type\":\"hmac\",\"secret\":\"hush\",\"settings\":{\"header\":\"X\",\"events\":\"/a\"}}]}`|security.extra_signatures",
        "`{\"extra_signatures\":[{\"type\":\"hmac\",\"secret\":\"hush\",\"settings\":{\"header\":\"X\",\"algorithm\":\"md5\"}}]}`|security.extra_signatures",
        "`{\"extra_signatures\":[{\"type\":\"hmac\",\"secret\":\"hush\",\"settings\":{\"header\":\"X\",\"signed_text\":\"{header:y}{body}\"}}]}`|security.extra_signatures",
        "`1`|security",
      })
  void a_wrong_member_is_named_and_no_secret_is_repeated(String security, String field)
      throws Exception {
    Reply reply = caller.post("/v1/endpoints", "{" + FAR + ",\"security\":" + security + "}");
    assertThat(reply.status()).as(reply.text()).isEqualTo(422);
    assertThat(reply.field()).as(reply.text()).isEqualTo(field);
    assertThat(reply.text()).doesNotContain("hush");
  }

  @Test
  void a_member_of_another_type_is_unknown() throws Exception {
    for (String security :
        List.of(
            "{\"authentication\":{\"type\":\"bearer\",\"token\":\"t\",\"username\":\"u\"}}",
            "{\"certificate\":1}")) {
      assertThat(caller.post("/v1/endpoints", "{" + FAR + ",\"security\":" + security + "}").code())
          .isEqualTo("unknown_field");
    }
  }
}
