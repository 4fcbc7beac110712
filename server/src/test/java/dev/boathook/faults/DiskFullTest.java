package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.boathook.TestingReceiver;
import dev.boathook.store.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data folder on a small file system of its own that fills up, and has room again. */
class DiskFullTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration FULL = Duration.ofSeconds(4);
  private static final int SIZE_MEBIBYTES = 400;
  private static final int CHUNK_BYTES = 64 << 10;

  @Test
  void a_full_disk_costs_503s_and_nothing_that_was_accepted(@TempDir Path folder) throws Exception {
    int rounds = Rounds.of(1, 5);
    assumeTrue(Files.getAttribute(folder, "unix:uid").equals(0), "only root may mount");
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + SIZE_MEBIBYTES + "m", "tmpfs", disk.toString()),
        "this machine does not let it mount");
    try {
      // PostgreSQL's user must be able to come there.
      assertThat(run("chmod", "755", disk.toString())).isTrue();
      Path filler = disk.resolve("filler");
      Ledger ledger = new Ledger(10);
      try (TestingReceiver receiver = TestingReceiver.start();
          ServerProcess server = ServerProcess.Launch.on(disk.resolve("data")).start();
          Load load = Load.start(List.of(server), receiver, ledger)) {
        for (int round = 0; round < rounds; round++) {
          load.awaitMoreAccepted(50);
          int before = load.unavailable();
          fill(filler);
          Eventually.holds("refusals", LIMIT, () -> load.unavailable() > before);
          if (round % 2 == 0) {
            exhaustLog(disk.resolve("data"), filler);
          }
          int full = load.unavailable();
          long began = System.nanoTime();
          Eventually.holds(
              "a while has passed",
              LIMIT,
              () -> {
                // What PostgreSQL frees when it crashes is taken too.
                fill(filler);
                return System.nanoTime() - began > FULL.toNanos();
              });
          assertThat(load.unavailable()).as("refusals go on").isGreaterThan(full);
          assertThat(server.send(server.open("/healthz/live").GET()).statusCode()).isEqualTo(200);
          Files.delete(filler);
          load.awaitMoreAccepted(50);
        }
        Load.Figures figures = load.settle().reported("full disk", rounds);
        assertThat(figures.unanswered()).isZero();
        assertThat(figures.repeated()).as("the server lived, and knows").isZero();
      }
    } finally {
      assertThat(run("umount", "-l", disk.toString())).isTrue();
    }
  }

  /** Uses up what room PostgreSQL's log has, without which it crashes and cannot recover. */
  private static void exhaustLog(Path data, Path filler) throws Exception {
    Path cluster = data.resolve("postgresql");
    String port = Files.readAllLines(cluster.resolve("data/postmaster.pid")).get(3);
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + EmbeddedPostgres.DATABASE,
                EmbeddedPostgres.USER,
                Files.readString(cluster.resolve("password")).strip());
        Statement statement = connection.createStatement()) {
      for (int mebibyte = 0; mebibyte < SIZE_MEBIBYTES; mebibyte++) {
        fill(filler);
        statement.execute("SELECT pg_logical_emit_message(false, 'x', repeat('x', 1 << 20))");
      }
      throw new AssertionError("PostgreSQL found room");
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(e.getMessage()).matches("08.*|57P.*|53100");
    }
  }

  /** Makes the file as long as there is room. */
  private static void fill(Path filler) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (OutputStream out =
        Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        out.write(chunk);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  private static boolean run(String... command) throws IOException {
    return new ProcessBuilder(command).start().onExit().join().exitValue() == 0;
  }
}
