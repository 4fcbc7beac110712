package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.boathook.TestingReceiver;
import dev.boathook.lane.Leases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two server processes on one database under load, while one of them, or the database, fails. */
class NodesUnderLoadTest {
  private static final long SEED = 20_261_123;
  private static final int MAX_LIFE_MILLIS = 600;

  /** After so long a node's lease is over, and the other may have its shards. */
  private static final Duration PAST_THE_LEASE = Leases.Term.DEFAULT.length().plusSeconds(1);

  @Test
  void one_of_two_is_killed_in_a_loop(@TempDir Path folder) throws Exception {
    Random random = new Random(SEED);
    int rounds = Rounds.of(2, 15);
    Ledger ledger = new Ledger(10);
    try (TestingReceiver receiver = TestingReceiver.start();
        Nodes nodes = Nodes.start(folder, 2);
        Load load = Load.start(nodes.living(), receiver, ledger)) {
      for (int round = 0; round < rounds; round++) {
        load.awaitMoreAccepted(10);
        Eventually.pass(Duration.ofMillis(random.nextInt(MAX_LIFE_MILLIS)));
        int victim = round / 2 % 2;
        ledger.disturbed();
        nodes.get(victim).kill();
        if (round % 2 == 0) {
          // Every other time the other takes over before the killed one is back.
          nodes.awaitAllHeldBy(1 - victim);
        }
        nodes.restart(victim);
        nodes.awaitEvenShares();
        ledger.nextLife();
        load.to(nodes.get(0), nodes.get(1));
      }
      load.awaitMoreAccepted(10);
      load.settle().reported("kill -9 of one of two nodes", rounds);
      nodes.assertNoBugs();
    }
  }

  /** What is frozen for longer than a lease. */
  enum Frost {
    A_NODE,
    THE_DATABASE
  }

  @ParameterizedTest
  @EnumSource
  void a_long_freeze_repeats_only_what_nobody_could_know(Frost frost, @TempDir Path folder)
      throws Exception {
    int rounds = Rounds.of(frost == Frost.A_NODE ? 0 : 1, 5);
    assumeTrue(rounds > 0, "NodesTest freezes a node with every build");
    Ledger ledger = new Ledger(10);
    try (TestingReceiver receiver = TestingReceiver.start();
        Nodes nodes = Nodes.start(folder, 2);
        Load load = Load.start(nodes.living(), receiver, ledger)) {
      for (int round = 0; round < rounds; round++) {
        load.awaitMoreAccepted(50);
        ledger.disturbed();
        if (frost == Frost.A_NODE) {
          int victim = round % 2;
          // Nothing is offered to who cannot answer.
          load.to(nodes.get(1 - victim));
          try (var _ = Frozen.of(nodes.get(victim).handle())) {
            nodes.awaitAllHeldBy(1 - victim);
            load.awaitMoreAccepted(50);
          }
          load.to(nodes.get(0), nodes.get(1));
        } else {
          try (var _ = Frozen.of(nodes.postmaster())) {
            Eventually.pass(PAST_THE_LEASE);
          }
        }
        load.awaitMoreAccepted(50);
        nodes.awaitEvenShares();
        ledger.nextLife();
      }
      Load.Figures figures =
          load.settle().reported("freeze of " + frost + " past the lease of two nodes", rounds);
      assertThat(figures.accepted()).isGreaterThan(rounds);
      nodes.assertNoBugs();
    }
  }
}
