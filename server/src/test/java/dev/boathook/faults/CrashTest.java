package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code kill -9} of the server, of its PostgreSQL, and of both, under load. */
class CrashTest {
  private static final long SEED = 20_261_122;
  private static final int EVENTS_A_LIFE = 30;
  private static final int MIN_LIFE_MILLIS = 100;
  private static final int MAX_LIFE_MILLIS = 600;

  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Who is killed, and the part of all rounds, in percent. */
  enum Victim {
    BOATHOOK(34),
    POSTGRES(33),
    BOTH(33);

    private final int share;

    Victim(int share) {
      this.share = share;
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_was_answered_2xx_outlives_every_kill_and_is_delivered(Victim victim, @TempDir Path data)
      throws Exception {
    Random random = new Random(SEED);
    int rounds = Rounds.of(victim == Victim.POSTGRES ? 2 : 5, victim.share);
    Ledger ledger = new Ledger(10);
    ServerProcess server = ServerProcess.Launch.on(data).start();
    try (TestingReceiver receiver = TestingReceiver.start();
        Load load = Load.start(List.of(server), receiver, ledger)) {
      for (int round = 0; round < rounds; round++) {
        load.awaitMoreAccepted(EVENTS_A_LIFE);
        ServerProcess living = server;
        Eventually.holds("PostgreSQL runs", LIMIT, () -> living.postgres().isPresent());
        Eventually.pass(Duration.ofMillis(random.nextInt(MIN_LIFE_MILLIS, MAX_LIFE_MILLIS)));
        switch (victim) {
          case BOATHOOK -> server.kill();
          case POSTGRES -> server.killPostgres();
          case BOTH -> {
            server.kill();
            server.killPostgres();
          }
        }
        if (victim != Victim.POSTGRES) {
          ledger.nextLife();
          server = server.again();
          load.to(server);
        }
      }
      load.awaitMoreAccepted(EVENTS_A_LIFE);
      Load.Figures figures = load.settle().reported("kill -9 of " + victim, rounds);
      assertThat(figures.accepted()).as("there was load").isGreaterThan(rounds);
      if (victim == Victim.POSTGRES) {
        assertThat(figures.unanswered()).isZero();
        assertThat(figures.repeated()).as("the server lived, and knows").isZero();
      }
    } finally {
      server.close();
    }
  }
}
