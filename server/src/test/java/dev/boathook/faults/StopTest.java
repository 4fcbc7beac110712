package dev.boathook.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM while deliveries are out. */
class StopTest {
  private static final int EVENTS = 30;
  private static final int IN_FLIGHT = 8;
  private static final Duration SLOWNESS = Duration.ofMillis(1_500);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final long RETRY_MILLIS = 4_000;

  /** A busy machine is this much late at most. */
  private static final long LATENESS_MILLIS = 2_000;

  @Test
  void what_is_out_is_finished_and_what_waits_is_delivered_after_the_restart_once(
      @TempDir Path data) throws Exception {
    try (TestingReceiver receiver = TestingReceiver.start()) {
      CountDownLatch out = new CountDownLatch(IN_FLIGHT);
      receiver.answer(received -> {
        out.countDown();
        pass(SLOWNESS);
        return 204;
      });
      int publicPort;
      int adminPort;
      try (ServerProcess server = ServerProcess.Launch.on(data).start()) {
        publicPort = server.publicPort();
        adminPort = server.adminPort();
        String events = consumer(server, receiver, "[0]");
        for (int i = 0; i < EVENTS; i++) {
          server.post(events, "{\"id\":\"stop_%d\",\"type\":\"t\",\"data\":%d}".formatted(i, i));
        }
        assertThat(out.await(10, TimeUnit.SECONDS)).isTrue();
        ProcessHandle postgres = server.postgres().orElseThrow();

        long began = System.nanoTime();
        server.stop();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(STOP_LIMIT);
        assertThat(postgres.isAlive()).isFalse();
        assertThat(server.postgres()).isEqualTo(Optional.empty());
        assertThat(server.log()).doesNotContain("ERROR").doesNotContain("repeated");
      }
      assertThat(receiver.received()).hasSizeBetween(IN_FLIGHT, EVENTS - 1);
      for (int port : new int[] {publicPort, adminPort}) {
        new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1")).close();
      }

      receiver.answer(received -> 204);
      String[] samePorts = {
        "--port", Integer.toString(publicPort), "--admin-port", Integer.toString(adminPort)
      };
      try (ServerProcess server = ServerProcess.Launch.on(data, samePorts).start()) {
        assertThat(server.publicPort()).isEqualTo(publicPort);
        Eventually.holds(
            "all is delivered",
            Duration.ofSeconds(10),
            () ->
                server.get("/v1/accounting").path("deliveries").path("delivered").asLong()
                    == EVENTS);
      }
      assertThat(receiver.received().stream().map(received -> received.header("webhook-id")))
          .doesNotHaveDuplicates()
          .hasSize(EVENTS);
    }
  }

  @Test
  void a_retry_that_waits_through_a_restart_comes_on_its_schedule(@TempDir Path data)
      throws Exception {
    Queue<Long> arrivedMillis = new ConcurrentLinkedQueue<>();
    try (TestingReceiver receiver = TestingReceiver.start()) {
      receiver.answer(received -> {
        arrivedMillis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        return arrivedMillis.size() == 1 ? 500 : 204;
      });
      try (ServerProcess server = ServerProcess.Launch.on(data).start()) {
        String events = consumer(server, receiver, "[0,%d]".formatted(RETRY_MILLIS / 1_000));
        server.post(events, "{\"id\":\"later\",\"type\":\"t\",\"data\":\"later\"}");
        receiver.await(1);
        server.stop();
      }
      long readyMillis;
      try (ServerProcess server = ServerProcess.Launch.on(data).start()) {
        readyMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        receiver.await(2);
        Eventually.holds(
            "recorded",
            Duration.ofSeconds(10),
            () -> server.get("/v1/accounting").path("deliveries").path("delivered").asLong() == 1);
      }
      long firstMillis = arrivedMillis.remove();
      long secondMillis = arrivedMillis.remove();
      assertThat(arrivedMillis).isEmpty();
      assertThat(secondMillis - firstMillis)
          .isGreaterThanOrEqualTo(RETRY_MILLIS * 8 / 10)
          .isLessThan(Math.max(RETRY_MILLIS, readyMillis - firstMillis) + LATENESS_MILLIS);
      assertThat(receiver.received())
          .allSatisfy(received -> assertThat(new String(received.body(), UTF_8)).contains("later"));
    }
  }

  /** Makes a consumer with an endpoint and answers the path to publish to. */
  private static String consumer(ServerProcess server, TestingReceiver receiver, String schedule)
      throws Exception {
    String consumer =
        "/v1/consumers/" + server.post("/v1/consumers", "{\"name\":\"c\"}").path("id").asString();
    server.post(
        consumer + "/endpoints",
        "{\"url\":\"%s\",\"max_in_flight\":%d,\"retry_schedule_seconds\":%s}"
            .formatted(receiver.url("/slow"), IN_FLIGHT, schedule));
    return consumer + "/events";
  }

  private static void pass(Duration time) {
    try {
      Eventually.pass(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
