package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.lane.Leases;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server does while its PostgreSQL is restarted, away or frozen. */
class PostgresKillTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** After so long a node's lease is over, and others may have its shards. */
  private static final Duration PAST_THE_LEASE = Leases.Term.DEFAULT.length().plusSeconds(1);

  @Test
  void a_database_that_is_restarted_or_away_costs_503s_and_nothing_else(@TempDir Path data)
      throws Exception {
    int rounds = Rounds.of(1, 10);
    Ledger ledger = new Ledger(10);
    try (TestingReceiver receiver = TestingReceiver.start();
        ServerProcess server = ServerProcess.Launch.on(data).start();
        Load load = Load.start(List.of(server), receiver, ledger)) {
      for (int round = 0; round < rounds; round++) {
        load.awaitMoreAccepted(50);
        server.restartPostgres();
      }
      load.awaitMoreAccepted(50);

      Path configuration = data.resolve("postgresql/data/postgresql.conf");
      String sound = Files.readString(configuration);
      Files.writeString(configuration, sound + "no_such_setting = 1\n");
      server.killPostgres();
      Eventually.holds("not ready", LIMIT, () -> readiness(server).statusCode() == 503);
      int before = load.unavailable();
      Eventually.holds("refusals", LIMIT, () -> load.unavailable() > before);
      assertThat(server.send(server.open("/healthz/live").GET()).statusCode()).isEqualTo(200);
      Files.writeString(configuration, sound);
      Eventually.holds("ready again", LIMIT, () -> readiness(server).statusCode() == 200);
      load.awaitMoreAccepted(50);

      Load.Figures figures = load.settle().reported("restart of PostgreSQL", rounds);
      assertThat(figures.unanswered()).isZero();
      assertThat(figures.repeated()).isZero();
    }
  }

  @Test
  void a_database_frozen_past_the_lease_costs_503s_in_bounded_time_and_nothing_else(
      @TempDir Path data) throws Exception {
    int rounds = Rounds.of(1, 5);
    Ledger ledger = new Ledger(10);
    try (TestingReceiver receiver = TestingReceiver.start();
        ServerProcess server = ServerProcess.Launch.on(data).start();
        Load load = Load.start(List.of(server), receiver, ledger)) {
      for (int round = 0; round < rounds; round++) {
        load.awaitMoreAccepted(50);
        int before = load.unavailable();
        try (var _ = Frozen.of(server.postgres().orElseThrow())) {
          Eventually.pass(PAST_THE_LEASE);
          Eventually.holds("refusals", LIMIT, () -> load.unavailable() > before);
          assertThat(readiness(server).statusCode()).isEqualTo(503);
          assertThat(server.send(server.open("/healthz/live").GET()).statusCode()).isEqualTo(200);
        }
        Eventually.holds("ready again", LIMIT, () -> readiness(server).statusCode() == 200);
      }
      load.awaitMoreAccepted(50);

      Load.Figures figures = load.settle().reported("freeze of PostgreSQL past the lease", rounds);
      assertThat(figures.unanswered()).isZero();
      assertThat(figures.repeated()).isZero();
    }
  }

  private static HttpResponse<String> readiness(ServerProcess server)
      throws IOException, InterruptedException {
    return server.send(server.open("/healthz/ready").GET());
  }
}
