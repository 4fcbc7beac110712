package dev.boathook.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.id.IdKind;
import dev.boathook.store.embedded.EmbeddedPostgres;
import dev.boathook.store.embedded.RestartListener;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A server that finds a backlog that is many times its heap: it starts, accepts, and delivers what
 * it can, each lane in order.
 */
@Timeout(3_600)
class BacklogTest {
  /** The system property that asks for a backlog of so many deliveries. */
  private static final String PROPERTY = "boathook.faults.backlog";

  private static final int FEW = 30_000;

  /** A server without a backlog starts with 24 MiB, of which it holds 16. */
  private static final int HEAP_MEBIBYTES = 64;

  /** What is held of a backlog is bounded by numbers; of this one, however large, some 30 MiB. */
  private static final int MAX_LIVE_MEBIBYTES = 56;

  private static final int HEALTHY_LOOSE = 20;
  private static final int HEALTHY_ORDERED = 20;
  private static final int DEAD_LOOSE = 5;
  private static final int DEAD_ORDERED = 4;

  /** Of all that waits, in percent; the paused endpoint has the rest. */
  private static final int HEALTHY_PERCENT = 3;

  private static final int DEAD_PERCENT = 40;

  /** The part of the paused endpoint's queue that is delivered when it is resumed, in percent. */
  private static final int RESUMED_PERCENT = 2;

  private static final int DELIVERIES_A_LANE = 25;

  /** Where new events go that come meanwhile, which are no part of what waits. */
  private static final String FRESH = "/fresh";

  private static final Duration BETWEEN_FRESH = Duration.ofMillis(10);

  /** What is not dead within the test, however often it fails. */
  private static final String PATIENT = "[0,5,300,3600,3600]";

  /**
   * The receiver closes connections that are idle when it has many, so that now and then an attempt
   * meets one that is just being closed.
   */
  private static final String QUICK = "[0,0.05,0.2,1,5,5,5,5]";

  /** Nobody listens there. */
  private static final String NOBODY = "http://127.0.0.1:1/";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Even a machine that does many other things delivers more than this. */
  private static final int MIN_DELIVERIES_PER_SECOND = 50;

  /** What is accepted takes some milliseconds; a machine that does many other things adds this. */
  private static final Duration MAX_MEDIAN_ACCEPT = Duration.ofMillis(250);

  private static final Duration MAX_MEDIAN_ARRIVAL = Duration.ofSeconds(1);

  private static final Pattern LIVE = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

  /** Numbers of one endpoint's events, from 1; in lanes each with a place, from 1. */
  private static final String FILL =
      """
      WITH each AS (
        SELECT number, make_interval(secs => number * 3000.0 / ? - 3600) AS since
        FROM generate_series(1, ?) AS number
      ), made AS MATERIALIZED (
        SELECT number, uuidv7(since) AS event_id, uuidv7(since) AS delivery_id, now() + since AS at,
          CASE WHEN lanes > 0 THEN 'lane_' || number % lanes END AS key,
          CASE WHEN lanes > 0 THEN (number - 1) / lanes + 1 END AS place
        FROM each, (SELECT ? AS lanes) AS wanted
      ), events AS (
        INSERT INTO boathook.event (project_id, event_id, origin_kind, origin_id, type,
          ordering_key, accepted_at, verified, matched, content_type, headers, body)
        SELECT ?, event_id, 'consumer', ?, 'backlog', key, at, true, 1, 'text/plain', '[]',
          convert_to(coalesce(key, '-') || ' ' || coalesce(place, number), 'UTF8')
        FROM made
      ), deliveries AS (
        INSERT INTO boathook.delivery (project_id, delivery_id, event_id, endpoint_id,
          ordering_key, state, attempts, due_at, lane_seq)
        SELECT ?, delivery_id, event_id, ?, key, 'waiting', 0, at, place FROM made
      )
      INSERT INTO boathook.lane (project_id, endpoint_id, ordering_key, last_seq, done_seq, due_at)
      SELECT ?, ?, key, max(place), 0, min(at) FROM made WHERE key IS NOT NULL GROUP BY key
      """;

  /**
   * An endpoint and how much waits for it.
   *
   * @param id its id
   * @param path where it listens; empty when nobody does
   * @param lanes how many it has; 0 when it wants no order
   */
  private record Waits(String id, String path, int count, int lanes) {}

