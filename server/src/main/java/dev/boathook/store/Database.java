package dev.boathook.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.StatementExceptions.MessageRendering;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The connections to one PostgreSQL database whose schema is up to date and whose settings keep the
 * promise that a committed event survives.
 */
public final class Database implements AutoCloseable {
  /** Tables live in a schema of their own, so that a database can be shared with other programs. */
  public static final String SCHEMA = "boathook";

  /** The oldest PostgreSQL: NULLS NOT DISTINCT is of 15. */
  public static final int OLDEST_MAJOR_VERSION = 15;

  /**
   * A node that stands still in the middle of a transaction must not hold up the others with its
   * locks.
   */
  private static final String USUAL = "-c jit=off -c idle_in_transaction_session_timeout=5000";

  private static final String HOT =
      USUAL + " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";

  private static final int ACCEPT_CONNECTIONS = 2;
  private static final int HOT_CONNECTIONS = 8;
  private static final int COLD_CONNECTIONS = 8;
  private static final int INNER_CONNECTIONS = 2;
  private static final long CONNECTION_TIMEOUT_MILLIS = 3_000;
  private static final int LOGIN_TIMEOUT_SECONDS = 3;

  /** The first connection of a process that has hardly a processor takes some seconds. */
  private static final int START_TIMEOUT_SECONDS = 15;

  private static final int SOCKET_TIMEOUT_SECONDS = 60;

  /** What is not answered by then comes too late to be of use for a lease. */
  private static final int LEASE_TIMEOUT_SECONDS = 5;

  private final HikariDataSource accept;
  private final HikariDataSource hot;
  private final HikariDataSource cold;
  private final HikariDataSource inner;
  private final HikariDataSource lease;
  private final HikariDataSource record;
  private final PGSimpleDataSource plain;
  private final Jdbi jdbi;
  private final Jdbi innerJdbi;

  private Database(
      HikariDataSource accept,
      HikariDataSource hot,
      HikariDataSource cold,
      HikariDataSource inner,
      HikariDataSource lease,
      HikariDataSource record,
      PGSimpleDataSource plain) {
    this.record = record;
    this.lease = lease;
    this.plain = plain;
    this.inner = inner;
    this.innerJdbi = jdbi(inner);
    this.accept = accept;
    this.hot = hot;
    this.cold = cold;
    this.jdbi = jdbi(cold);
  }

  /**
   * Connects, checks the server, brings the schema up to date.
   *
   * @throws StoreException when the server cannot be reached ({@code database_unreachable}), is too
   *     old ({@code database_version}), would lose committed data ({@code database_not_durable}),
   *     or its schema cannot be migrated ({@code database_schema})
   */
  public static Database open(Target target) throws StoreException {
    PGSimpleDataSource plain = dataSource(target);
    PGSimpleDataSource first = dataSource(target);
    first.setLoginTimeout(START_TIMEOUT_SECONDS);
    first.setConnectTimeout(START_TIMEOUT_SECONDS);
    try (Connection connection = first.getConnection()) {
      checkServer(connection);
    } catch (SQLException e) {
      throw new StoreException(
          "database_unreachable",
          "cannot connect to " + target.shownUrl() + ": " + e.getMessage(),
          e);
    }
    migrate(first);
    // The statements around attempts join a handful of rows from arrays with partitioned tables.
    // The
    // planner knows no row counts of such arrays and may choose to read whole partitions: on these
    // connections it may not. Accepting joins its arrays with each other, for which hashing is
    // best.
    HikariDataSource accept = pool(target, "accept", ACCEPT_CONNECTIONS, USUAL);
    HikariDataSource hot = pool(target, "hot", HOT_CONNECTIONS, HOT);
    return new Database(
        accept,
        hot,
        pool(target, "cold", COLD_CONNECTIONS, USUAL),
        pool(target, "inner", INNER_CONNECTIONS, USUAL),
        pool(target, "lease", 1, USUAL, LEASE_TIMEOUT_SECONDS),
        pool(target, "record", 1, HOT),
        plain);
  }

