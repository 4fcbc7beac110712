package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the server, and of the server with its PostgreSQL, under load. */
class CrashTest {
  private static final long SEED = 20_261_122;
  private static final int KILLS = 20;
  private static final int MIN_LIFE_MILLIS = 100;
  private static final int MAX_LIFE_MILLIS = 600;

  @Test
  void what_was_answered_2xx_outlives_every_kill_and_is_delivered(@TempDir Path data)
      throws Exception {
    Random random = new Random(SEED);
    Ledger ledger = new Ledger(10);
    ServerProcess server = ServerProcess.Launch.on(data).start();
    try (TestingReceiver receiver = TestingReceiver.start();
        Load load = Load.start(server, receiver, ledger)) {
      for (int kill = 0; kill < KILLS; kill++) {
        Eventually.pass(Duration.ofMillis(random.nextInt(MIN_LIFE_MILLIS, MAX_LIFE_MILLIS)));
        server.kill();
        if (kill % 3 == 2) {
          server.killPostgres();
        }
        ledger.nextLife();
        server = ServerProcess.Launch.on(data).start();
        load.to(server);
      }
      Load.Figures figures = load.settle();
      System.out.println("CrashTest: " + KILLS + " kills, " + figures);
      assertThat(figures.accepted()).as("there was load").isGreaterThan(KILLS);
    } finally {
      server.close();
    }
  }
}
