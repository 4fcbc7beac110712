package dev.boathook.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An endpoint that is well, beside many that refuse connections, never answer, answer a byte at a
 * time, or take long and succeed: what it gets, it gets as soon as without them.
 */
@Timeout(1_800)
class NeighboursTest {
  /** A round without the others at work and one with them. */
  private static final int FEW_ROUNDS = 2;

  private static final int ROUNDS_PERCENT = 20;

  /** From so many on, the medians hardly move. */
  private static final int STEADY_ROUNDS = 20;

  private static final Duration ROUND = Duration.ofSeconds(1);
  private static final int SENDERS = 3;
  private static final Duration BETWEEN = Duration.ofMillis(10);

  /**
   * So many endpoints could have 1,024 attempts out by the window that each begins with, which is
   * all that there are, if they were let.
   */
  private static final int HANGING = 56;

  /** Half of all places are for endpoints that are new or fail, and most of these hang. */
  private static final int MIN_HANGING_ATTEMPTS = 400;

  private static final int DRIPPING = 8;
  private static final int REFUSING = 8;

  /** For each, as many as the window of attempts with which it begins. */
  private static final int EVENTS_FOR_THE_ILL = 16;

  /** With the events for each, as many attempts as there are places, and all have succeeded. */
  private static final int SLOW = 52;

  private static final int EVENTS_FOR_THE_SLOW = 20;

  /** What they may have at least of the places that those that hang have left. */
  private static final int MIN_SLOW_ATTEMPTS = 400;

  /** What is out to one that hangs stays out for longer than a round. */
  private static final int TIMEOUT_SECONDS = 3;

  /** The promise: no more than a fifth is added to the p99. */
  private static final double FIFTH = 1.2;

  /**
   * What the machine may add to the p99 of some two hundred deliveries, in a few rounds. Where the
   * others are in the way, the time-out of theirs is added, which is ten times this.
   */
  private static final Duration NOISE = Duration.ofMillis(300);

  /** What it may add to a median of many rounds. */
  private static final Duration STEADY_NOISE = Duration.ofMillis(3);

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String NOBODY = "http://127.0.0.1:1/";
  private static final Duration BETWEEN_DRIPS = Duration.ofMillis(100);

  /** Accepts every connection, and then answers nothing, or a byte now and then. */
  private static final class Ill implements AutoCloseable {
    private static final int QUEUED_CONNECTIONS = 2_048;
    private static final byte[] DRIPS =
        "HTTP/1.1 200 OK\r\nX-Slow: very very very very very slow\r\n".getBytes(US_ASCII);

    private final ServerSocket listener;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

