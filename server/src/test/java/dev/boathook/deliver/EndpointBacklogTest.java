package dev.boathook.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.store.Database;
import dev.boathook.store.Partitions;
import dev.boathook.store.Sql;
import dev.boathook.store.Target;
import dev.boathook.store.TestingDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EndpointBacklogTest {
  private static final UUID PROJECT = UUID.fromString("00000000-0000-7000-8000-000000000001");
  private static final UUID UNORDERED = UUID.fromString("00000000-0000-7000-8000-000000000002");
  private static final UUID ORDERED = UUID.fromString("00000000-0000-7000-8000-000000000003");
  private static final UUID BOTH = UUID.fromString("00000000-0000-7000-8000-000000000004");
  private static final UUID IDLE = UUID.fromString("00000000-0000-7000-8000-000000000005");
  private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

  private static Database database;
  private static DeliveryQueries queries;
  private static int made;

  @BeforeAll
  static void fill() throws Exception {
    TestingDatabase fresh = TestingDatabase.freshDatabase();
    database =
        Database.open(
            new Target(fresh.url(), Optional.of(fresh.user()), Optional.of(fresh.password())));
    new Partitions(database.jdbi()).addAround(NOW);
    queries = new DeliveryQueries(database.jdbi());
    database
        .jdbi()
        .useHandle(handle -> {
          for (String state : List.of("waiting", "delivered", "dead", "cancelled")) {
            delivery(handle, UNORDERED, state, 7, null);
            delivery(handle, UNORDERED, state, 5, null);
            delivery(handle, ORDERED, state, 1, "a");
            delivery(handle, ORDERED, state, 1, "a");
            delivery(handle, ORDERED, state, 1, "b");
            delivery(handle, BOTH, state, 3, null);
            delivery(handle, BOTH, state, 4, "a");
          }
          lane(handle, ORDERED, "a", 9, false, 8);
          lane(handle, ORDERED, "b", 1, true, 6);
          lane(handle, ORDERED, "finished", 0, false, 9);
          lane(handle, BOTH, "a", 1, false, 4);
          handle.execute("INSERT INTO endpoint_failing VALUES (?, ?, ?)", PROJECT, BOTH, ago(60));
        });
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void what_waits_is_counted_in_lanes_and_outside_of_them() {
    assertThat(queries.queue(PROJECT, UNORDERED))
        .contains(new EndpointBacklog(2, false, ago(7), 0));
    assertThat(queries.queue(PROJECT, ORDERED)).contains(new EndpointBacklog(3, false, ago(8), 1));
    assertThat(queries.queue(PROJECT, BOTH)).contains(new EndpointBacklog(2, false, ago(4), 0));
    assertThat(queries.queue(PROJECT, IDLE)).contains(new EndpointBacklog(0, false, null, 0));
    assertThat(queries.queue(IDLE, UNORDERED)).contains(new EndpointBacklog(0, false, null, 0));
  }

  @Test
  void counting_stops_at_the_limit_and_says_so() {
    assertThat(queries.queue(PROJECT, ORDERED, 2))
        .contains(new EndpointBacklog(2, true, ago(8), 1));
    assertThat(queries.queue(PROJECT, ORDERED, 3))
        .contains(new EndpointBacklog(3, false, ago(8), 1));
    assertThat(queries.queue(PROJECT, BOTH, 1)).contains(new EndpointBacklog(1, true, ago(4), 0));
  }

  @Test
  void an_endpoint_fails_since_the_store_says_so() {
    assertThat(queries.failingSince(PROJECT, BOTH)).contains(ago(60));
    assertThat(queries.failingSince(PROJECT, UNORDERED)).isEmpty();
  }

  /** The planner reads a table of few rows whole, unless it must not. */
  @Test
  void only_indexes_are_read() {
    List<String> scans =
        database
            .jdbi()
            .inTransaction(handle -> {
              handle.execute("SET LOCAL enable_seqscan = off");
              handle.execute("SET LOCAL enable_bitmapscan = off");
              return handle
                  .createQuery("EXPLAIN " + Sql.of(DeliveryQueries.class, "endpoint_queue"))
                  .bind("project", PROJECT)
                  .bind("endpoint", ORDERED)
                  .bind("limit", 10)
                  .mapTo(String.class)
                  .list();
            })
            .stream()
            .filter(line -> line.contains("Scan"))
            .toList();

    assertThat(scans).isNotEmpty().allSatisfy(scan -> assertThat(scan).contains("Index Only Scan"));
  }

  private static Instant ago(int seconds) {
    return NOW.minusSeconds(seconds);
  }

  private static void delivery(
      Handle handle, UUID endpoint, String state, int secondsAgo, @Nullable String key) {
    handle
        .createUpdate(
            """
            INSERT INTO delivery (project_id, delivery_id, event_id, endpoint_id, ordering_key,
              state, attempts, due_at, lane_seq)
            VALUES (:project, :id, :id, :endpoint, :key, :state, 0, :due, :seq)
            """)
        .bind("project", PROJECT)
        .bind("id", new UUID((NOW.toEpochMilli() << 16) | 0x7000, Long.MIN_VALUE | ++made))
        .bind("endpoint", endpoint)
        .bind("key", key)
        .bind("state", state)
        .bind("due", ago(secondsAgo))
        .bind("seq", key == null ? null : made)
        .execute();
  }

  private static void lane(
      Handle handle, UUID endpoint, String key, int waiting, boolean halted, int secondsAgo) {
    handle.execute(
        "INSERT INTO lane VALUES (?, ?, ?, ?, 0, ?, ?, NULL)",
        PROJECT,
        endpoint,
        key,
        waiting,
        ago(secondsAgo),
        halted ? NOW : null);
  }
}
