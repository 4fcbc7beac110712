package dev.boathook.node;

import dev.boathook.lane.Leases;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of leases, for tests of other packages. */
public final class TestingLeases {
  private TestingLeases() {}

  /** Enters a node that goes by a time so far ahead of the store's. */
  public static void join(
      Connection connection, UUID nodeId, UUID nonce, Duration length, Duration ahead)
      throws SQLException {
    Instant time = storeTime(connection).plus(ahead);
    var _ = LeaseStatements.join(connection, nodeId, nonce, length, time);
  }

  /** Renews, gives back, ends what has expired, and reads. */
  public static Leases.Beaten beat(
      Connection connection, Leases.Step.Beat beat, Duration length, Duration ahead)
      throws SQLException {
    Instant time = storeTime(connection).plus(ahead);
    return LeaseStatements.beat(connection, beat, length, time).beaten();
  }

  /** How far ahead of the store the furthest goes that is alive; null when none is. */
  public static @Nullable Duration furthestAhead(Connection connection, Duration length)
      throws SQLException {
    LeaseStatements.Nodes nodes = LeaseStatements.nodes(connection, length);
    Instant furthest = nodes.furthest();
    return furthest == null ? null : Duration.between(nodes.storeTime(), furthest);
  }

  static Instant storeTime(Connection connection) throws SQLException {
    return LeaseStatements.nodes(connection, Leases.Term.DEFAULT.length()).storeTime();
  }

  /** Takes what is free. */
  public static Map<Integer, Long> claim(Connection connection, Leases.Step.Claim claim)
      throws SQLException {
    return LeaseStatements.claim(connection, claim);
  }

  /** Leaves. */
  public static void leave(Connection connection, UUID nonce) throws SQLException {
    LeaseStatements.leave(connection, nonce);
  }
}