  private static Jdbi jdbi(HikariDataSource pool) {
    Jdbi jdbi = Jdbi.create(pool);
    // Exceptions are logged; what was bound may hold what must not be.
    jdbi.getConfig(StatementExceptions.class).setMessageRendering(MessageRendering.NONE);
    jdbi.registerArrayType(UUID.class, "uuid");
    jdbi.registerArrayType(String.class, "text");
    jdbi.registerArrayType(Long.class, "int8");
    return jdbi;
  }

  static PGSimpleDataSource dataSource(Target target) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(target.url());
    target.user().ifPresent(source::setUser);
    target.password().ifPresent(source::setPassword);
    source.setApplicationName("boathook");
    source.setCurrentSchema(SCHEMA);
    source.setLoginTimeout(LOGIN_TIMEOUT_SECONDS);
    source.setConnectTimeout(LOGIN_TIMEOUT_SECONDS);
    source.setSocketTimeout(SOCKET_TIMEOUT_SECONDS);
    source.setTcpKeepAlive(true);
    // The detail of an error quotes rows.
    source.setLogServerErrorDetail(false);
    return source;
  }

  private static HikariDataSource pool(Target target, String name, int size, String options) {
    return pool(target, name, size, options, SOCKET_TIMEOUT_SECONDS);
  }

  private static HikariDataSource pool(
      Target target, String name, int size, String options, int timeoutSeconds) {
    PGSimpleDataSource source = dataSource(target);
    source.setOptions(options);
    source.setSocketTimeout(timeoutSeconds);
    HikariConfig config = new HikariConfig();
    config.setPoolName("boathook-" + name);
    config.setDataSource(source);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  private static void checkServer(Connection connection) throws SQLException, StoreException {
    int major = connection.getMetaData().getDatabaseMajorVersion();
    if (major < OLDEST_MAJOR_VERSION) {
      throw new StoreException(
          "database_version",
          "PostgreSQL " + OLDEST_MAJOR_VERSION + " or newer is needed; this is " + major);
    }
    List<String> off = new ArrayList<>();
    for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
      String value = show(connection, setting);
      // synchronous_commit has on, local, remote_write and remote_apply, which all flush here.
      if (value.equals("off")) {
        off.add(setting);
      }
    }
    if (!off.isEmpty()) {
      throw new StoreException(
          "database_not_durable",
          "this PostgreSQL may lose committed events: "
              + String.join(", ", off)
              + (off.size() == 1 ? " is off." : " are off.")
              + " Turn on what is off and start again.");
    }
  }

  private static String show(Connection connection, String setting) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW " + setting)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void migrate(PGSimpleDataSource source) throws StoreException {
    try {
      Flyway.configure()
          .dataSource(source)
          .schemas(SCHEMA)
          .defaultSchema(SCHEMA)
          .locations("classpath:dev/boathook/store/migrations")
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new StoreException(
          "database_schema", "the schema cannot be brought up to date: " + e.getMessage(), e);
    }
  }

  /** A connection for accepting. */
  public Connection acceptConnection() throws SQLException {
    return accept.getConnection();
  }

  /** A connection for the statements around attempts. */
  public Connection hotConnection() throws SQLException {
    return hot.getConnection();
  }

  /** The one connection for outcomes, which must not wait for those who read. */
  public Connection recordConnection() throws SQLException {
    return record.getConnection();
  }

  /** The one connection for leases, with a short time-out. */
  public Connection leaseConnection() throws SQLException {
    return lease.getConnection();
  }

  /** A connection of the caller's own, in no pool. */
  public Connection listeningConnection() throws SQLException {
    return plain.getConnection();
  }

  /** For what the server itself must read at any time, however many slow questions the API has. */
  public Jdbi innerJdbi() {
    return innerJdbi;
  }

  /** Everything else. */
  public Jdbi jdbi() {
    return jdbi;
  }

  /** Whether the server answers a trivial query now. */
  public boolean answers() {
    try (Connection connection = inner.getConnection()) {
      return connection.isValid(LOGIN_TIMEOUT_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() {
    accept.close();
    hot.close();
    cold.close();
    inner.close();
    lease.close();
    record.close();
  }
}
