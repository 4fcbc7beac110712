package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingServer;
import dev.boathook.TestingWebhook;
import dev.boathook.config.Settings;
import dev.boathook.store.TestingDatabase;
import dev.boathook.store.embedded.EmbeddedPostgres;
import dev.boathook.store.embedded.RestartListener;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** More requests than may wait, while a database of the test's own is frozen. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueueFullTest {
  private static final String SECRET = "whsec_of_the_full_queue";

  /** As many of these as are offered are more than the 64 MiB that may wait, and the batch. */
  private static final int BODY_BYTES = 512 << 10;

  private static final int OFFERS = 200;
  private static final int MOST_THAT_WAIT = (64 << 20) / BODY_BYTES + (4 << 20) / BODY_BYTES + 1;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private EmbeddedPostgres postgres;
  private TestingDatabase database;
  private TestingServer server;
  private String path;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    postgres =
        EmbeddedPostgres.start(
            EmbeddedPostgres.Options.of(folder.resolve("database")),
            new SecureRandom(),
            RestartListener.NONE);
    database = new TestingDatabase(postgres.jdbcUrl(), postgres.user(), postgres.password());
    server =
        TestingServer.start(
            database,
            folder,
            List.of(new Settings.SourceSettings("payments", "stripe", List.of(SECRET), Map.of())),
            List.of(
                // Nobody listens there: the deliveries wait.
                new Settings.EndpointSettings(
                    "down", "http://127.0.0.1:1/", List.of("payments"), List.of("*"))));
    path = server.pathOf("payments");
  }

  @AfterAll
  void stop() {
    server.close();
    postgres.close();
  }

  @Test
  void beyond_the_queue_503_is_answered_at_once_and_what_waited_is_accepted_after_the_thaw()
      throws Exception {
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> answers = new ArrayList<>();
      try (var _ = freeze()) {
        for (int i = 0; i < OFFERS; i++) {
          String id = "thaw_" + i;
          answers.add(senders.submit(() -> offer(id, BODY_BYTES)));
        }
        Eventually.holds(
            "those beyond the queue are refused",
            LIMIT,
            () -> answers.stream().filter(Future::isDone).count() >= OFFERS - MOST_THAT_WAIT);
      }
      int accepted = 0;
      for (int i = 0; i < OFFERS; i++) {
        HttpResponse<String> answer = answers.get(i).get();
        if (answer.statusCode() == 200) {
          accepted++;
          assertThat(count("SELECT count(*) FROM event WHERE external_id = 'thaw_" + i + "'"))
              .isEqualTo(1);
        } else {
          assertUnavailable(answer);
        }
      }
      assertThat(accepted).isLessThanOrEqualTo(MOST_THAT_WAIT);
      assertNothingIsHalfWritten();
    }
  }

  @Test
  void a_long_freeze_is_answered_in_bounded_time_and_leaves_nothing_half_written()
      throws Exception {
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HttpResponse<String>>> answers = new ArrayList<>();
      long began = System.nanoTime();
      try (var _ = freeze()) {
        for (int i = 0; i < OFFERS; i++) {
          String id = "long_" + i;
          answers.add(senders.submit(() -> offer(id, 100)));
        }
        for (Future<HttpResponse<String>> answer : answers) {
          assertUnavailable(answer.get());
        }
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
    }
    Eventually.holds("accepting", LIMIT, () -> offer("after", 100).statusCode() == 200);
    assertNothingIsHalfWritten();
    for (int i = 0; i < OFFERS; i++) {
      assertThat(offer("long_" + i, 100).statusCode()).isEqualTo(200);
    }
    assertThat(count("SELECT count(*) FROM event WHERE external_id LIKE 'long_%'"))
        .as("offered twice, one event each")
        .isEqualTo(OFFERS);
  }

  private Frozen freeze() throws IOException {
    return Frozen.of(ProcessHandle.of(postgres.pid()).orElseThrow());
  }

  private HttpResponse<String> offer(String id, int bytes)
      throws IOException, InterruptedException {
    String body = "{\"id\":\"" + id + "\",\"type\":\"a\",\"data\":\"" + "x".repeat(bytes) + "\"}";
    return server.send(TestingWebhook.of("stripe", SECRET, body).to(server.open(path)));
  }

  private static void assertUnavailable(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("retry-after")).isPresent();
    assertThat(answer.body()).containsAnyOf("queue_full", "database_unavailable");
  }

  private void assertNothingIsHalfWritten() throws SQLException {
    assertThat(
            count(
                "SELECT count(*) FROM event WHERE matched <> (SELECT count(*) FROM delivery"
                    + " WHERE delivery.event_id = event.event_id)"))
        .as("events without their deliveries")
        .isZero();
    assertThat(
            count(
                "SELECT count(*) FROM delivery WHERE NOT EXISTS (SELECT FROM event"
                    + " WHERE event.event_id = delivery.event_id)"))
        .as("deliveries without their event")
        .isZero();
    assertThat(
            count(
                "SELECT count(*) FROM dedupe FULL JOIN event USING (event_id)"
                    + " WHERE dedupe.project_id IS NULL OR event.project_id IS NULL"))
        .as("keys without their event, or the reverse")
        .isZero();
  }

  private long count(String query) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET search_path TO boathook");
      try (ResultSet row = statement.executeQuery(query)) {
        row.next();
        return row.getLong(1);
      }
    }
  }
}
