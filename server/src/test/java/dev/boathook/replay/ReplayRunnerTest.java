package dev.boathook.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Eventually;
import dev.boathook.TestingReceiver;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.world.Ids;
import dev.boathook.world.Uuid7;
import dev.boathook.world.World;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplayRunnerTest {
  private static final String MADE =
      "SELECT count(*) FROM delivery WHERE replay_id IS NOT NULL AND state = 'waiting'";

  @TempDir private Path folder;
  private TestingReplays testing;

  @BeforeEach
  void open() throws Exception {
    testing = new TestingReplays(folder);
  }

  @AfterEach
  void nothingIsLost() {
    assertThat(testing.balanced()).isTrue();
    testing.close();
  }

  @Test
  void replays_keep_their_order_within_their_lanes() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.BLOCK);
    testing.fill(endpoint, "dead", 1_200, 7);
    ReplayJob job = testing.create(testing.to(endpoint), Choice.DEAD, null);
    testing.runToTheEnd();
    assertThat(testing.job(job).made()).isEqualTo(1_200);
    assertThat(
            testing.number(
                """
                SELECT count(*) FROM (
                  SELECT lane_seq, row_number() OVER (
                    PARTITION BY ordering_key ORDER BY replay_of) AS place
                  FROM delivery WHERE replay_id = ?) AS made
                WHERE lane_seq = place
                """,
                job.id()))
        .isEqualTo(1_200);
    assertThat(
            testing.texts(
                "SELECT ordering_key || ' ' || last_seq || ' ' || done_seq FROM lane"
                    + " ORDER BY ordering_key"))
        .hasSize(7)
        .startsWith("key0 171 0", "key1 172 0");
  }

  @Test
  void places_in_a_lane_say_what_was_first_where_ids_do_not() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.SKIP);
    testing.fill(endpoint, "dead", 3, 1);
    testing
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "UPDATE delivery SET lane_seq = 4 - number FROM (SELECT delivery_id, row_number()"
                    + " OVER (ORDER BY delivery_id) AS number FROM delivery) AS numbered WHERE"
                    + " numbered.delivery_id = delivery.delivery_id"));
    ReplayJob job = testing.create(testing.to(endpoint), Choice.DEAD, null);
    testing.runToTheEnd();
    assertThat(
            testing.texts(
                "SELECT original.lane_seq FROM delivery JOIN delivery AS original"
                    + " ON original.delivery_id = delivery.replay_of"
                    + " WHERE delivery.replay_id = ? ORDER BY delivery.lane_seq",
                job.id()))
        .containsExactly("1", "2", "3");
  }

  @Test
  void the_order_of_the_moment_says_what_is_in_a_lane() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    testing.fill(endpoint, "dead", 2, 0);
    ReplayJob first = testing.create(testing.to(endpoint), Choice.DEAD, null);
    testing.runToTheEnd();
    assertThat(testing.texts("SELECT lane_seq FROM delivery WHERE replay_id = ?", first.id()))
        .containsExactly(null, null);
    testing
        .jdbi()
        .useHandle(
            handle -> handle.execute("UPDATE delivery SET state = 'dead' WHERE state = 'waiting'"));
    testing.save(endpoint, Order.BLOCK);
    ReplayJob second = testing.create(testing.to(endpoint), Choice.DEAD, null);
    testing.runToTheEnd();
    assertThat(
            testing.texts(
                "SELECT ordering_key || lane_seq FROM delivery WHERE replay_id = ?"
                    + " ORDER BY lane_seq",
                second.id()))
        .as("without a key they share one lane")
        .containsExactly("1", "2");
  }

  @Test
  void a_batch_that_fails_moves_nothing_and_is_made_again() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.BLOCK);
    testing.fill(endpoint, "dead", 700, 3);
    ReplayJob job = testing.create(testing.to(endpoint), Choice.DEAD, null);
    assertThat(testing.runner.round()).isTrue();
    ReplayJob halfway = testing.job(job);
    assertThat(halfway.made()).isEqualTo(500);
    // The last thing that a batch does fails, as it would when the store went away before the
    // commit.
    testing
        .jdbi()
        .useHandle(handle ->
            handle.execute("ALTER TABLE replay ADD CONSTRAINT no_more CHECK (made <= 500)"));
    assertThat(testing.runner.round()).isFalse();
    assertThat(testing.job(job)).isEqualTo(halfway);
    assertThat(testing.number(MADE)).isEqualTo(500);
    assertThat(testing.number("SELECT sum(last_seq) FROM lane")).isEqualTo(500);
    testing
        .jdbi()
        .useHandle(handle -> handle.execute("ALTER TABLE replay DROP CONSTRAINT no_more"));
    testing.runToTheEnd();
    assertThat(testing.job(job).made()).isEqualTo(700);
    assertThat(testing.number("SELECT count(DISTINCT replay_of) FROM delivery")).isEqualTo(700);
    assertThat(testing.number(MADE)).isEqualTo(700);
  }

  @Test
  void many_nodes_and_replays_make_each_delivery_once() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    testing.fill(endpoint, "dead", 3_000, 0);
    Endpoint fresh = testing.endpoint(Order.UNORDERED);
    List<ReplayJob> jobs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      jobs.add(testing.create(testing.to(endpoint), Choice.DEAD, null));
      jobs.add(testing.create(testing.to(fresh), Choice.MISSING, null));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Callable<Boolean>> nodes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ReplayRunner runner = testing.newRunner();
        nodes.add(() -> {
          while (testing.number("SELECT count(*) FROM replay WHERE state = 'running'") > 0) {
            runner.round();
          }
          return true;
        });
      }
      for (Future<Boolean> node : threads.invokeAll(nodes)) {
        assertThat(node.get()).isTrue();
      }
    }
    assertThat(testing.number("SELECT count(DISTINCT (event_id, endpoint_id)) FROM delivery"))
        .isEqualTo(6_000);
    assertThat(testing.number(MADE)).isEqualTo(6_000);
    assertThat(jobs.stream().mapToLong(job -> testing.job(job).made()).sum()).isEqualTo(6_000);
  }

  @Test
  void an_endpoint_that_is_deleted_ends_the_replay_to_it() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    testing.fill(endpoint, "dead", 600, 0);
    ReplayJob job = testing.create(testing.to(endpoint), Choice.DEAD, null);
    testing.runner.round();
    testing.door.delete(endpoint);
    testing.runner.round();
    assertThat(testing.job(job).state()).isEqualTo(ReplayJob.State.FAILED);
    assertThat(testing.job(job).failure()).isEqualTo("the endpoint is deleted");
    assertThat(testing.job(job).made()).isEqualTo(500);
  }

  @Test
  void an_endpoint_that_this_node_does_not_know_yet_ends_no_replay() throws Exception {
    ReplayRunner late = testing.lateRunner();
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    testing.fill(endpoint, "dead", 1, 0);
    ReplayJob job = testing.create(testing.to(endpoint), Choice.DEAD, null);
    assertThat(late.round()).isTrue();
    assertThat(late.round()).isFalse();
    assertThat(testing.job(job).state()).isEqualTo(ReplayJob.State.DONE);
    assertThat(testing.job(job).made()).isEqualTo(1);
  }

  @Test
  void the_head_of_a_halted_lane_is_left_to_what_lets_the_lane_go_on() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.BLOCK);
    testing.fill(endpoint, "dead", 2, 1);
    testing
        .jdbi()
        .useHandle(handle -> {
          handle.execute(
              "UPDATE delivery SET lane_seq = 2 - number FROM (SELECT delivery_id, row_number()"
                  + " OVER (ORDER BY delivery_id DESC) - 1 AS number FROM delivery) AS numbered"
                  + " WHERE numbered.delivery_id = delivery.delivery_id");
          handle.execute(
              "INSERT INTO lane (project_id, endpoint_id, ordering_key, last_seq, done_seq, due_at,"
                  + " halted_at, halted_by) SELECT project_id, endpoint_id, ordering_key, 2, 2,"
                  + " now(), now(), delivery_id FROM delivery WHERE lane_seq = 2");
        });
    assertThat(testing.jobs.count(testing.door.projectId(), testing.to(endpoint), Choice.DEAD))
        .isEqualTo(new Counted(1, true));
    ReplayJob job = testing.create(testing.to(endpoint), Choice.DEAD, null);
    testing.runToTheEnd();
    testing.goOn();
    assertThat(testing.job(job).made()).isEqualTo(1);
    assertThat(testing.texts("SELECT lane_seq FROM delivery WHERE state = 'waiting' ORDER BY 1"))
        .containsExactly("2", "3");
    assertThat(testing.number("SELECT count(DISTINCT replay_of) FROM delivery")).isEqualTo(2);
  }

  @Test
  void what_a_node_whose_clock_is_behind_has_repeated_is_not_repeated_again() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    testing.fill(endpoint, "dead", 1, 0);
    testing
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO delivery (project_id, delivery_id, event_id, endpoint_id, state,"
                    + " attempts, due_at, replay_of) SELECT project_id, overlay(delivery_id::text"
                    + " placing '7001' from 15 for 4)::uuid, event_id, endpoint_id, 'waiting', 0,"
                    + " now(), delivery_id FROM delivery"));
    assertThat(testing.jobs.count(testing.door.projectId(), testing.to(endpoint), Choice.DEAD))
        .isEqualTo(new Counted(0, true));
  }

  @Test
  void a_replay_whose_deliveries_are_not_counted_in_time_is_shown_without() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    testing.fill(endpoint, "dead", 1, 0);
    ReplayJob job = testing.create(testing.to(endpoint), Choice.DEAD, null);
    try (ExecutorService thread = Executors.newSingleThreadExecutor();
        Connection held = testing.door.hold("LOCK TABLE delivery")) {
      Future<ReplayJobs.Progress> shown =
          thread.submit(() -> testing.jobs.find(testing.door.projectId(), job.id()).orElseThrow());
      Eventually.until(() ->
          testing.number(
                  "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity"
                      + " WHERE wait_event_type = 'Lock' AND query LIKE '%AS waiting%'")
              > 0);
      assertThat(shown.get().deliveries()).isNull();
      held.rollback();
    }
  }

  @Test
  void events_from_after_the_end_of_a_search_are_not_read() throws Exception {
    testing.fill(testing.endpoint(Order.UNORDERED), "dead", 1_200, 0);
    Endpoint fresh = testing.endpoint(Order.UNORDERED);
    Instant first =
        Uuid7.time(
            UUID.fromString(
                testing.texts("SELECT event_id FROM event ORDER BY event_id").getFirst()));
    Filter early =
        new Filter(fresh.id(), null, List.of(), null, null, first.plus(Duration.ofMillis(100)));
    ReplayJob job = testing.create(early, Choice.MISSING, null);
    assertThat(job.matched()).isEqualTo(100);
    assertThat(testing.runner.round()).as("all was looked at").isFalse();
    assertThat(testing.job(job).made()).isEqualTo(100);
  }

  @Test
  void a_search_that_takes_too_long_looks_at_less_the_next_time() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    testing.fill(endpoint, "dead", 600, 0);
    ReplayJob job = testing.create(testing.to(endpoint), Choice.DEAD, null);
    try (ExecutorService thread = Executors.newSingleThreadExecutor();
        Connection held = testing.door.hold("LOCK TABLE event")) {
      Future<Boolean> round = thread.submit(testing.runner::round);
      // What a time-out of the statement does, without waiting for it.
      Eventually.until(() ->
          testing.number(
                  "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity"
                      + " WHERE wait_event_type = 'Lock' AND query LIKE '%WITH seen AS%'")
              > 0);
      assertThat(round.get()).isFalse();
      held.rollback();
    }
    assertThat(testing.job(job).state()).isEqualTo(ReplayJob.State.RUNNING);
    testing.runner.round();
    assertThat(testing.job(job).made()).isEqualTo(250);
    testing.runToTheEnd();
    assertThat(testing.job(job).made()).isEqualTo(600);
    assertThat(testing.job(job).state()).isEqualTo(ReplayJob.State.DONE);
  }

  @Test
  void a_count_that_takes_too_long_says_that_it_is_not_complete() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    testing.fill(endpoint, "dead", 1, 0);
    try (ExecutorService thread = Executors.newSingleThreadExecutor();
        Connection held = testing.door.hold("LOCK TABLE event")) {
      Future<ReplayJob> created =
          thread.submit(() -> testing.create(testing.to(endpoint), Choice.DEAD, null));
      Eventually.until(() ->
          testing.number(
                  "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity"
                      + " WHERE wait_event_type = 'Lock' AND query LIKE '%WITH seen AS%'")
              > 0);
      assertThat(created.get().matched()).isNull();
      held.rollback();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FINISHED", "CANCELLED", "NEVER_ATTEMPTED", "DEAD"})
  void a_batch_looks_at_so_many_however_few_are_wanted(Choice choice) throws Exception {
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    testing.fill(endpoint, "waiting", 1_200, 0);
    testing
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "UPDATE delivery SET state = ?, attempts = 0, finished_at = now() WHERE"
                    + " delivery_id = (SELECT delivery_id FROM delivery ORDER BY delivery_id DESC"
                    + " LIMIT 1)",
                choice == Choice.DEAD ? "dead" : "cancelled"));
    for (Filter filter :
        List.of(testing.to(endpoint), new Filter(null, null, List.of(), null, null, null))) {
      assertThat(testing.jobs.count(testing.door.projectId(), filter, choice))
          .isEqualTo(new Counted(1, true));
    }
    ReplayJob job = testing.create(testing.to(endpoint), choice, null);
    int rounds = 1;
    while (testing.runner.round()) {
      rounds++;
    }
    assertThat(rounds).isEqualTo(choice == Choice.DEAD ? 1 : 3);
    assertThat(testing.job(job).made()).isEqualTo(1);
    assertThat(testing.job(job).state()).isEqualTo(ReplayJob.State.DONE);
  }

  @Test
  void everything_comes_to_an_end_while_operators_act_on_all_of_it() throws Exception {
    Set<String> refused = ConcurrentHashMap.newKeySet();
    try (TestingReceiver receiver = TestingReceiver.start();
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      receiver.answer(received -> refused.add(received.header("webhook-id")) ? 500 : 204);
      testing.door.endpoint(
          receiver.url("/"), "*", TestingReplays.policy(Order.BLOCK, List.of(Duration.ZERO)));
      testing.door.endpoint(
          receiver.url("/"), "*", TestingReplays.policy(Order.LATEST, List.of(Duration.ZERO)));
      testing.door.endpoint(
          receiver.url("/"), "*", TestingReplays.policy(Order.UNORDERED, List.of(Duration.ZERO)));
      Filter some = new Filter(null, null, List.of(), "key1", null, null);
      Filter all = new Filter(null, null, List.of(new TypePattern("*")), null, null, null);
      List<Future<Boolean>> acts = new ArrayList<>();
      for (int act = 0; act < 3; act++) {
        int which = act;
        acts.add(
            threads.submit(() -> {
              for (int i = 0; i < 20; i++) {
                switch (which) {
                  case 0 -> testing.cancellation.cancel(testing.door.projectId(), some, false);
                  case 1 -> {
                    testing.create(all, Choice.DEAD, null);
                    testing.runToTheEnd();
                  }
                  default -> testing.goOn();
                }
              }
              return true;
            }));
      }
      for (int i = 0; i < 300; i++) {
        testing.door.acceptor().accept(testing.door.keyed("t", "key" + i % 5, "body" + i));
      }
      for (Future<Boolean> act : acts) {
        assertThat(act.get()).isTrue();
      }
      Eventually.until(() -> {
        testing.goOn();
        return testing.number("SELECT count(*) FROM delivery WHERE state = 'waiting'") == 0;
      });
      assertThat(testing.number("SELECT count(DISTINCT event_id) FROM delivery")).isEqualTo(300);
    }
  }

  @Test
  void what_a_sparse_filter_passes_over_is_not_looked_at_again() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    testing.fill(endpoint, "dead", 2_000, 0);
    Filter sparse =
        new Filter(endpoint.id(), null, List.of(new TypePattern("type3")), null, null, null);
    assertThat(testing.jobs.count(testing.door.projectId(), sparse, Choice.DEAD))
        .isEqualTo(new Counted(200, true));
    ReplayJob job = testing.create(sparse, Choice.DEAD, null);
    testing.runner.round();
    assertThat(testing.job(job).made()).isEqualTo(50);
    testing.runToTheEnd();
    assertThat(testing.job(job).made()).isEqualTo(200);
    assertThat(testing.job(job).state()).isEqualTo(ReplayJob.State.DONE);
  }

  @Test
  void twenty_thousand_are_counted_made_and_cancelled() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.BLOCK);
    testing.fill(endpoint, "dead", 20_000, 100);
    Filter all = new Filter(null, null, List.of(), null, null, null);
    ReplayJob job = testing.create(all, Choice.DEAD, null);
    assertThat(job.matched()).isEqualTo(20_000);
    testing.runToTheEnd();
    assertThat(testing.job(job).made()).isEqualTo(20_000);
    assertThat(testing.number(MADE)).isEqualTo(20_000);
    Counted cancelled;
    do {
      cancelled =
          testing.cancellation.cancel(testing.door.projectId(), testing.to(endpoint), false);
    } while (!cancelled.complete());
    assertThat(testing.number(MADE)).isZero();
    assertThat(testing.number("SELECT count(*) FROM lane WHERE done_seq < last_seq")).isZero();
  }

  @Test
  void what_is_replayed_was_made_before_by_the_time_of_deliveries_and_not_of_the_node()
      throws Exception {
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    testing.fill(endpoint, "dead", 3, 0);
    World world = testing.door.world();
    InstantSource behind = () -> world.clock().instant().minus(Duration.ofHours(2));
    ReplayJobs jobs =
        new ReplayJobs(
            new World(behind, world.ticker(), world.random(), new Ids(behind, world.random())),
            testing.jdbi(),
            testing.door.directory(),
            testing.door.dispatcher(),
            () -> {});
    ReplayJob job =
        jobs.create(
                testing.door.projectId(), testing.keyId, testing.to(endpoint), Choice.DEAD, 100.0)
            .orElseThrow();
    assertThat(job.matched()).isEqualTo(3);
    assertThat(job.createdAt()).isAfter(world.clock().instant().minus(Duration.ofHours(1)));
    assertThat(job.nextAt()).isEqualTo(job.createdAt());
    testing.runToTheEnd();
    assertThat(testing.number(MADE)).isEqualTo(3);
  }

  @Test
  void what_is_held_is_counted_and_cancelled_too() throws Exception {
    Endpoint endpoint = testing.endpoint(Order.UNORDERED);
    int count = 2 * BulkCancellation.BATCH + 100;
    testing.fill(endpoint, "waiting", count, 0);
    testing.jdbi().useHandle(handle -> handle.execute("UPDATE delivery SET due_at = 'infinity'"));

    assertThat(testing.cancellation.cancel(testing.door.projectId(), testing.to(endpoint), true))
        .isEqualTo(new Counted(count, true));
    assertThat(testing.cancellation.cancel(testing.door.projectId(), testing.to(endpoint), false))
        .isEqualTo(new Counted(count, true));
    assertThat(testing.number("SELECT count(*) FROM delivery WHERE state = 'waiting'")).isZero();
  }
}
