package dev.boathook.deliver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.lane.DeliveryState;
import dev.boathook.store.Database;
import dev.boathook.store.Partitions;
import dev.boathook.store.Sql;
import dev.boathook.store.Target;
import dev.boathook.store.TestingDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.Query;
import org.junit.jupiter.api.Test;

/** A few deliveries that wait, before ten thousand that are finished. */
class ListWaitingTest {
  private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");
  private static final UUID PROJECT = new UUID(0, 1);
  private static final UUID ENDPOINT = new UUID(0, 2);

  @Test
  void what_waits_is_found_by_its_indexes_in_lanes_and_outside_of_them() throws Exception {
    TestingDatabase fresh = TestingDatabase.freshDatabase();
    try (Database database =
        Database.open(
            new Target(fresh.url(), Optional.of(fresh.user()), Optional.of(fresh.password())))) {
      new Partitions(database.jdbi()).addAround(NOW);
      database
          .jdbi()
          .useHandle(handle -> {
            handle
                .createUpdate(
                    """
                    INSERT INTO delivery (project_id, delivery_id, event_id, endpoint_id,
                      ordering_key, state, attempts, due_at, lane_seq)
                    SELECT :project, (:prefix || lpad(to_hex(n), 12, '0'))::uuid, :endpoint, :endpoint,
                      '', CASE WHEN n < 4 THEN 'waiting' ELSE 'delivered' END, 0, :now,
                      CASE WHEN n % 2 = 0 THEN n END
                    FROM generate_series(0, 10000) AS n
                    """)
                .bind("project", PROJECT)
                .bind("endpoint", ENDPOINT)
                .bind("prefix", id(0).toString().substring(0, 24))
                .bind("now", NOW)
                .execute();
            handle.execute("ANALYZE delivery");
          });

      assertThat(
              new DeliveryQueries(database.jdbi())
                  .list(
                      PROJECT,
                      new DeliveryQueries.Filter(DeliveryState.WAITING, null, null, null, null),
                      id(3),
                      2))
          .extracting(Delivery::id)
          .containsExactly(id(2), id(1));
      assertThat(plan(database))
          .filteredOn(line -> line.contains("Scan"))
          .isNotEmpty()
          .noneMatch(line -> line.contains("Seq Scan on") && line.contains(day()))
          .noneMatch(line -> line.contains(day() + "_pkey"));
    }
  }

  private static List<String> plan(Database database) {
    return database
        .jdbi()
        .withHandle(handle -> {
          Query query =
              handle.createQuery("EXPLAIN " + Sql.of(DeliveryQueries.class, "list_waiting"));
          for (String any : List.of("before", "endpoint", "event", "replay", "consumer")) {
            query.bind(any, (UUID) null);
          }
          return query.bind("project", PROJECT).bind("limit", 50).mapTo(String.class).list();
        });
  }

  /** The partition with the rows; the others are empty. */
  private static String day() {
    return "delivery_20260102";
  }

  private static UUID id(int n) {
    return new UUID((NOW.toEpochMilli() << 16) | 0x7000, Long.MIN_VALUE | n);
  }
}
