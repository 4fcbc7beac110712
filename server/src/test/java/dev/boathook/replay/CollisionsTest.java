package dev.boathook.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Eventually;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Order;
import dev.boathook.store.TestingDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operators meet others in the middle of what they do. */
@Timeout(60)
class CollisionsTest {
  private final TestingDatabase database = TestingDatabase.freshDatabase();
  @TempDir private Path folder;
  private TestingReplays testing;
  private Endpoint endpoint;
  private ExecutorService operator;

  @BeforeEach
  void open() throws Exception {
    testing = new TestingReplays(database, folder);
    endpoint = testing.endpoint(Order.BLOCK);
    operator = Executors.newVirtualThreadPerTaskExecutor();
  }

  @AfterEach
  void nothingIsLost() {
    operator.close();
    assertThat(testing.balanced()).isTrue();
    testing.close();
  }

  /** Fills a lane with so many, which wait, and answers them in their order. */
  private List<String> lane(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      testing.door.acceptor().accept(testing.door.keyed("t", "key", "body" + i));
    }
    return testing.texts("SELECT delivery_id FROM delivery ORDER BY lane_seq");
  }

  private void awaitLocked(int waiting) throws Exception {
    Eventually.until(() ->
        testing.number("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted") == waiting);
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String lock(String deliveryId) {
    return "SELECT FROM delivery WHERE delivery_id = '" + deliveryId + "' FOR UPDATE";
  }

  /** The head of the lane dies, and the lane halts behind it. */
  private static String dies(String deliveryId, int place) {
    return """
    UPDATE delivery SET state = 'dead', attempts = 1, finished_at = now()
    WHERE delivery_id = '%1$s';
    UPDATE lane SET done_seq = %2$d, halted_at = now(), halted_by = '%1$s'\
    """
        .formatted(deliveryId, place);
  }

  @Test
  void a_lane_that_halts_anew_while_it_is_drained_stays_halted() throws Exception {
    List<String> lane = lane(4);
    testing.door.change(dies(lane.get(0), 1));
    Future<Lanes.Result> drained;
    try (Connection other = testing.door.hold(lock(lane.get(1)))) {
      drained =
          operator.submit(() ->
              testing.lanes.act(
                  Lanes.Action.DRAIN, testing.door.projectId(), endpoint.id(), "key"));
      awaitLocked(1);
      // Somebody has let it go on, and the next one has died.
      run(other, dies(lane.get(1), 2));
      other.commit();
    }

    assertThat(drained.get()).isEqualTo(new Lanes.Result.GoesOn(0, 2));
    assertThat(testing.texts("SELECT halted_by FROM lane")).containsExactly(lane.get(1));
    assertThat(testing.texts("SELECT state FROM delivery ORDER BY lane_seq"))
        .containsExactly("dead", "dead", "cancelled", "cancelled");
    assertThat(testing.lanes.act(Lanes.Action.SKIP, testing.door.projectId(), endpoint.id(), "key"))
        .isEqualTo(new Lanes.Result.GoesOn(0, 0));
  }

  @Test
  void who_is_given_up_in_a_deadlock_tries_again() throws Exception {
    List<String> lane = lane(2);
    Future<Counted> cancelled;
    try (Connection other = database.connectAsAdministrator();
        Connection gate = testing.door.hold(lock(lane.get(1)))) {
      // It waits without looking for a circle, so that the operator is the one who finds it.
      run(other, "SET deadlock_timeout = '10 min'; SET search_path TO boathook");
      other.setAutoCommit(false);
      run(other, "SELECT FROM lane FOR UPDATE");
      cancelled =
          operator.submit(() ->
              testing.cancellation.cancel(testing.door.projectId(), testing.to(endpoint), false));
      awaitLocked(1);
      Future<Boolean> circle =
          operator.submit(() -> {
            run(other, lock(lane.get(0)));
            return true;
          });
      awaitLocked(2);
      gate.rollback();
      assertThat(circle.get()).as("the operator was given up").isTrue();
      assertThat(cancelled.isDone()).isFalse();
      other.rollback();
    }

    assertThat(cancelled.get()).isEqualTo(new Counted(2, true));
    assertThat(testing.texts("SELECT done_seq FROM lane")).containsExactly("2");
  }
}
