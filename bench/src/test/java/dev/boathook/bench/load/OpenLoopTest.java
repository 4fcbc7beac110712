package dev.boathook.bench.load;

import static dev.boathook.bench.load.ScriptedServer.OK;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
  private static final Duration HALF = Duration.ofMillis(500);

  private static final RequestSource POSTS =
      () -> {
        byte[] request = Ascii.bytes("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
        return intendedNanos -> request;
      };

  @Test
  void as_many_requests_begin_as_the_rate_says() throws Exception {
    try (ScriptedServer server = new ScriptedServer(number -> OK)) {
      Load load = OpenLoop.run(server.address(), 4, 400, HALF, HALF, POSTS);

      assertThat(load.accepted()).isEqualTo(server.requests()).isEqualTo(400);
      assertThat(load.counted()).isEqualTo(200);
      assertThat(load.latencies().getTotalCount()).isEqualTo(200);
      assertThat(load.refused()).isZero();
    }
  }

  @Test
  void requests_are_made_with_the_times_of_the_rate() throws Exception {
    long[] times = new long[50];
    AtomicInteger made = new AtomicInteger();
    RequestSource noting =
        () -> {
          Requests posts = POSTS.forConnection();
          return intendedNanos -> {
            times[made.getAndIncrement()] = intendedNanos;
            return posts.next(intendedNanos);
          };
        };
    try (ScriptedServer server = new ScriptedServer(number -> OK)) {
      var _ = OpenLoop.run(server.address(), 1, 100, Duration.ZERO, HALF, noting);
    }
    assertThat(made).hasValue(50);
    for (int i = 0; i < 50; i++) {
      assertThat(times[i] - times[0]).isEqualTo(i * 10_000_000L);
    }
  }

  /**
   * The one request that a caller would wait for is slow, and so are all that were due meanwhile.
   */
  @Test
  void a_stall_is_measured_from_the_intended_starts() throws Exception {
    CountDownLatch stall = new CountDownLatch(1);
    Executor later = CompletableFuture.delayedExecutor(400, TimeUnit.MILLISECONDS);
    try (ScriptedServer server =
        new ScriptedServer(number -> {
          if (number == 1) {
            later.execute(stall::countDown);
            stall.await();
          }
          return OK;
        })) {
      Load load = OpenLoop.run(server.address(), 1, 1_000, Duration.ZERO, HALF, POSTS);

      assertThat(load.counted()).isEqualTo(500);
      assertThat(load.latencies().getMaxValue()).isGreaterThan(399_000_000);
      // Those that were due in the first 300 ms had to wait for the other 100.
      assertThat(load.latencies().getCountBetweenValues(99_000_000, Long.MAX_VALUE))
          .isGreaterThanOrEqualTo(300);
    }
  }

  @Test
  void one_connection_that_waits_does_not_hold_up_the_others() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(number -> {
          if (number == 1) {
            never.await();
          }
          return OK;
        })) {
      Load load = OpenLoop.run(server.address(), 2, 200, Duration.ZERO, HALF, POSTS, HALF);

      assertThat(load.accepted()).isEqualTo(99);
      assertThat(load.refused()).isEqualTo(1);
    }
  }

  @Test
  void what_could_not_be_sent_is_refused() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(number -> {
          never.await();
          return OK;
        })) {
      Load load =
          OpenLoop.run(server.address(), 2, 100, Duration.ZERO, HALF, POSTS, Duration.ofMillis(1));

      assertThat(server.requests()).isEqualTo(2);
      assertThat(load.accepted()).isZero();
      assertThat(load.refused()).isEqualTo(50);
    }
  }
}
