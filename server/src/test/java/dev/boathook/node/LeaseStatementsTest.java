package dev.boathook.node;

import static java.time.Duration.ZERO;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Two nodes that want the same shards at the same moment, and the time by which nodes go. */
class LeaseStatementsTest {
  private static final int SHARD = 7;

  /** Two readings of the clock on a busy machine. */
  private static final Duration NEAR = Duration.ofSeconds(5);

  private static final UUID EARLIER = new UUID(0, 1);
  private static final UUID LATER = new UUID(0, 2);

  @Test
  void a_shard_is_not_taken_from_who_joined_and_claimed_it_meanwhile() throws Exception {
    try (Database database = open(TestingDatabase.freshDatabase());
        ExecutorService claiming = Executors.newVirtualThreadPerTaskExecutor();
        Connection earlier = database.hotConnection();
        Connection later = database.hotConnection()) {
      TestingLeases.join(earlier, EARLIER, EARLIER, Duration.ofMinutes(1), Duration.ZERO);
      Leases.Step.Claim claim = new Leases.Step.Claim(EARLIER, List.of(SHARD));
      later.setAutoCommit(false);
      execute(later, "SELECT FROM shard WHERE shard = " + SHARD + " FOR UPDATE");
      Future<Map<Integer, Long>> taken =
          claiming.submit(() -> LeaseStatements.claim(earlier, claim));
      // It looked who is there before the other joined, and waits for the row.
      Eventually.until(() -> waits(database));
      TestingLeases.join(later, LATER, LATER, Duration.ofMinutes(1), Duration.ZERO);
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

  @Test
  void a_node_that_starts_goes_by_the_time_of_those_that_are_alive() throws Exception {
    Duration length = Leases.Term.DEFAULT.length();
    Duration hour = Duration.ofHours(1);
    try (Database database = open(TestingDatabase.freshDatabase());
        Connection connection = database.hotConnection()) {
      assertThat(startsAhead(database, connection)).as("nobody lives").isCloseTo(ZERO, NEAR);
      TestingLeases.join(connection, EARLIER, EARLIER, length, hour);
      TestingLeases.join(connection, LATER, LATER, length, hour.dividedBy(2));
      assertThat(startsAhead(database, connection)).isCloseTo(hour, NEAR);

      // The store's clock is set back by an hour: nobody else's time goes back by that.
      execute(connection, "UPDATE node SET expires_at = expires_at + interval '1 hour'");
      assertThat(startsAhead(database, connection)).isCloseTo(hour.multipliedBy(2), NEAR);

      Leases.Step.Beat beat = new Leases.Step.Beat(LATER, List.of(), false, false);
      TestingLeases.beat(connection, beat, length, hour.dividedBy(2));
      execute(
          connection, "UPDATE node SET expires_at = '2000-01-01' WHERE nonce = '" + EARLIER + "'");
      assertThat(startsAhead(database, connection))
          .as("a lease that has run out says nothing")
          .isCloseTo(hour.dividedBy(2), NEAR);
    }
  }

  @Test
  void a_node_that_stops_has_no_share_and_has_one_again_when_it_joins() throws Exception {
    Duration length = Leases.Term.DEFAULT.length();
    try (Database database = open(TestingDatabase.freshDatabase());
        Connection connection = database.hotConnection()) {
      TestingLeases.join(connection, EARLIER, EARLIER, length, ZERO);
      TestingLeases.join(connection, LATER, LATER, length, ZERO);
      Leases.Step.Beat stops = new Leases.Step.Beat(EARLIER, List.of(), true, true);
      Leases.Step.Beat stays = new Leases.Step.Beat(LATER, List.of(), true, false);
      assertThat(TestingLeases.beat(connection, stays, length, ZERO).nodes()).isEqualTo(2);

      var _ = LeaseStatements.claim(connection, new Leases.Step.Claim(EARLIER, List.of(SHARD)));
      assertThat(TestingLeases.beat(connection, stops, length, ZERO).alive()).isTrue();
      Leases.Beaten beaten = TestingLeases.beat(connection, stays, length, ZERO);
      assertThat(beaten.nodes()).isEqualTo(1);
      assertThat(beaten.shards())
          .as("what it is busy with is still its own")
          .contains(new Leases.Row(SHARD, 1, EARLIER));

      TestingLeases.join(connection, EARLIER, EARLIER, length, ZERO);
      assertThat(TestingLeases.beat(connection, stays, length, ZERO).nodes()).isEqualTo(2);
    }
  }

  @Test
  void when_the_stores_clock_is_set_back_a_node_that_is_gone_keeps_its_shards_for_one_lease()
      throws Exception {
    Duration length = Leases.Term.DEFAULT.length();
    Duration hour = Duration.ofHours(1);
    try (Database database = open(TestingDatabase.freshDatabase());
        Connection connection = database.hotConnection()) {
      TestingLeases.join(connection, EARLIER, EARLIER, length, ZERO);
      TestingLeases.join(connection, LATER, LATER, length, ZERO);
      execute(
          connection,
          "UPDATE node SET expires_at = expires_at + interval '1 hour' WHERE nonce = '"
              + EARLIER
              + "'");
      Leases.Step.Beat beat = new Leases.Step.Beat(LATER, List.of(), true, false);

      assertThat(TestingLeases.beat(connection, beat, length, ZERO).nodes())
          .as("it has one lease to renew its own")
          .isEqualTo(2);
      assertThat(leaseLeft(connection, EARLIER)).isCloseTo(length, NEAR);
      assertThat(TestingLeases.furthestAhead(connection, length))
          .as("its time does not go back")
          .isCloseTo(hour, NEAR);

      execute(
          connection,
          "UPDATE node SET expires_at = expires_at - interval '%d ms' WHERE nonce = '%s'"
              .formatted(length.toMillis(), EARLIER));
      assertThat(TestingLeases.beat(connection, beat, length, ZERO).nodes()).isEqualTo(1);
    }
  }

  @Test
  void two_who_shorten_each_others_leases_do_not_wait_for_each_other() throws Exception {
    Duration length = Leases.Term.DEFAULT.length();
    try (Database database = open(TestingDatabase.freshDatabase());
        Connection connection = database.hotConnection();
        Connection renewing = database.hotConnection()) {
      TestingLeases.join(connection, EARLIER, EARLIER, length, ZERO);
      TestingLeases.join(connection, LATER, LATER, Duration.ofHours(1), ZERO);
      renewing.setAutoCommit(false);
      execute(renewing, "SELECT FROM node WHERE nonce = '" + LATER + "' FOR UPDATE");
      execute(connection, "SET lock_timeout = '2s'");

      Leases.Step.Beat beat = new Leases.Step.Beat(EARLIER, List.of(), true, false);
      assertThat(TestingLeases.beat(connection, beat, length, ZERO).alive()).isTrue();
      assertThat(leaseLeft(connection, LATER)).isCloseTo(Duration.ofHours(1), NEAR);
      renewing.rollback();
      renewing.setAutoCommit(true);
    }
  }

  private static Duration leaseLeft(Connection connection, UUID nonce) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT extract(epoch FROM expires_at - clock_timestamp())::bigint FROM node"
                    + " WHERE nonce = '%s'".formatted(nonce))) {
      row.next();
      return Duration.ofSeconds(row.getLong(1));
    }
  }

  private static Duration startsAhead(Database database, Connection connection) throws Exception {
    Instant time = Node.time(database, Leases.Term.DEFAULT);
    return Duration.between(TestingLeases.storeTime(connection), time);
  }

  private static Database open(TestingDatabase testing) throws Exception {
    return Database.open(
        new Target(testing.url(), Optional.of(testing.user()), Optional.of(testing.password())));
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