  /** What has come of the backlog, and what was wrong with it. */
  private static final class Arrivals {
    private final Map<String, BitSet> loose = new HashMap<>();
    private final Map<String, Integer> ordered = new HashMap<>();
    private final Map<String, Integer> counts = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();

    synchronized void note(String path, String body) {
      counts.merge(path, 1, Integer::sum);
      int space = body.indexOf(' ');
      int number = Integer.parseInt(body, space + 1, body.length(), 10);
      if (body.startsWith("-")) {
        BitSet had = loose.computeIfAbsent(path, each -> new BitSet());
        if (had.get(number)) {
          wrong.add(path + " had " + number + " before");
        }
        had.set(number);
      } else {
        String lane = path + " " + body.substring(0, space);
        int before = ordered.getOrDefault(lane, 0);
        if (number != before + 1) {
          wrong.add(lane + " had " + number + " after " + before);
        }
        ordered.put(lane, number);
      }
    }

    synchronized int count(String path) {
      return counts.getOrDefault(path, 0);
    }

    synchronized int count() {
      return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    synchronized List<String> wrong() {
      return List.copyOf(wrong);
    }
  }

  @Test
  void what_waits_costs_disk_and_not_heap_and_nobody_is_held_up_by_it(@TempDir Path folder)
      throws Exception {
    int total = Integer.getInteger(PROPERTY, FEW);
    Path data = folder.resolve("data");
    Arrivals arrivals = new Arrivals();
    try (TestingReceiver receiver = TestingReceiver.start()) {
      String consumer;
      List<Waits> all;
      try (ServerProcess server = ServerProcess.Launch.on(data).start()) {
        consumer =
            "/v1/consumers/"
                + server.post("/v1/consumers", "{\"name\":\"c\"}").path("id").asString();
        var _ = endpoint(server, consumer, receiver.url(FRESH), "fresh", "unordered");
        all = endpoints(server, consumer, receiver, total);
        server.stop();
      }
      FreshEvents fresh = new FreshEvents(consumer, "fresh");
      receiver.answer(received -> {
        String body = new String(received.body(), UTF_8);
        if (received.path().equals(FRESH)) {
          fresh.arrived(body);
        } else {
          arrivals.note(received.path(), body);
        }
        return 204;
      });
      Instant oldest = fill(data, consumer, all);

      long launched = System.nanoTime();
      try (ServerProcess server = ServerProcess.Launch.on(data).withHeap(HEAP_MEBIBYTES).start();
          ExecutorService publishing = Executors.newVirtualThreadPerTaskExecutor()) {
        long ready = System.nanoTime();
        say("%,d deliveries wait; ready after %d ms".formatted(total, millis(ready - launched)));
        AtomicBoolean ended = new AtomicBoolean();
        Future<?> published = publishing.submit(() -> publish(fresh, server, ended));
        try {
          showsWhatWaits(server, all, oldest);
          assertLive(server, "while it delivers");
          drains(arrivals, all, ready);
          resumes(server, arrivals, all.getLast());
        } finally {
          ended.set(true);
        }
        published.get();
        fresh.awaitAll(LIMIT);
        isAllThere(server, arrivals, total, fresh.count());
        assertThat(server.log()).doesNotContain("OutOfMemoryError", "a bug", "Exception in thread");
      }
      say("accepting %s".formatted(figures(fresh.accepting())));
      say("accepting and delivering %s".formatted(figures(fresh.arriving())));
      assertThat(FreshEvents.percentile(fresh.accepting(), 50)).isLessThan(MAX_MEDIAN_ACCEPT);
      assertThat(FreshEvents.percentile(fresh.arriving(), 50)).isLessThan(MAX_MEDIAN_ARRIVAL);
    }
    assertThat(arrivals.wrong()).isEmpty();
  }

