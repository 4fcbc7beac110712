package dev.boathook.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** How PostgreSQL plans the statements of one transaction, from when it is said to its end. */
public final class Planning {
  private static final String PLAN_BY_KEYS = Sql.of(Planning.class, "plan_by_keys");

  private Planning() {}

  /** Tables are read by their indexes and never as a whole. */
  public static void byKeys(Connection connection) throws SQLException {
    plan(connection, "auto");
  }

  /**
   * The same, and statements are planned for the very values that they are given: for those of
   * which the values decide which index serves.
   */
  public static void byKeysAndValues(Connection connection) throws SQLException {
    plan(connection, "force_custom_plan");
  }

  private static void plan(Connection connection, String cacheMode) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PLAN_BY_KEYS)) {
      statement.setString(1, cacheMode);
      statement.execute();
    }
  }
}
