package dev.boathook.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Eventually;
import dev.boathook.lane.Leases;
import dev.boathook.store.Database;
import dev.boathook.store.Target;
import dev.boathook.store.TestingDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Two nodes that want the same shards at the same moment. */
class LeaseStatementsTest {
  private static final int SHARD = 7;
  private static final UUID EARLIER = new UUID(0, 1);
  private static final UUID LATER = new UUID(0, 2);

  @Test
  void a_shard_is_not_taken_from_who_joined_and_claimed_it_meanwhile() throws Exception {
    TestingDatabase testing = TestingDatabase.freshDatabase();
    try (Database database =
            Database.open(
                new Target(
                    testing.url(), Optional.of(testing.user()), Optional.of(testing.password())));
        ExecutorService claiming = Executors.newVirtualThreadPerTaskExecutor();
        Connection earlier = database.hotConnection();
        Connection later = database.hotConnection()) {
      var _ = LeaseStatements.join(earlier, EARLIER, EARLIER, Duration.ofMinutes(1));
      Leases.Step.Claim claim = new Leases.Step.Claim(EARLIER, List.of(SHARD));
      later.setAutoCommit(false);
      execute(later, "SELECT FROM shard WHERE shard = " + SHARD + " FOR UPDATE");
      Future<Map<Integer, Long>> taken =
          claiming.submit(() -> LeaseStatements.claim(earlier, claim));
      // It looked who is there before the other joined, and waits for the row.
      Eventually.until(() -> waits(database));
      var _ = LeaseStatements.join(later, LATER, LATER, Duration.ofMinutes(1));
      assertThat(LeaseStatements.claim(later, new Leases.Step.Claim(LATER, List.of(SHARD))))
          .containsExactly(Map.entry(SHARD, 1L));
      later.commit();
      later.setAutoCommit(true);

      assertThat(taken.get()).as("the other holds it").isEmpty();
      assertThat(LeaseStatements.claim(earlier, claim)).isEmpty();
      execute(later, "DELETE FROM node WHERE nonce = '" + LATER + "'");
      assertThat(LeaseStatements.claim(earlier, claim)).containsExactly(Map.entry(SHARD, 2L));
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static boolean waits(Database database) throws SQLException {
    try (Connection connection = database.hotConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")) {
      row.next();
      return row.getBoolean(1);
    }
  }
}
