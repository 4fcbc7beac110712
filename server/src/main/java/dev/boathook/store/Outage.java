package dev.boathook.store;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Set;
import org.jdbi.v3.core.ConnectionException;
import org.jspecify.annotations.Nullable;

/** Tells a database that is away, or has no room, from a statement that is wrong. */
public final class Outage {
  /**
   * Classes of SQLSTATE: connection exception, transaction rollback (a deadlock), insufficient
   * resources, operator intervention (which is also what a time-out of ours looks like); a server
   * that is a standby or ended our idle transaction, and an error of its file system.
   */
  private static final Set<String> CLASSES = Set.of("08", "25", "40", "53", "57", "58");

  private static final String DEADLOCK_DETECTED = "40P01";
  private static final String QUERY_CANCELED = "57014";

  private Outage() {}

  /** Whether a statement was given up since it took longer than it may. */
  public static boolean isTimeout(Throwable failure) {
    return hasState(failure, QUERY_CANCELED);
  }

  /** Whether a transaction was given up since it and others waited for each other. */
  public static boolean isDeadlock(Throwable failure) {
    return hasState(failure, DEADLOCK_DETECTED);
  }

  private static boolean hasState(Throwable failure, String state) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && state.equals(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  /** Whether the failure is the database's and may be over when the same is tried again. */
  public static boolean caused(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectionException
          || cause instanceof SQLTransientException
          || (cause instanceof SQLException sql && isOutage(sql.getSQLState()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOutage(@Nullable String state) {
    return state != null && state.length() == 5 && CLASSES.contains(state.substring(0, 2));
  }
}