  /** The paused one is the last. */
  private static List<Waits> endpoints(
      ServerProcess server, String consumer, TestingReceiver receiver, int total) throws Exception {
    List<Waits> all = new ArrayList<>();
    int healthy = total * HEALTHY_PERCENT / 100;
    int dead = total * DEAD_PERCENT / 100;
    for (int i = 0; i < HEALTHY_LOOSE + HEALTHY_ORDERED; i++) {
      String path = "/healthy/" + i;
      int count = healthy / (HEALTHY_LOOSE + HEALTHY_ORDERED);
      all.add(waits(server, consumer, receiver.url(path), path, count, i < HEALTHY_LOOSE));
    }
    for (int i = 0; i < DEAD_LOOSE + DEAD_ORDERED; i++) {
      int count = dead / (DEAD_LOOSE + DEAD_ORDERED);
      all.add(waits(server, consumer, NOBODY, "", count, i < DEAD_LOOSE));
    }
    int left = total - all.stream().mapToInt(Waits::count).sum();
    Waits paused = waits(server, consumer, receiver.url("/paused"), "/paused", left, true);
    server.post("/v1/endpoints/" + paused.id() + "/pause", "");
    all.add(paused);
    return all;
  }

  private static Waits waits(
      ServerProcess server, String consumer, String url, String path, int count, boolean loose)
      throws Exception {
    String id = endpoint(server, consumer, url, "backlog", loose ? "unordered" : "block");
    return new Waits(id, path, count, loose ? 0 : Math.max(1, count / DELIVERIES_A_LANE));
  }

  private static String endpoint(
      ServerProcess server, String consumer, String url, String type, String order)
      throws Exception {
    return server
        .post(
            consumer + "/endpoints",
            "{\"url\":\"%s\",\"types\":[\"%s\"],\"order\":\"%s\",\"retry_schedule_seconds\":%s}"
                .formatted(url, type, order, url.equals(NOBODY) ? PATIENT : QUICK))
        .path("id")
        .asString();
  }

  /** Answers since when the first of the paused endpoint is due. */
  private static Instant fill(Path data, String consumer, List<Waits> all) throws Exception {
    long began = System.nanoTime();
    UUID consumerId =
        IdKind.CONSUMER.parse(consumer.substring(consumer.lastIndexOf('/') + 1)).orElseThrow();
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.start(
                EmbeddedPostgres.Options.of(data), new SecureRandom(), RestartListener.NONE);
        Connection connection =
            DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
        Statement statement = connection.createStatement();
        PreparedStatement fill = connection.prepareStatement(FILL)) {
      UUID projectId =
          one(
              statement,
              "SELECT project_id FROM boathook.project WHERE name = 'default'",
              UUID.class);
      for (Waits each : all) {
        UUID endpointId = IdKind.ENDPOINT.parse(each.id()).orElseThrow();
        int p = 0;
        fill.setInt(++p, each.count());
        fill.setInt(++p, each.count());
        fill.setInt(++p, each.lanes());
        fill.setObject(++p, projectId);
        fill.setObject(++p, consumerId);
        for (int i = 0; i < 2; i++) {
          fill.setObject(++p, projectId);
          fill.setObject(++p, endpointId);
        }
        assertThat(fill.executeUpdate()).isEqualTo(each.lanes());
      }
      say("filled after %d ms".formatted(millis(System.nanoTime() - began)));
      UUID paused = IdKind.ENDPOINT.parse(all.getLast().id()).orElseThrow();
      return one(
              statement,
              "SELECT min(due_at) FROM boathook.delivery WHERE endpoint_id = '" + paused + "'",
              OffsetDateTime.class)
          .toInstant();
    }
  }

