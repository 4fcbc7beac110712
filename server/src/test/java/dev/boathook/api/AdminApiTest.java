package dev.boathook.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.boathook.api.TestingAdmin.Caller;
import dev.boathook.api.TestingAdmin.Reply;
import dev.boathook.key.Scope;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class AdminApiTest {
  @TempDir private static Path folder;
  private static TestingAdmin admin;

  private Caller caller;

  @BeforeAll
  static void start() throws Exception {
    admin = new TestingAdmin(folder);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  @BeforeEach
  void enter() {
    caller = admin.newProject();
  }

  private static final String SOURCE =
      "{\"name\":\"s\",\"provider\":\"github\",\"secrets\":[\"secret\"]}";

  @Test
  void without_a_valid_key_nothing_is_said() throws Exception {
    for (Caller stranger :
        List.of(caller.withKey(null), caller.withKey("bhk_wrong"), caller.withKey(""))) {
      Reply reply = stranger.get("/v1/sources");
      assertThat(reply.status()).isEqualTo(401);
      assertThat(reply.code()).isEqualTo("unauthorized");
      assertThat(reply.headers().firstValue("www-authenticate")).isPresent();
      assertThat(stranger.post("/v1/sources", SOURCE).status()).isEqualTo(401);
    }
  }

  @Test
  void every_operation_needs_its_scope_and_no_other() throws Exception {
    for (Route route : admin.table()) {
      if (route.scope().isEmpty()) {
        continue;
      }
      String path = route.path().replace("{id}", "none");
      String body = route.maxBodyBytes() > 0 ? "{}" : null;
      for (Scope scope : Scope.values()) {
        Reply reply = caller.with(scope).call(route.method().text(), path, body);
        if (scope == route.scope().get()) {
          assertThat(reply.status()).as(route.operationId()).isNotIn(401, 403, 500);
        } else {
          assertThat(reply.status()).as(route.operationId()).isEqualTo(403);
          assertThat(reply.get("detail")).contains(route.scope().get().code());
        }
      }
    }
  }

  @Test
  void a_project_sees_nothing_of_another() throws Exception {
    String source = caller.make("/v1/sources", SOURCE);
    String own = caller.make("/v1/endpoints", "{\"url\":\"https://example.com\"}");
    String consumer = caller.make("/v1/consumers", "{\"name\":\"acme\"}");
    String endpoint =
        caller.make(
            "/v1/consumers/" + consumer + "/endpoints", "{\"url\":\"https://example.com\"}");
    caller.post("/v1/endpoints/" + endpoint + "/pause", "");
    String event =
        caller.make("/v1/consumers/" + consumer + "/events", "{\"type\":\"t\",\"data\":1}");
    String delivery = caller.get("/v1/deliveries").ids().getFirst();
    String key = caller.make("/v1/keys", "{\"name\":\"k\",\"scopes\":[\"read\"]}");

    Caller other = admin.newProject();
    for (Route route : admin.table()) {
      if (route.scope().isEmpty() || !route.path().contains("{id}")) {
        continue;
      }
      for (String id : List.of(source, own, consumer, endpoint, event, delivery, key)) {
        String body =
            switch (route.operationId()) {
              case "publishEvent" -> "{\"type\":\"t\",\"data\":1}";
              case "createConsumerEndpoint" -> "{\"url\":\"https://example.com\"}";
              case "changeSourceSecrets" -> "{\"secret\":\"x\"}";
              default -> route.maxBodyBytes() > 0 ? "{}" : null;
            };
        Reply reply = other.call(route.method().text(), route.path().replace("{id}", id), body);
        assertThat(reply.status()).as("%s of %s", route.operationId(), id).isEqualTo(404);
      }
    }
    for (String list :
        List.of("sources", "endpoints", "consumers", "events", "deliveries", "dead-letters")) {
      assertThat(other.get("/v1/" + list).ids()).as(list).isEmpty();
    }
    assertThat(other.get("/v1/keys").ids()).hasSize(1).doesNotContain(key);
    assertThat(other.get("/v1/events?consumer=" + consumer).ids()).isEmpty();
    assertThat(other.get("/v1/deliveries?event=" + event).ids()).isEmpty();
    assertThat(other.get("/v1/deliveries?consumer=" + consumer).ids()).isEmpty();
    assertThat(other.get("/v1/accounting").json().get("events").intValue()).isZero();
    assertThat(
            other
                .post(
                    "/v1/endpoints",
                    "{\"url\":\"https://example.com\",\"sources\":[\"" + source + "\"]}")
                .field())
        .isEqualTo("sources");
    assertThat(other.make("/v1/sources", SOURCE)).as("names are apart").isNotEqualTo(source);
    assertThat(caller.get("/v1/endpoints/" + own).status()).isEqualTo(200);
  }

  @Test
  void keys_are_made_used_listed_and_revoked() throws Exception {
    Reply made = caller.post("/v1/keys", "{\"name\":\"ci\",\"scopes\":[\"publish\",\"read\"]}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().get("scopes")).hasToString("[\"read\",\"publish\"]");
    assertThat(made.get("secret")).startsWith(made.get("hint"));
    Caller ci = caller.withKey(made.get("secret"));
    assertThat(ci.get("/v1/sources").status()).isEqualTo(200);
    Reply list = caller.get("/v1/keys");
    assertThat(list.ids()).contains(made.get("id"));
    assertThat(list.text()).doesNotContain(made.get("secret"));
    assertThat(caller.delete("/v1/keys/" + made.get("id")).status()).isEqualTo(204);
    assertThat(ci.get("/v1/sources").status()).isEqualTo(401);
    assertThat(caller.delete("/v1/keys/" + made.get("id")).status()).isEqualTo(404);
  }

  @Test
  void nobody_gives_a_scope_that_they_lack() throws Exception {
    Caller operator = caller.with(Scope.OPERATE);
    Reply refused = operator.post("/v1/keys", "{\"name\":\"k\",\"scopes\":[\"manage\"]}");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.get("detail")).contains("manage");
    assertThat(operator.post("/v1/keys", "{\"name\":\"k\",\"scopes\":[\"operate\"]}").status())
        .isEqualTo(201);
    assertThat(caller.post("/v1/keys", "{\"name\":\"k\",\"scopes\":[\"root\"]}").field())
        .isEqualTo("scopes");
    assertThat(caller.post("/v1/keys", "{\"name\":\"k\",\"scopes\":[]}").field())
        .isEqualTo("scopes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{|the body is not JSON, or names a field twice (line 1, column 2)",
        "[]|the body is not a JSON object",
        "7|the body is not a JSON object",
        "{} {}|something follows the JSON object (line 1, column 4)",
        "{\"name\":\"a\",\"name\":\"b\"}|the body is not JSON, or names a field twice (line 1,"
            + " column 19)",
        "{'a':1}|the body is not JSON, or names a field twice (line 1, column 2)",
        "`{\n\"a\":\"\n\"}`|the body is not JSON, or names a field twice (line 2, column 6)"
      })
  void what_is_not_a_json_object_is_malformed(String body, String detail) throws Exception {
    Reply reply = caller.post("/v1/consumers", body);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("malformed_json");
    assertThat(reply.get("detail")).isEqualTo(detail);
  }

  @Test
  void depth_encoding_size_and_media_type_are_checked() throws Exception {
    String deep = "{\"name\":" + "[".repeat(64) + "]".repeat(64) + "}";
    Reply tooDeep = caller.post("/v1/consumers", deep);
    assertThat(tooDeep.code()).isEqualTo("malformed_json");
    assertThat(tooDeep.get("detail")).startsWith("the body is nested deeper than 64 levels");
    assertThat(raw("application/json", new byte[] {'{', '"', (byte) 0xff, '"', '}'}).code())
        .isEqualTo("malformed_json");
    assertThat(raw("text/plain", "{\"name\":\"n\"}".getBytes(StandardCharsets.UTF_8)).code())
        .isEqualTo("unsupported_media_type");
    assertThat(raw("application/json", new byte[(1 << 20) + 1]).code()).isEqualTo("body_too_large");
    Reply unknown = caller.post("/v1/consumers", "{\"name\":\"n\",\"nmae\":1}");
    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.code()).isEqualTo("unknown_field");
    assertThat(unknown.field()).isEqualTo("nmae");
  }

  private Reply raw(String contentType, byte[] body) throws Exception {
    return caller.send(
        caller
            .request("/v1/consumers")
            .header("content-type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build());
  }

  @Test
  void unknown_paths_methods_and_ids_are_refused() throws Exception {
    assertThat(caller.get("/v1/nothing").code()).isEqualTo("not_found");
    assertThat(caller.get("/").code()).isEqualTo("not_found");
    Reply method = caller.call("PUT", "/v1/sources", "{}");
    assertThat(method.status()).isEqualTo(405);
    assertThat(method.headers().firstValue("allow")).hasValue("GET, POST");
    for (String id : List.of("x", "src_", "evt_00000000000000000000000000", "src_%00", "src_é")) {
      String path = "/v1/sources/" + java.net.URLEncoder.encode(id, StandardCharsets.UTF_8);
      assertThat(caller.get(path).status()).as(id).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/events?limit=0, limit",
    "/v1/events?limit=201, limit",
    "/v1/sources?limit=x, limit",
    "/v1/sources?cursor=abc, cursor",
    "/v1/events?cursor=zzzzzzzzzzzzzzzzzzzzzzzzzz, cursor",
    "/v1/events?since=yesterday, since",
    "/v1/events?since=1960-01-01T00:00:00Z, since",
    "/v1/events?until=%2B10000-01-01T00:00:00Z, until",
    "/v1/events?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z, until",
    "/v1/events?type=%00, type",
    "/v1/events?source=con_00000000000000000000000000, source",
    "/v1/events?source=src_00000000000000000000000000&consumer=con_00000000000000000000000000,"
        + " consumer",
    "/v1/events?colour=red, colour",
    "/v1/deliveries?state=lost, state",
    "/v1/dead-letters?state=dead, state",
    "/v1/sources/x?a=b, a"
  })
  void a_wrong_query_parameter_is_named(String path, String parameter) throws Exception {
    Reply reply = caller.get(path);
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("invalid_parameter");
    assertThat(reply.field()).isEqualTo(parameter);
  }

  @Test
  void a_query_that_is_not_percent_encoded_well_is_a_bad_request() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.port())) {
      socket.setSoTimeout(10_000);
      String head =
          "GET /v1/events?type=%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
              + "authorization: Bearer "
              + caller.key()
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void health_metrics_and_the_document_are_open() throws Exception {
    Caller stranger = caller.withKey(null);
    assertThat(stranger.get("/healthz/live").text()).isEqualTo("{\"status\":\"ok\"}");
    admin.health = new Health(false, "database_unavailable");
    try {
      assertThat(stranger.get("/healthz/live").status()).isEqualTo(200);
      Reply ready = stranger.get("/healthz/ready");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.get("status")).isEqualTo("database_unavailable");
    } finally {
      admin.health = Health.OK;
    }
    String consumer = caller.make("/v1/consumers", "{\"name\":\"metered\"}");
    caller.make("/v1/consumers/" + consumer + "/events", "{\"type\":\"t\",\"data\":1}");
    assertThat(stranger.send(stranger.request("/metrics").GET().build()).text())
        .contains("boathook_events_accepted_total{origin=\"consumer\"");
    assertThat(stranger.get("/openapi.yaml").text()).startsWith("openapi: 3.1.0");
  }

  @Test
  void a_bug_is_logged_without_the_values_that_were_bound(@TempDir Path ownFolder)
      throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(AdminApi.class);
    logger.addAppender(log);
    try (TestingAdmin own = new TestingAdmin(ownFolder)) {
      Caller user = own.newProject();
      own.database
          .jdbi()
          .useHandle(handle -> handle.execute("ALTER TABLE consumer RENAME COLUMN name TO lost"));
      Reply bug = user.post("/v1/consumers", "{\"name\":\"do-not-log\"}");
      assertThat(bug.status()).isEqualTo(500);
      assertThat(log.list)
          .singleElement()
          .extracting(event ->
              event.getFormattedMessage() + ThrowableProxyUtil.asString(event.getThrowableProxy()))
          .asString()
          .contains("createConsumer", "column \"name\"")
          .doesNotContain("do-not-log");
    } finally {
      logger.detachAppender(log);
    }
  }

  @Test
  void a_broken_store_is_a_503_or_500_that_tells_nothing(@TempDir Path ownFolder) throws Exception {
    try (TestingAdmin own = new TestingAdmin(ownFolder)) {
      Caller user = own.newProject();
      String events = "/v1/consumers/" + user.make("/v1/consumers", "{\"name\":\"n\"}") + "/events";
      own.database.jdbi().useHandle(handle -> handle.execute("ALTER TABLE event RENAME TO lost"));
      Reply bug = user.get("/v1/events");
      assertThat(bug.status()).isEqualTo(500);
      assertThat(bug.code()).isEqualTo("internal");
      assertThat(bug.text()).doesNotContain("relation", "SELECT", "sql");
      own.database.close();
      for (Reply reply :
          List.of(
              user.get("/v1/deliveries"),
              user.post("/v1/consumers", "{\"name\":\"new\"}"),
              user.post(events, "{\"type\":\"t\",\"data\":1}"))) {
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.code()).isEqualTo("database_unavailable");
        assertThat(reply.headers().firstValue("retry-after")).isPresent();
      }
    }
  }
}
