package dev.boathook.store;

import dev.boathook.store.embedded.EmbeddedPostgres;
import dev.boathook.store.embedded.EmbeddedPostgresException;
import dev.boathook.store.embedded.RestartListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * An empty database on the one PostgreSQL that a test JVM shares: the real embedded server with its
 * real durability settings, started at the first use and stopped when the JVM ends.
 *
 * @param url the JDBC URL
 * @param user owns the database and is no superuser
 * @param password of the user
 */
public record TestingDatabase(String url, String user, String password) {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Makes a new empty database; 0.1 to 0.3 s of mostly writing, so share one within a class. */
  public static TestingDatabase freshDatabase() {
    EmbeddedPostgres postgres = Shared.POSTGRES;
    String name = "test_" + COUNT.incrementAndGet();
    try (Connection connection = administrator(postgres, EmbeddedPostgres.ADMINISTRATOR);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE DATABASE %s OWNER %s STRATEGY wal_log".formatted(name, EmbeddedPostgres.USER));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return new TestingDatabase(url(postgres, name), postgres.user(), postgres.password());
  }

  /** A new connection as the user. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }

  /** A new connection to this database as the superuser. */
  public Connection connectAsAdministrator() throws SQLException {
    return administrator(Shared.POSTGRES, url.substring(url.lastIndexOf('/') + 1));
  }

  @Override
  public String toString() {
    return "TestingDatabase[" + url + "]";
  }

  private static Connection administrator(EmbeddedPostgres postgres, String database)
      throws SQLException {
    return DriverManager.getConnection(
        url(postgres, database), EmbeddedPostgres.ADMINISTRATOR, postgres.password());
  }

  private static String url(EmbeddedPostgres postgres, String database) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.port(), database);
  }

  /** Its loading is the start; the class loader sees that there is only one. */
  private static final class Shared {
    static final EmbeddedPostgres POSTGRES = start();

    private static EmbeddedPostgres start() {
      try {
        Path folder = Files.createTempDirectory("boathook-test-");
        EmbeddedPostgres postgres =
            EmbeddedPostgres.start(
                EmbeddedPostgres.Options.of(folder), new SecureRandom(), RestartListener.NONE);
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(() -> {
                  postgres.close();
                  delete(folder);
                }));
        return postgres;
      } catch (IOException | EmbeddedPostgresException e) {
        throw new IllegalStateException(e);
      }
    }

    private static void delete(Path folder) {
      try (Stream<Path> paths = Files.walk(folder)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
