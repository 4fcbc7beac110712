package dev.boathook.accept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.TestingServer;
import dev.boathook.store.TestingDatabase;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the one door promises, seen through the whole server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AcceptTest {
  private final TestingDatabase database = TestingDatabase.freshDatabase();
  private TestingReceiver receiver;
  private TestingServer server;

  @BeforeAll
  void start() throws Exception {
    receiver = TestingReceiver.start();
    server = TestingServer.start(database);
  }

  @AfterAll
  void stop() {
    server.close();
    receiver.close();
  }

  private String consumer(String name) throws Exception {
    return post("/v1/consumers", "{\"name\":\"" + name + "\"}", 201);
  }

  private String endpoint(String consumer, String path) throws Exception {
    return post(
        "/v1/consumers/" + consumer + "/endpoints",
        "{\"url\":\"" + receiver.url(path) + "\",\"types\":[\"*\"]}",
        201);
  }

  private String post(String path, String body, int status) throws Exception {
    HttpResponse<String> answer = send(path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return TestingServer.json(answer).get("id").asString();
  }

  private HttpResponse<String> send(String path, String body) throws Exception {
    return server.send(
        server
            .admin(path)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  @Test
  void an_event_offered_many_times_at_once_is_one() throws Exception {
    String consumer = consumer("at-once");
    List<Callable<HttpResponse<String>>> offers = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      offers.add(() ->
          send(
              "/v1/consumers/" + consumer + "/events",
              "{\"id\":\"same\",\"type\":\"a\",\"data\":1}"));
    }

    Set<String> ids = new HashSet<>();
    List<Integer> statuses = new ArrayList<>();
    try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<HttpResponse<String>> answer : all.invokeAll(offers)) {
        ids.add(TestingServer.json(answer.get()).get("id").asString());
        statuses.add(answer.get().statusCode());
      }
    }

    assertThat(ids).hasSize(1);
    assertThat(statuses).containsOnlyOnce(201).contains(200);
    assertThat(count("SELECT count(*) FROM event WHERE external_id = 'same'")).isEqualTo(1);
  }

  @Test
  void endpoints_that_come_and_go_while_events_are_accepted_get_what_they_should()
      throws Exception {
    String consumer = consumer("comings-and-goings");
    try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> publisher =
          all.submit(() -> {
            int published = 0;
            for (int i = 0; i < 200; i++) {
              post(
                  "/v1/consumers/" + consumer + "/events",
                  "{\"type\":\"a\",\"data\":" + i + "}",
                  201);
              published++;
            }
            return published;
          });
      for (int i = 0; i < 15; i++) {
        String endpoint = endpoint(consumer, "/come-and-go/" + i);
        // Committed after the endpoint, so the endpoint must have a delivery of it.
        String event =
            post(
                "/v1/consumers/" + consumer + "/events",
                "{\"type\":\"b\",\"data\":" + i + "}",
                201);
        HttpResponse<String> seen = server.send(server.admin("/v1/deliveries?event=" + event));
        assertThat(seen.body()).contains(endpoint);
        if (i % 2 == 0) {
          server.send(server.admin("/v1/endpoints/" + endpoint).DELETE());
          String after =
              post(
                  "/v1/consumers/" + consumer + "/events",
                  "{\"type\":\"c\",\"data\":" + i + "}",
                  201);
          assertThat(server.send(server.admin("/v1/deliveries?event=" + after)).body())
              .doesNotContain(endpoint);
        }
      }
      assertThat(publisher.get()).isEqualTo(200);
    }
    assertThat(
            TestingServer.json(server.send(server.admin("/v1/accounting")))
                .get("balanced")
                .asBoolean())
        .isTrue();
  }

  @Test
  void a_key_whose_window_has_ended_is_a_new_event() throws Exception {
    String consumer = consumer("window");
    String path = "/v1/consumers/" + consumer + "/events";
    String first = post(path, "{\"id\":\"again\",\"type\":\"a\",\"data\":1}", 201);
    execute("UPDATE dedupe SET expires_at = first_seen WHERE dedupe_key = 'again'");

    String second = post(path, "{\"id\":\"again\",\"type\":\"a\",\"data\":1}", 201);

    assertThat(second).isNotEqualTo(first);
    assertThat(post(path, "{\"id\":\"again\",\"type\":\"a\",\"data\":1}", 200)).isEqualTo(second);
  }

  @Test
  void missing_partitions_are_made_when_an_event_needs_them() throws Exception {
    String consumer = consumer("partitions");
    execute(
        """
        DO $$ DECLARE child text; BEGIN
          FOR child IN SELECT inhrelid::regclass FROM pg_inherits
            WHERE inhparent IN ('delivery'::regclass, 'attempt'::regclass)
          LOOP EXECUTE 'DROP TABLE ' || child; END LOOP;
        END $$
        """);

    post("/v1/consumers/" + consumer + "/events", "{\"type\":\"a\",\"data\":1}", 201);
    endpoint(consumer, "/partitions");
    post("/v1/consumers/" + consumer + "/events", "{\"type\":\"b\",\"data\":2}", 201);

    assertThat(new String(receiver.await(r -> r.path().equals("/partitions")).body(), UTF_8))
        .contains("\"data\":2");
  }

  private long count(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path TO boathook");
      try (ResultSet row = statement.executeQuery(sql)) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path TO boathook");
      statement.execute(sql);
    }
  }
}
