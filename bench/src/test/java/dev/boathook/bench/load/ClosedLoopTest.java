package dev.boathook.bench.load;

import static dev.boathook.bench.load.ScriptedServer.BREAK;
import static dev.boathook.bench.load.ScriptedServer.FULL;
import static dev.boathook.bench.load.ScriptedServer.OK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final RequestSource POSTS =
      () -> {
        byte[] request = Ascii.bytes("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
        return intendedNanos -> request;
      };

  @Test
  void accepted_is_what_the_server_answered_with_2xx() throws Exception {
    AtomicInteger full = new AtomicInteger();
    try (ScriptedServer server =
        new ScriptedServer(number -> {
          if (number % 3 == 0) {
            full.incrementAndGet();
            return FULL;
          }
          return number % 2 == 0 ? OK : "HTTP/1.1 204 No Content\r\n\r\n";
        })) {
      Load load = ClosedLoop.run(server.address(), 4, SHORT, SHORT, POSTS);

      assertThat(load.refused()).isEqualTo(full.get()).isPositive();
      assertThat(load.accepted() + load.refused()).isEqualTo(server.requests());
      assertThat(server.connections()).isEqualTo(4);
    }
  }

  @Test
  void only_the_measured_part_is_counted() throws Exception {
    try (ScriptedServer server = new ScriptedServer(number -> OK)) {
      Load load = ClosedLoop.run(server.address(), 2, SHORT, SHORT, POSTS);

      assertThat(load.counted()).isPositive().isLessThan(load.accepted());
      assertThat(load.latencies().getTotalCount()).isEqualTo(load.counted());
      assertThat(load.length()).isEqualTo(SHORT);
      assertThat(load.perSecond()).isEqualTo(load.counted() * 5.0);
    }
  }

  @Test
  void a_connection_that_breaks_is_counted_and_opened_anew() throws Exception {
    AtomicInteger broken = new AtomicInteger();
    try (ScriptedServer server =
        new ScriptedServer(number -> {
          if (number % 5 == 0) {
            broken.incrementAndGet();
            return BREAK;
          }
          return OK;
        })) {
      Load load = ClosedLoop.run(server.address(), 2, Duration.ZERO, SHORT, POSTS);

      assertThat(load.refused()).isEqualTo(broken.get()).isPositive();
      assertThat(load.accepted()).isEqualTo(server.requests() - broken.get());
      // The last one may have broken with nothing left to be sent.
      assertThat(server.connections()).isBetween(broken.get(), 2 + broken.get());
    }
  }

  @Test
  void an_answer_that_closes_is_no_break() throws Exception {
    String last = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    try (ScriptedServer server = new ScriptedServer(number -> last)) {
      Load load = ClosedLoop.run(server.address(), 2, Duration.ZERO, SHORT, POSTS);

      assertThat(load.refused()).isZero();
      assertThat(load.accepted()).isEqualTo(server.requests()).isEqualTo(server.connections());
    }
  }

  @Test
  void an_answer_that_never_comes_ends_with_the_loop() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(number -> {
          if (number > 10) {
            never.await();
          }
          return OK;
        })) {
      Load load = ClosedLoop.run(server.address(), 3, Duration.ZERO, SHORT, POSTS, SHORT);

      assertThat(load.accepted()).isEqualTo(10);
      assertThat(load.refused()).isEqualTo(3);
    }
  }

  @Test
  void nobody_there_is_said_at_once() throws IOException {
    InetSocketAddress address;
    try (ScriptedServer server = new ScriptedServer(number -> OK)) {
      address = server.address();
    }
    assertThatThrownBy(() -> ClosedLoop.run(address, 2, SHORT, SHORT, POSTS))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void a_fault_of_our_own_is_not_taken_for_the_servers() throws IOException {
    RequestSource faulty =
        () ->
            intendedNanos -> {
              throw new UnsupportedOperationException("no more of them");
            };
    try (ScriptedServer server = new ScriptedServer(number -> OK)) {
      assertThatThrownBy(() -> ClosedLoop.run(server.address(), 1, SHORT, SHORT, faulty))
          .hasRootCauseMessage("no more of them");
    }
  }
}
