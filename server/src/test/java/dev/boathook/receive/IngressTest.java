package dev.boathook.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Eventually;
import dev.boathook.TestingReceiver;
import dev.boathook.TestingServer;
import dev.boathook.TestingWebhook;
import dev.boathook.config.Settings;
import dev.boathook.store.TestingDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The public listener over real sockets, with a real store and a real receiver behind it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IngressTest {
  private static final String SECRET = "whsec_of_the_ingress_test";
  private static final String BOT_TOKEN = "A-telegram_token";
  private static final String SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5";

  private final TestingDatabase database = TestingDatabase.freshDatabase();
  private TestingReceiver receiver;
  private TestingServer server;

  @BeforeAll
  void start() throws Exception {
    receiver = TestingReceiver.start();
    server =
        TestingServer.start(
            database,
            Files.createTempDirectory("boathook-test-"),
            List.of(
                source("payments", "stripe", SECRET),
                source("rolled", "stripe", "whsec_new", "whsec_old"),
                source("chat", "slack", SLACK_SECRET),
                source("code", "github", "It's a Secret to Everybody"),
                source("bot", "telegram", BOT_TOKEN)),
            List.of(
                new Settings.EndpointSettings(
                    "all", receiver.url("/hook"), List.of("payments", "bot"), List.of("*"))));
  }

  private static Settings.SourceSettings source(String name, String provider, String... secrets) {
    return new Settings.SourceSettings(name, provider, List.of(secrets), Map.of());
  }

  @AfterAll
  void stop() {
    server.close();
    receiver.close();
  }

  private TestingWebhook stripe(String body) {
    return TestingWebhook.of("stripe", SECRET, body);
  }

  private HttpResponse<String> post(String source, TestingWebhook webhook) throws Exception {
    return server.send(webhook.to(server.open(server.pathOf(source))));
  }

  @Test
  void a_signed_event_is_stored_before_the_answer_and_delivered_with_the_same_bytes()
      throws Exception {
    String body = "{ \"id\":\"evt_bytes\",  \"type\":\"charge.succeeded\", \"ü\": 1e400 }\n";

    HttpResponse<String> answer = post("payments", stripe(body));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).matches("\\{\"id\":\"evt_[0-9a-z]{26}\"}");
    assertThat(count("SELECT count(*) FROM event WHERE external_id = 'evt_bytes'")).isEqualTo(1);
    TestingReceiver.Received got =
        receiver.await(received -> new String(received.body(), UTF_8).contains("evt_bytes"));
    assertThat(new String(got.body(), UTF_8)).isEqualTo(body);
    assertThat(got.header("content-type")).isEqualTo("application/json; charset=utf-8");
    assertThat(got.header("boathook-source")).isEqualTo("payments");
    assertThat(got.header("boathook-type")).isEqualTo("charge.succeeded");
    assertThat(got.header("boathook-verified")).isEqualTo("true");
    assertThat(answer.body()).contains(got.header("webhook-id"));
  }

  @Test
  void a_duplicate_gets_the_same_answer_and_makes_no_second_event() throws Exception {
    TestingWebhook webhook = stripe("{\"id\":\"evt_twice\",\"type\":\"a\"}");

    HttpResponse<String> first = post("payments", webhook);
    HttpResponse<String> second = post("payments", webhook);

    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(count("SELECT count(*) FROM event WHERE external_id = 'evt_twice'")).isEqualTo(1);
  }

  @Test
  void the_same_id_with_another_body_is_a_duplicate_that_is_kept_for_a_look() throws Exception {
    HttpResponse<String> first =
        post("payments", stripe("{\"id\":\"evt_conflict\",\"type\":\"a\"}"));
    HttpResponse<String> second =
        post("payments", stripe("{\"id\":\"evt_conflict\",\"type\":\"b\"}"));

    assertThat(second.body()).isEqualTo(first.body());
    assertThat(count("SELECT count(*) FROM duplicate_conflict")).isEqualTo(1);
  }

  @Test
  void a_forged_event_is_refused_without_a_hint() throws Exception {
    HttpResponse<String> forged =
        post("payments", TestingWebhook.of("stripe", "whsec_wrong", "{\"id\":\"evt_forged\"}"));
    HttpResponse<String> unsigned =
        server.send(server.open(server.pathOf("payments")).POST(BodyPublishers.ofString("{}")));

    assertThat(forged.statusCode()).isEqualTo(401);
    assertThat(forged.body())
        .isEqualTo(
            "{\"type\":\"urn:boathook:problem:unauthorized\",\"title\":\"Unauthorized\",\"status\":401,\"code\":\"unauthorized\"}");
    assertThat(unsigned.statusCode()).isEqualTo(401);
    assertThat(unsigned.body()).isEqualTo(forged.body());
    assertThat(count("SELECT count(*) FROM event WHERE external_id = 'evt_forged'")).isZero();
  }

  @Test
  void a_stale_event_is_refused() throws Exception {
    TestingWebhook stale = stripe("{\"id\":\"evt_stale\"}").signedSecondsAgo(301);

    assertThat(post("payments", stale).statusCode()).isEqualTo(401);
  }

  @Test
  void each_of_several_secrets_is_accepted() throws Exception {
    for (String secret : List.of("whsec_new", "whsec_old")) {
      String body = "{\"id\":\"evt_by_" + secret + "\"}";
      assertThat(post("rolled", TestingWebhook.of("stripe", secret, body)).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void slacks_url_verification_is_answered_and_not_stored() throws Exception {
    String body = "{\"token\":\"t\",\"challenge\":\"3eZbrw1a\",\"type\":\"url_verification\"}";

    HttpResponse<String> answer = post("chat", TestingWebhook.of("slack", SLACK_SECRET, body));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("3eZbrw1a");
    assertThat(count("SELECT count(*) FROM event WHERE type = 'url_verification'")).isZero();
  }

  @Test
  void a_github_event_is_accepted_with_its_type_and_delivery_id() throws Exception {
    HttpResponse<String> answer =
        post(
            "code",
            TestingWebhook.of(
                    "github",
                    "It's a Secret to Everybody",
                    "{\"action\":\"opened\",\"repository\":{\"id\":17}}")
                .header("X-GitHub-Event", "pull_request")
                .header("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(
            count(
                "SELECT count(*) FROM event WHERE type = 'pull_request.opened' AND ordering_key ="
                    + " '17' AND external_id = '72d3162e-cc78-11e3-81ab-4c9367dc0958'"))
        .isEqualTo(1);
  }

  @Test
  void an_unknown_token_is_not_found() throws Exception {
    HttpResponse<String> answer =
        server.send(
            server.open("/in/00000000000000000000000000").POST(BodyPublishers.ofString("{}")));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(answer.body())
        .isEqualTo(
            "{\"type\":\"urn:boathook:problem:not_found\",\"title\":\"Not Found\",\"status\":404,"
                + "\"code\":\"not_found\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH"})
  void other_methods_are_refused_whether_the_token_is_known_or_not(String method) throws Exception {
    for (String path : List.of(server.pathOf("payments"), "/in/unknown")) {
      HttpResponse<String> answer =
          server.send(server.open(path).method(method, BodyPublishers.noBody()));
      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(answer.headers().firstValue("allow")).hasValue("POST");
    }
  }

  @Test
  void a_body_over_the_limit_is_refused_with_and_without_a_length() throws Exception {
    byte[] large = new byte[(1 << 20) + 1];
    HttpResponse<String> withLength =
        server.send(server.open(server.pathOf("payments")).POST(BodyPublishers.ofByteArray(large)));
    HttpResponse<String> chunked =
        server.send(
            server
                .open(server.pathOf("payments"))
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large))));

    assertThat(withLength.statusCode()).isEqualTo(413);
    assertThat(chunked.statusCode()).isEqualTo(413);
  }

  @Test
  void a_body_of_exactly_the_limit_is_accepted() throws Exception {
    String start = "{\"id\":\"evt_largest\",\"x\":\"";
    String body = start + "x".repeat((1 << 20) - start.length() - 2) + "\"}";

    assertThat(post("payments", stripe(body)).statusCode()).isEqualTo(200);
  }

  @Test
  void another_content_type_is_refused_after_verification_only() throws Exception {
    TestingWebhook signed = stripe("{\"id\":\"evt_xml\"}").contentType("application/xml");
    TestingWebhook forged =
        TestingWebhook.of("stripe", "whsec_wrong", "{}").contentType("application/xml");

    assertThat(post("payments", signed).statusCode()).isEqualTo(415);
    assertThat(post("payments", forged).statusCode()).isEqualTo(401);
  }

  @Test
  void an_encoded_body_is_refused() throws Exception {
    TestingWebhook encoded = stripe("{\"id\":\"evt_gz\"}").header("Content-Encoding", "gzip");

    assertThat(post("payments", encoded).statusCode()).isEqualTo(415);
  }

  @Test
  void many_bodies_that_are_claimed_and_do_not_come_keep_nobody_out() throws Exception {
    String head =
        String.join(
            "\r\n",
            "POST /in/00000000000000000000000000 HTTP/1.1",
            "Host: x",
            "Content-Length: 1048576",
            "",
            "x");
    List<Socket> idlers = new ArrayList<>();
    try {
      for (int i = 0; i < 300; i++) {
        Socket idler = new Socket(InetAddress.getLoopbackAddress(), server.boathook().publicPort());
        idlers.add(idler);
        idler.getOutputStream().write(head.getBytes(UTF_8));
      }
      assertThat(post("payments", stripe("{\"id\":\"evt_among_idlers\"}")).statusCode())
          .isEqualTo(200);
    } finally {
      for (Socket idler : idlers) {
        idler.close();
      }
    }
  }

  @Test
  void a_request_with_two_lengths_is_refused_and_its_connection_closed() throws Exception {
    String answer =
        raw(
            "POST "
                + server.pathOf("payments")
                + " HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "0\r\n\r\nGET /healthz/live HTTP/1.1\r\nHost: x\r\n\r\n");

    assertThat(answer)
        .startsWith("HTTP/1.1 400")
        .contains(
            "{\"type\":\"urn:boathook:problem:two_lengths\",\"title\":\"Bad"
                + " Request\",\"status\":400,\"code\":\"two_lengths\"}")
        .doesNotContain("HTTP/1.1 200");
  }

  @Test
  void the_answer_to_a_form_has_no_body_for_a_person_to_see() throws Exception {
    HttpResponse<String> answer =
        post(
            "chat",
            TestingWebhook.of("slack", SLACK_SECRET, "command=%2Fdeploy&trigger_id=13345224609.73")
                .contentType("application/x-www-form-urlencoded"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("boathook-event-id").orElseThrow()).startsWith("evt_");
  }

  @Test
  void headers_over_the_limit_are_refused() throws Exception {
    String answer =
        raw(
            "POST "
                + server.pathOf("payments")
                + " HTTP/1.1\r\nHost: x\r\nX-Large: "
                + "x".repeat(40_000)
                + "\r\nContent-Length: 0\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 431");
  }

  @Test
  void credentials_are_not_kept_with_the_event() throws Exception {
    post(
        "payments",
        stripe("{\"id\":\"evt_cookie\"}")
            .header("Authorization", "Bearer hush")
            .header("Cookie", "session=hush")
            .header("X-Gitlab-Token", "hush")
            .header("X-Copy", "the " + SECRET)
            .header("X-Other", "is kept"));

    assertThat(headersOf("evt_cookie")).contains("is kept").doesNotContain("hush", SECRET);
  }

  @Test
  void an_event_that_came_with_a_token_is_delivered_as_unverified_and_kept_without_the_token()
      throws Exception {
    HttpResponse<String> answer =
        post(
            "bot", TestingWebhook.of("telegram", BOT_TOKEN, "{\"update_id\":7001,\"message\":{}}"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(headersOf("7001")).isNotEmpty().doesNotContain(BOT_TOKEN);
    TestingReceiver.Received got =
        receiver.await(received -> received.header("boathook-source").equals("bot"));
    assertThat(got.header("boathook-verified")).isEqualTo("false");
  }

  @Test
  void a_type_with_a_nul_and_half_a_surrogate_is_stored_all_the_same() throws Exception {
    String body = "{\"id\":\"evt_odd\\u0000\",\"type\":\"a\\u0000b\\ud800\"}";

    assertThat(post("payments", stripe(body)).statusCode()).isEqualTo(200);
  }

  @Test
  void a_secret_that_is_handed_over_while_the_database_is_away_is_not_taken_for_kept()
      throws Exception {
    TestingDatabase away = TestingDatabase.freshDatabase();
    String name = away.url().substring(away.url().lastIndexOf('/') + 1);
    try (TestingServer notes =
            TestingServer.start(
                away,
                Files.createTempDirectory("boathook-test-"),
                List.of(source("notes", "notion")),
                List.of());
        Connection connection = TestingDatabase.freshDatabase().connectAsAdministrator();
        Statement statement = connection.createStatement()) {
      String path = notes.pathOf("notes");
      statement.execute("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS false");
      statement.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
              + " AND datname = '"
              + name
              + "'");
      String handed = "{\"verification_token\":\"secret_of_notes\"}";

      HttpResponse<String> without =
          notes.send(notes.open(path).POST(BodyPublishers.ofString(handed)));
      statement.execute("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS true");

      assertThat(without.statusCode()).isEqualTo(503);
      assertThat(without.headers().firstValue("retry-after")).isPresent();
      Eventually.until(() ->
          notes.send(notes.open(path).POST(BodyPublishers.ofString(handed))).statusCode() == 200);
    }
  }

  private String raw(String request) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), server.boathook().publicPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(UTF_8));
      out.flush();
      // All that comes until the server closes, which it does after a refusal.
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private String headersOf(String externalId) throws SQLException {
    return read(
        "SELECT headers FROM event WHERE external_id = '" + externalId + "'",
        row -> row.getString(1));
  }

  private long count(String sql) throws SQLException {
    return read(sql, row -> row.getLong(1));
  }

  private interface Column<T> {
    T read(ResultSet row) throws SQLException;
  }

  private <T> T read(String sql, Column<T> column) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path TO boathook");
      try (ResultSet row = statement.executeQuery(sql)) {
        row.next();
        return column.read(row);
      }
    }
  }
}
