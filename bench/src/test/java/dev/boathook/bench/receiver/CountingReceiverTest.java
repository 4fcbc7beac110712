package dev.boathook.bench.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.id.Base32;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CountingReceiverTest {
  private static final String TAKEN = "HTTP/1.1 204 No Content\r\n\r\n";
  private static final Duration LONG = Duration.ofSeconds(20);

  private final CountingReceiver receiver = CountingReceiver.start();
  private Socket socket = new Socket();

  CountingReceiverTest() throws IOException {}

  @BeforeEach
  void connect() throws IOException {
    URI url = URI.create(receiver.url("/a"));
    socket = new Socket(url.getHost(), url.getPort());
    socket.setSoTimeout((int) LONG.toMillis());
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
    receiver.close();
  }

  private static String id(int number) {
    return "evt_" + Base32.encode(new UUID(0x0199_0000_0000_7000L, number));
  }

  private static String delivery(String path, String id, String body) {
    return "POST %s HTTP/1.1\r\nHost: a\r\nwebhook-id: %s\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(path, id, body.length(), body);
  }

  private String send(String request, int answerBytes) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    return new String(in.readNBytes(answerBytes), StandardCharsets.US_ASCII);
  }

  private void deliver(String path, String id, String body) throws IOException {
    assertThat(send(delivery(path, id, body), TAKEN.length())).isEqualTo(TAKEN);
  }

  @Test
  void what_comes_again_is_counted_as_that() throws IOException {
    deliver("/a", id(1), "{}");
    deliver("/a", id(2), "{}");
    deliver("/a", id(1), "{}");
    assertThat(receiver.distinct()).isEqualTo(2);
    assertThat(receiver.takeDuplicated()).isEqualTo(1);
  }

  @Test
  void one_event_at_two_endpoints_is_two_deliveries() throws IOException {
    deliver("/a", id(1), "{}");
    deliver("/b", id(1), "{}");
    assertThat(receiver.distinct()).isEqualTo(2);
    assertThat(receiver.takeDuplicated()).isZero();
  }

  @Test
  void an_id_may_stand_without_a_prefix() throws IOException {
    deliver("/a", id(1).substring(4), "{}");
    deliver("/a", id(1), "{}");
    assertThat(receiver.distinct()).isEqualTo(1);
    assertThat(receiver.takeDuplicated()).isEqualTo(1);
  }

  @Test
  void latencies_are_those_that_the_bodies_tell() throws IOException {
    long second = 1_000_000_000;
    String body = "{\"type\":\"a\",\"timestamp\":\"t\",\"data\":{\"at\":%19d,\"x\":\"y\"}}";
    deliver("/a", id(1), body.formatted(System.nanoTime() - second));
    deliver("/a", id(2), body.formatted(System.nanoTime() - 3 * second));
    // What comes again, tells no time, or one that is yet to come, is not among them.
    deliver("/a", id(2), body.formatted(System.nanoTime() - 9 * second));
    deliver("/a", id(3), "{\"data\":{\"at\":\"noon\"}}");
    deliver("/a", id(4), "{\"data\":{\"at\":");
    deliver("/a", id(5), body.formatted(System.nanoTime() + 100 * second));
    deliver("/a", id(6), " ".repeat(CountingReceiver.AT_WITHIN_BYTES) + body.formatted(1));

    assertThat(receiver.distinct()).isEqualTo(6);
    assertThat(receiver.latencies().getTotalCount()).isEqualTo(2);
    assertThat(receiver.latencies().getMinValue()).isBetween(second * 99 / 100, 2 * second);
    assertThat(receiver.latencies().getMaxValue()).isBetween(3 * second, 8 * second);
  }

  @Test
  void the_first_and_the_last_have_their_times() throws IOException {
    assertThat(receiver.firstNanos()).isZero();
    assertThat(receiver.lastNanos()).isZero();
    long before = System.nanoTime();
    deliver("/a", id(1), "{}");
    long between = System.nanoTime();
    deliver("/a", id(2), "{}");
    long after = System.nanoTime();
    deliver("/a", id(2), "{}");
    assertThat(receiver.firstNanos()).isBetween(before, between);
    assertThat(receiver.lastNanos()).isBetween(between, after);
  }

  @Test
  void it_counts_anew_when_told_to_and_knows_what_came_before() throws IOException {
    deliver("/a", id(1), "{\"at\":1}");
    deliver("/a", id(1), "{}");
    receiver.reset();
    assertThat(receiver.distinct()).isZero();
    assertThat(receiver.lastNanos()).isZero();
    assertThat(receiver.latencies().getTotalCount()).isZero();
    deliver("/a", id(1), "{}");
    assertThat(receiver.distinct()).isZero();
    deliver("/a", id(2), "{}");
    assertThat(receiver.distinct()).isEqualTo(1);
    assertThat(receiver.firstNanos()).isPositive();
    assertThat(receiver.takeDuplicated()).isEqualTo(2);
    assertThat(receiver.takeDuplicated()).isZero();
  }

  @Test
  void who_waits_is_told() throws Exception {
    assertThat(receiver.await(0, Duration.ZERO)).isTrue();
    assertThat(receiver.await(1, Duration.ofMillis(20))).isFalse();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Boolean> two = waiting(threads, 2);
      CompletableFuture<Boolean> three = waiting(threads, 3);
      deliver("/a", id(1), "{}");
      deliver("/a", id(1), "{}");
      deliver("/a", id(2), "{}");
      assertThat(two.get()).isTrue();
      assertThat(three).isNotDone();
      deliver("/a", id(3), "{}");
      assertThat(three.get()).isTrue();
    }
  }

  private CompletableFuture<Boolean> waiting(ExecutorService threads, long distinct) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return receiver.await(distinct, LONG);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        threads);
  }

  @Test
  void what_is_no_delivery_is_not_counted() throws IOException {
    String refused = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    for (String request :
        new String[] {
          "GET /a HTTP/1.1\r\nwebhook-id: " + id(1) + "\r\n\r\n",
          "POST /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
          delivery("/a", "evt_1", "{}"),
          delivery("/a", "evt_" + "u".repeat(26), "{}")
        }) {
      assertThat(send(request, refused.length())).isEqualTo(refused);
    }
    assertThat(receiver.distinct()).isZero();
  }

  @Test
  void a_caller_who_says_close_is_closed() throws IOException {
    String request = delivery("/a", id(1), "{}").replace("Host: a", "Connection: close");
    assertThat(send(request, Integer.MAX_VALUE)).isEqualTo(TAKEN);
  }
}
