package dev.boathook.node;

import dev.boathook.lane.Leases;
import dev.boathook.store.Columns;
import dev.boathook.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of leases; each method is one transaction. */
final class LeaseStatements {
  private static final String JOIN = Sql.of(LeaseStatements.class, "join");
  private static final String RENEW = Sql.of(LeaseStatements.class, "renew");
  private static final String GIVE_BACK = Sql.of(LeaseStatements.class, "give_back");
  private static final String END_EXPIRED = Sql.of(LeaseStatements.class, "end_expired");
  private static final String NODES = Sql.of(LeaseStatements.class, "nodes");
  private static final String SHARDS = Sql.of(LeaseStatements.class, "shards");
  private static final String CLAIM = Sql.of(LeaseStatements.class, "claim");
  private static final String LEAVE = Sql.of(LeaseStatements.class, "leave");

  private LeaseStatements() {}

  /**
   * An answer to a beat.
   *
   * @param storeTime null when the lease was not there
   * @param furthest the furthest time by which a node goes that is alive
   * @param ended how many leases of others it has ended
   */
  record Beat(
      Leases.Beaten beaten, @Nullable Instant storeTime, @Nullable Instant furthest, int ended) {}

  /**
   * Who is there.
   *
   * @param count how many have a share: those that do not stop
   * @param furthest the furthest time by which a node goes that is alive; null when none is
   */
  record Nodes(int count, Instant storeTime, @Nullable Instant furthest) {}

  /**
   * Enters the node.
   *
   * @param time by which it goes
   * @return the store's time
   */
  static Instant join(Connection connection, UUID nodeId, UUID nonce, Duration length, Instant time)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(JOIN)) {
      statement.setObject(1, nodeId);
      statement.setObject(2, nonce);
      statement.setLong(3, length.toMillis());
      statement.setTimestamp(4, Timestamp.from(time));
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return Columns.instant(row, 1);
      }
    }
  }

  /**
   * Renews, gives back, ends what has expired, and reads.
   *
   * @param time by which the node goes
   */
  static Beat beat(Connection connection, Leases.Step.Beat beat, Duration length, Instant time)
      throws SQLException {
    connection.setAutoCommit(false);
    Instant storeTime = null;
    try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
      statement.setLong(1, length.toMillis());
      statement.setTimestamp(2, Timestamp.from(time));
      statement.setBoolean(3, beat.stopping());
      statement.setObject(4, beat.nonce());
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          storeTime = Columns.instant(row, 1);
        }
      }
    }
    if (storeTime == null) {
      connection.rollback();
      connection.setAutoCommit(true);
      return new Beat(new Leases.Beaten(false, 0, List.of()), null, null, 0);
    }
    if (!beat.giveBack().isEmpty()) {
      try (PreparedStatement statement = connection.prepareStatement(GIVE_BACK)) {
        statement.setObject(1, beat.nonce());
        statement.setArray(2, connection.createArrayOf("int4", beat.giveBack().toArray()));
        statement.executeUpdate();
      }
    }
    int ended = 0;
    if (beat.endExpired()) {
      try (PreparedStatement statement = connection.prepareStatement(END_EXPIRED)) {
        statement.setLong(1, length.toMillis());
        statement.setLong(2, length.toMillis());
        ended = statement.executeUpdate();
      }
    }
    Nodes nodes = nodes(connection, length);
    List<Leases.Row> shards = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(SHARDS);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        shards.add(new Leases.Row(row.getInt(1), row.getLong(2), row.getObject(3, UUID.class)));
      }
    }
    connection.commit();
    connection.setAutoCommit(true);
    return new Beat(
        new Leases.Beaten(true, nodes.count(), shards), storeTime, nodes.furthest(), ended);
  }

  /**
   * Reads who is there.
   *
   * @param length of their leases
   */
  static Nodes nodes(Connection connection, Duration length) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NODES)) {
      statement.setLong(1, length.toMillis());
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        Instant furthest = row.getTimestamp(3) == null ? null : Columns.instant(row, 3);
        return new Nodes(row.getInt(1), Columns.instant(row, 2), furthest);
      }
    }
  }

  /** Takes the shards that are free; answers those that were, with their epochs. */
  static Map<Integer, Long> claim(Connection connection, Leases.Step.Claim claim)
      throws SQLException {
    Map<Integer, Long> taken = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(CLAIM)) {
      statement.setArray(1, connection.createArrayOf("int4", claim.shards().toArray()));
      statement.setObject(2, claim.nonce());
      statement.setObject(3, claim.nonce());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          taken.put(row.getInt(1), row.getLong(2));
        }
      }
    }
    return taken;
  }

  static void leave(Connection connection, UUID nonce) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LEAVE)) {
      statement.setObject(1, nonce);
      statement.executeUpdate();
    }
  }
}
