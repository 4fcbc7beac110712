package dev.boathook.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a database for one server, by an advisory lock on a connection of its own: two servers that
 * deliver from one table would deliver everything twice. The lock goes with the connection, so a
 * server that was killed leaves none behind.
 */
public final class SingleServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SingleServer.class);
  private static final String HOLD = Sql.of(SingleServer.class, "hold_database");
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final int VALID_TIMEOUT_SECONDS = 3;

  /** How long a server that is stopping is waited for; and a dead client's host is noticed soon. */
  private static final String OPTIONS =
      "-c lock_timeout=5s -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5"
          + " -c tcp_keepalives_count=3";

  private final PGSimpleDataSource source;
  private @Nullable Connection connection;

  private SingleServer(PGSimpleDataSource source) {
    this.source = source;
  }

  /**
   * Takes the database.
   *
   * @throws StoreException with code {@code database_in_use} when another server has it
   */
  public static SingleServer hold(Target target) throws StoreException {
    PGSimpleDataSource source = Database.dataSource(target);
    source.setOptions(OPTIONS);
    SingleServer server = new SingleServer(source);
    try {
      if (!server.take()) {
        throw new StoreException(
            "database_in_use", "another Boathook uses this database; stop it first");
      }
      return server;
    } catch (SQLException e) {
      throw new StoreException(
          "database_unreachable", "the database cannot be held: " + e.getMessage(), e);
    }
  }

  private synchronized boolean take() throws SQLException {
    Connection fresh = source.getConnection();
    boolean taken = false;
    try (Statement statement = fresh.createStatement()) {
      statement.execute(HOLD);
      taken = true;
      connection = fresh;
      return true;
    } catch (SQLException e) {
      if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    } finally {
      if (!taken) {
        fresh.close();
      }
    }
  }

  /**
   * Sees to it that the database is held still, after a restart of PostgreSQL for example.
   *
   * @return false when another server has taken it meanwhile
   * @throws SQLException when nobody can say, since the database does not answer
   */
  public synchronized boolean isHeld() throws SQLException {
    if (connection != null && connection.isValid(VALID_TIMEOUT_SECONDS)) {
      return true;
    }
    close();
    return take();
  }

  @Override
  public synchronized void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.info("the connection that held the database was gone: {}", e.getMessage());
      }
      connection = null;
    }
  }
}