    Ill(boolean drips) throws IOException {
      listener = new ServerSocket(0, QUEUED_CONNECTIONS, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(() -> accept(drips));
    }

    private void accept(boolean drips) {
      try {
        while (true) {
          Socket socket = listener.accept();
          sockets.add(socket);
          if (drips) {
            Thread.ofVirtual().start(() -> drip(socket));
          }
        }
      } catch (IOException closed) {
        // The end.
      }
    }

    private static void drip(Socket socket) {
      try (socket) {
        for (byte drip : DRIPS) {
          socket.getOutputStream().write(drip);
          Eventually.pass(BETWEEN_DRIPS);
        }
      } catch (IOException | InterruptedException ended) {
        // Nobody waits for the rest.
      }
    }

    String url() {
      return "http://127.0.0.1:" + listener.getLocalPort() + "/";
    }

    /** Those that were not hung up. */
    int connections() {
      return sockets.size();
    }

    void hangUp() throws IOException {
      for (Socket socket = sockets.poll(); socket != null; socket = sockets.poll()) {
        socket.close();
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
      hangUp();
    }
  }

  /** Answers 204, but not before it is let. */
  private static final class Slow implements AutoCloseable {
    private final TestingReceiver receiver = TestingReceiver.start();
    private final AtomicInteger out = new AtomicInteger();
    private final AtomicReference<CountDownLatch> gate =
        new AtomicReference<>(new CountDownLatch(0));

    Slow() throws IOException {
      receiver.answer(received -> {
        out.incrementAndGet();
        try {
          gate.get().await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        } finally {
          out.decrementAndGet();
        }
        return 204;
      });
    }

    void hold() {
      gate.set(new CountDownLatch(1));
    }

    void letGo() {
      gate.get().countDown();
    }

    @Override
    public void close() {
      letGo();
      receiver.close();
    }
  }

  /**
   * Rounds with and without take turns, and the medians of their p99 are compared, so that a moment
   * in which the machine does something else counts for one round at most. In both, the same is
   * accepted: what the others are to get is there before the round with them begins.
   */
  @Test
  void those_that_are_dead_or_slow_add_no_more_than_a_fifth_to_anothers_p99(@TempDir Path folder)
      throws Exception {
    try (TestingReceiver receiver = TestingReceiver.start();
        Ill hanging = new Ill(false);
        Ill dripping = new Ill(true);
        Slow slow = new Slow();
        ServerProcess server = ServerProcess.Launch.on(folder.resolve("data")).start()) {
      String well = consumer(server, "well");
      String ill = consumer(server, "ill");
      FreshEvents fresh = new FreshEvents(well, "fresh");
      receiver.answer(received -> {
        fresh.arrived(new String(received.body(), UTF_8));
        return 204;
      });
      var _ = endpoint(server, well, receiver.url("/fresh"), "fresh");
      // It has proven itself, and the server's code is warm.
      round(server, fresh);
      var _ = endpoints(server, ill, slow.receiver.url("/"), "slow", SLOW);
      publish(server, ill, "slow", EVENTS_FOR_THE_SLOW);
      var _ = slow.receiver.await(SLOW * EVENTS_FOR_THE_SLOW);
      List<Long> without = new ArrayList<>();
      List<Long> with = new ArrayList<>();
      int rounds = Rounds.of(FEW_ROUNDS, ROUNDS_PERCENT);
      for (int round = 0; round < rounds; round++) {
        String type = "round." + round;
        List<String> others = new ArrayList<>();
        for (String consumer : List.of(well, ill)) {
          others.addAll(endpoints(server, consumer, NOBODY, type, REFUSING / 2));
          others.addAll(endpoints(server, consumer, dripping.url(), type, DRIPPING / 2));
          others.addAll(endpoints(server, consumer, hanging.url(), type, HANGING / 2));
        }
        without.add(round(server, fresh));
        for (String consumer : List.of(well, ill)) {
          publish(server, consumer, type, EVENTS_FOR_THE_ILL);
        }
        slow.hold();
        publish(server, ill, "slow", EVENTS_FOR_THE_SLOW);
        // It is their waiting that must not be in the way; to begin a thousand attempts takes time.
        Eventually.holds(
            "nearly all that may be out is",
            LIMIT,
            () ->
                hanging.connections() > MIN_HANGING_ATTEMPTS && slow.out.get() > MIN_SLOW_ATTEMPTS);
        with.add(round(server, fresh));
        assertThat(slow.out.get()).as("slow attempts").isGreaterThan(MIN_SLOW_ATTEMPTS);
        slow.letGo();
        for (String endpoint : others) {
          server.post(endpoint + "/pause", "");
        }
        // What is out still would hold the places of those that are to hang in the next round.
        hanging.hangUp();
        dripping.hangUp();
      }
      Duration calm = FreshEvents.percentile(without, 50);
      Duration beside = FreshEvents.percentile(with, 50);
      Duration noise = rounds < STEADY_ROUNDS ? NOISE : STEADY_NOISE;
      long allowedNanos = (long) (calm.toNanos() * FIFTH) + noise.toNanos();
      System.out.printf(
          "NeighboursTest: %d rounds, median p99 %d us without, %d us with %d that are dead or"
              + " slow: %.2f; allowed are %d us%n",
          rounds,
          calm.toNanos() / 1_000,
          beside.toNanos() / 1_000,
          HANGING + DRIPPING + REFUSING + SLOW,
          (double) beside.toNanos() / calm.toNanos(),
          allowedNanos / 1_000);
      assertThat(beside.toNanos()).isLessThan(allowedNanos);
      assertThat(server.log()).doesNotContain("a bug", "Exception in thread");
    }
  }

  /** The p99, in nanoseconds. */
  private static long round(ServerProcess server, FreshEvents fresh) throws Exception {
    // What a thousand attempts that wait take in memory would be copied in the middle of a round.
    var _ = server.jcmd("GC.run");
    int before = fresh.count();
    long end = System.nanoTime() + ROUND.toNanos();
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> sending = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        sending.add(
            senders.submit(() -> {
              while (System.nanoTime() < end) {
                fresh.publish(server);
                Eventually.pass(BETWEEN);
              }
              return null;
            }));
      }
      for (Future<?> each : sending) {
        each.get();
      }
    }
    fresh.awaitAll(LIMIT);
    return FreshEvents.percentile(fresh.arrivingAfter(before), 99).toNanos();
  }

  private static void publish(ServerProcess server, String consumer, String type, int events)
      throws Exception {
    for (int i = 0; i < events; i++) {
      server.post(consumer + "/events", "{\"type\":\"" + type + "\",\"data\":0}");
    }
  }

  private static String consumer(ServerProcess server, String name) throws Exception {
    return "/v1/consumers/"
        + server.post("/v1/consumers", "{\"name\":\"" + name + "\"}").path("id").asString();
  }

  private static List<String> endpoints(
      ServerProcess server, String consumer, String url, String type, int count) throws Exception {
    List<String> endpoints = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      endpoints.add(endpoint(server, consumer, url, type));
    }
    return endpoints;
  }

  private static String endpoint(ServerProcess server, String consumer, String url, String type)
      throws Exception {
    return "/v1/endpoints/"
        + server
            .post(
                consumer + "/endpoints",
                "{\"url\":\"%s\",\"types\":[\"%s\"],\"timeout_seconds\":%d}"
                    .formatted(url, type, TIMEOUT_SECONDS))
            .path("id")
            .asString();
  }
}