  private static <T> T one(Statement statement, String query, Class<T> type) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      assertThat(row.next()).isTrue();
      return row.getObject(1, type);
    }
  }

  private static void showsWhatWaits(ServerProcess server, List<Waits> all, Instant oldest)
      throws Exception {
    long began = System.nanoTime();
    assertThat(queue(server, all.getLast()).path("oldest_due_at").asString())
        .satisfies(since -> assertThat(Instant.parse(since)).isEqualTo(oldest));
    say("counting the largest queue took %d ms".formatted(millis(System.nanoTime() - began)));
    for (Waits each : all) {
      if (each.path().isEmpty()) {
        assertThat(queue(server, each).path("oldest_due_at").isString()).isTrue();
      }
    }
    began = System.nanoTime();
    JsonNode listed =
        server.get("/v1/deliveries?state=waiting&limit=50&endpoint=" + all.getLast().id());
    say("listing 50 of it took %d ms".formatted(millis(System.nanoTime() - began)));
    assertThat(listed.path("data").size()).isEqualTo(50);
  }

  /** What it says of a queue once it has counted it, for which it takes two seconds at most. */
  private static JsonNode queue(ServerProcess server, Waits waits) throws Exception {
    String path = "/v1/endpoints/" + waits.id();
    Eventually.holds(
        "its size",
        LIMIT,
        () -> server.get(path).path("queue").path("waiting").asInt(0) == waits.count());
    return server.get(path).path("queue");
  }

  private static void drains(Arrivals arrivals, List<Waits> all, long since) throws Exception {
    List<Waits> healthy =
        all.subList(0, all.size() - 1).stream().filter(each -> !each.path().isEmpty()).toList();
    int wanted = healthy.stream().mapToInt(Waits::count).sum();
    Eventually.holds("drained", limit(wanted), () -> arrivals.count() >= wanted);
    say(
        "%,d delivered to %d endpoints, %,d a second"
            .formatted(wanted, healthy.size(), perSecond(wanted, System.nanoTime() - since)));
    for (Waits each : healthy) {
      assertThat(arrivals.count(each.path())).as(each.path()).isEqualTo(each.count());
    }
  }

  private static void resumes(ServerProcess server, Arrivals arrivals, Waits paused)
      throws Exception {
    long began = System.nanoTime();
    server.post("/v1/endpoints/" + paused.id() + "/resume", "");
    int some = paused.count() * RESUMED_PERCENT / 100;
    Eventually.holds("resumed", limit(some), () -> arrivals.count(paused.path()) >= some);
    say("of one endpoint %,d a second".formatted(perSecond(some, System.nanoTime() - began)));
    assertLive(server, "with the largest queue");
    server.post("/v1/endpoints/" + paused.id() + "/pause", "");
  }

  private static @Nullable Void publish(
      FreshEvents fresh, ServerProcess server, AtomicBoolean ended) throws Exception {
    while (!ended.get()) {
      fresh.publish(server);
      Eventually.pass(BETWEEN_FRESH);
    }
    return null;
  }

  /** The store's account is what the receiver has, and the rest waits. */
  private static void isAllThere(ServerProcess server, Arrivals arrivals, int total, int published)
      throws Exception {
    long began = System.nanoTime();
    JsonNode first = server.get("/v1/accounting");
    say("the account took %d ms".formatted(millis(System.nanoTime() - began)));
    assertThat(first.path("balanced").asBoolean()).isTrue();
    Eventually.holds(
        "what has arrived is written down",
        LIMIT,
        () ->
            server.get("/v1/accounting").path("deliveries").path("delivered").asInt()
                == arrivals.count() + published);
    JsonNode account = server.get("/v1/accounting");
    JsonNode deliveries = account.path("deliveries");
    assertThat(account.path("events").asInt()).isEqualTo(total + published);
    assertThat(deliveries.path("waiting").asInt()).isEqualTo(total - arrivals.count());
    assertThat(deliveries.path("dead").asInt()).isZero();
    assertThat(deliveries.path("cancelled").asInt()).isZero();
  }

  /** What is left on the heap after a full collection. */
  private static void assertLive(ServerProcess server, String when) throws Exception {
    String said = server.jcmd("GC.class_histogram");
    Matcher total = LIVE.matcher(said);
    assertThat(total.find()).as(said).isTrue();
    long live = Long.parseLong(total.group(1)) >> 20;
    say("%d MiB live of %d MiB heap %s".formatted(live, HEAP_MEBIBYTES, when));
    assertThat(live).isLessThan(MAX_LIVE_MEBIBYTES);
  }

  private static Duration limit(int deliveries) {
    return LIMIT.plusSeconds(deliveries / MIN_DELIVERIES_PER_SECOND);
  }

  private static String figures(Collection<Long> nanos) {
    return "%,d new events: p50 %d ms, p99 %d ms, at most %d ms"
        .formatted(
            nanos.size(),
            FreshEvents.percentile(nanos, 50).toMillis(),
            FreshEvents.percentile(nanos, 99).toMillis(),
            FreshEvents.percentile(nanos, 100).toMillis());
  }

  private static long perSecond(int count, long nanos) {
    return Math.round(count * 1e9 / nanos);
  }

  private static long millis(long nanos) {
    return Duration.ofNanos(nanos).toMillis();
  }

  private static void say(String line) {
    System.out.println("BacklogTest: " + line);
  }
}
