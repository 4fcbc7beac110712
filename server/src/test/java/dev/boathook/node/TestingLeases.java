package dev.boathook.node;

import dev.boathook.lane.Leases;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** The statements of leases, for tests of other packages. */
public final class TestingLeases {
  private TestingLeases() {}

  /** Enters a node. */
  public static void join(Connection connection, UUID nodeId, UUID nonce, Duration length)
      throws SQLException {
    LeaseStatements.join(connection, nodeId, nonce, length);
  }

  /** Renews, gives back, ends what has expired, and reads. */
  public static Leases.Beaten beat(Connection connection, Leases.Step.Beat beat, Duration length)
      throws SQLException {
    return LeaseStatements.beat(connection, beat, length).beaten();
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
