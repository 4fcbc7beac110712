package dev.boathook.store;

import org.jdbi.v3.core.statement.StatementException;
import org.postgresql.util.PSQLException;

/** Another one of the same kind has the name already. */
public final class NameTakenException extends Exception {
  private static final String UNIQUE_VIOLATION = "23505";

  /** The name that is taken. */
  public NameTakenException(String name) {
    super("the name '" + name + "' is taken");
  }

  /**
   * This exception when the statement failed because of a unique index.
   *
   * @throws StatementException the failure itself, when it has another reason
   */
  public static NameTakenException from(StatementException failure, String name) {
    if (failure.getCause() instanceof PSQLException cause
        && UNIQUE_VIOLATION.equals(cause.getSQLState())) {
      return new NameTakenException(name);
    }
    throw failure;
  }
}
