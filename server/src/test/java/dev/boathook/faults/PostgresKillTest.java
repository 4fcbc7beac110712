package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server does while its PostgreSQL is killed, away or frozen. */
class PostgresKillTest {
  private static final int KILLS = 2;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Test
  void a_killed_database_costs_503s_and_nothing_else(@TempDir Path data) throws Exception {
    Ledger ledger = new Ledger(10);
    try (TestingReceiver receiver = TestingReceiver.start();
        ServerProcess server = ServerProcess.Launch.on(data).start();
        Load load = Load.start(server, receiver, ledger)) {
      for (int kill = 0; kill < KILLS; kill++) {
        awaitMoreAccepted(load);
        server.killPostgres();
      }
      awaitMoreAccepted(load);

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
      awaitMoreAccepted(load);

      Load.Figures figures = load.settle();
      System.out.println("PostgresKillTest: " + (KILLS + 1) + " kills, " + figures);
      assertThat(figures.unanswered()).isZero();
      assertThat(figures.repeated()).isZero();
    }
  }

  @Test
  void a_frozen_database_costs_503s_in_bounded_time_and_nothing_else(@TempDir Path data)
      throws Exception {
    Ledger ledger = new Ledger(10);
    try (TestingReceiver receiver = TestingReceiver.start();
        ServerProcess server = ServerProcess.Launch.on(data).start();
        Load load = Load.start(server, receiver, ledger)) {
      awaitMoreAccepted(load);
      try (var _ = Frozen.of(server.postgres().orElseThrow())) {
        Eventually.holds("refusals", Duration.ofSeconds(10), () -> load.unavailable() > 0);
        assertThat(readiness(server).statusCode()).isEqualTo(503);
        assertThat(server.send(server.open("/healthz/live").GET()).statusCode()).isEqualTo(200);
      }
      Eventually.holds("ready again", LIMIT, () -> readiness(server).statusCode() == 200);
      awaitMoreAccepted(load);

      Load.Figures figures = load.settle();
      System.out.println("PostgresKillTest: 1 freeze, " + figures);
      assertThat(figures.unanswered()).isZero();
      assertThat(figures.repeated()).isZero();
    }
  }

  private static HttpResponse<String> readiness(ServerProcess server)
      throws IOException, InterruptedException {
    return server.send(server.open("/healthz/ready").GET());
  }

  private static void awaitMoreAccepted(Load load) throws Exception {
    int before = load.accepted();
    Eventually.holds("events are accepted", LIMIT, () -> load.accepted() > before + 50);
  }
}
