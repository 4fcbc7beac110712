package dev.boathook.bench.subject;

import dev.boathook.store.embedded.EmbeddedPostgres;
import dev.boathook.store.embedded.EmbeddedPostgresException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * A PostgreSQL as the product has it, for one program to be measured on, that counts statements.
 */
public final class Store implements AutoCloseable {
  private static final String COUNTER = "pg_stat_statements";

  /** The administrator's own do not count. */
  private static final String COUNT =
      """
      SELECT
        (SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements
          WHERE userid = (SELECT oid FROM pg_roles WHERE rolname = '%s')),
        (pg_current_wal_insert_lsn() - '0/0')::bigint
      """
          .formatted(EmbeddedPostgres.USER);

  private final EmbeddedPostgres postgres;

  private Store(EmbeddedPostgres postgres) {
    this.postgres = postgres;
  }

  /** Starts one; the folder is made if it is not there. */
  public static Store start(Path folder) throws EmbeddedPostgresException, SQLException {
    EmbeddedPostgres postgres = postgres(folder);
    boolean isReady = false;
    try {
      if (!isPreloaded(postgres)) {
        administer(postgres, "ALTER SYSTEM SET shared_preload_libraries = " + COUNTER);
        // PostgreSQL loads it only when it starts.
        postgres.close();
        postgres = postgres(folder);
      }
      administer(postgres, "CREATE EXTENSION IF NOT EXISTS " + COUNTER);
      isReady = true;
      return new Store(postgres);
    } finally {
      if (!isReady) {
        postgres.close();
      }
    }
  }

  private static EmbeddedPostgres postgres(Path folder) throws EmbeddedPostgresException {
    return EmbeddedPostgres.start(
        EmbeddedPostgres.Options.of(folder), new SecureRandom(), pid -> {});
  }

  private static boolean isPreloaded(EmbeddedPostgres postgres) throws SQLException {
    try (Connection connection = administrator(postgres);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW shared_preload_libraries")) {
      row.next();
      return row.getString(1).contains(COUNTER);
    }
  }

  private static void administer(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = administrator(postgres);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection administrator(EmbeddedPostgres postgres) throws SQLException {
    return DriverManager.getConnection(
        postgres.jdbcUrl(), EmbeddedPostgres.ADMINISTRATOR, postgres.password());
  }

  /** A connection of the program's role. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), user(), password());
  }

  /** Where to connect. */
  public String jdbcUrl() {
    return postgres.jdbcUrl();
  }

  /** The program's role, which owns the database. */
  public String user() {
    return postgres.user();
  }

  /** The role's password. */
  public String password() {
    return postgres.password();
  }

  /** Writes out what is changed, so that it is not written while something is measured. */
  public void checkpoint() throws SQLException {
    administer(postgres, "CHECKPOINT");
  }

  /**
   * What was used so far.
   *
   * @param javaCpu of the program that uses this
   */
  Usage usage(Duration javaCpu) throws SQLException, IOException {
    ProcessHandle postmaster =
        ProcessHandle.of(postgres.pid())
            .orElseThrow(() -> new IOException("PostgreSQL does not run"));
    Duration postgresCpu = Processes.cpuOfTree(postmaster);
    try (Connection connection = administrator(postgres);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(COUNT)) {
      row.next();
      return new Usage(row.getLong(1), row.getLong(2), javaCpu, postgresCpu);
    }
  }

  /** Stops it; what is in the folder stays. */
  @Override
  public void close() {
    postgres.close();
  }
}
