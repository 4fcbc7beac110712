package dev.boathook.deliver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Eventually;
import dev.boathook.TestingDoor;
import dev.boathook.TestingReceiver;
import dev.boathook.accept.Acceptance;
import dev.boathook.endpoint.CircuitBreaker;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.store.TestingDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the policies of endpoints promise, with a real store and a real receiver. */
class LaneTest {
  private static final List<Duration> MANY_QUICK = Collections.nCopies(20, Duration.ofMillis(20));
  private static final List<Duration> TWO = List.of(Duration.ZERO, Duration.ofMillis(20));
  private static final CircuitBreaker OFF =
      new CircuitBreaker(0, Duration.ofSeconds(1), Duration.ofSeconds(1));

  private final TestingDatabase database = TestingDatabase.freshDatabase();

  /** The bodies that were answered 2xx, in this order. */
  private final Queue<String> delivered = new ConcurrentLinkedQueue<>();

  private static DeliveryPolicy policy(
      Order order, List<Duration> waits, @Nullable Rate rate, CircuitBreaker breaker) {
    DeliveryPolicy usual = TestingDoor.policy(waits, 32);
    return new DeliveryPolicy(
        order,
        usual.retries(),
        List.of(),
        List.of(),
        usual.maxInFlight(),
        rate,
        breaker,
        usual.disableAfter());
  }

  private static void accept(TestingDoor door, @Nullable String key, String body)
      throws InterruptedException {
    assertThat(door.acceptor().accept(door.keyed("t", key, body)))
        .isInstanceOf(Acceptance.Accepted.class);
  }

  private List<String> deliveredOf(String key) {
    return delivered.stream().filter(body -> body.startsWith(key + ":")).toList();
  }

  private static List<String> bodies(String key, int count) {
    return IntStream.range(0, count).mapToObj(i -> key + ":" + i).toList();
  }

  /** Every body is refused the first time. */
  private static void refuseFirst(TestingReceiver receiver, Queue<String> delivered) {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    receiver.answer(received -> {
      String body = new String(received.body(), UTF_8);
      if (seen.add(body)) {
        return 500;
      }
      delivered.add(body);
      return 204;
    });
  }

  @Test
  void a_lane_keeps_its_order_over_retries_and_a_restart(@TempDir Path folder) throws Exception {
    try (TestingReceiver receiver = TestingReceiver.start()) {
      refuseFirst(receiver, delivered);
      try (TestingDoor door = TestingDoor.open(database, folder)) {
        door.endpoint(receiver.url("/"), "t", policy(Order.BLOCK, MANY_QUICK, null, OFF));
        for (int i = 0; i < 40; i++) {
          for (String key : List.of("a", "b", "c")) {
            accept(door, key, key + ":" + i);
          }
        }
        Eventually.until(() -> delivered.size() > 20);
      }
      try (TestingDoor door = TestingDoor.open(database, folder)) {
        accept(door, "a", "a:40");
        Eventually.until(() -> deliveredOf("a").contains("a:40"));
        Eventually.until(() ->
            door.query("SELECT count(*) FROM delivery WHERE state = 'waiting'")
                .equals(List.of("0")));
        assertThat(deliveredOf("a").stream().distinct()).containsExactlyElementsOf(bodies("a", 41));
        assertThat(deliveredOf("b").stream().distinct()).containsExactlyElementsOf(bodies("b", 40));
        assertThat(deliveredOf("c").stream().distinct()).containsExactlyElementsOf(bodies("c", 40));
        assertThat(door.query("SELECT count(*) FROM lane WHERE done_seq = last_seq"))
            .containsExactly("3");
      }
    }
  }

  @Test
  void a_lane_halts_behind_a_dead_letter_and_the_others_go_on(@TempDir Path folder)
      throws Exception {
    try (TestingReceiver receiver = TestingReceiver.start();
        TestingDoor door = TestingDoor.open(database, folder)) {
      receiver.answer(received -> {
        String body = new String(received.body(), UTF_8);
        if (body.equals("a:1")) {
          return 500;
        }
        delivered.add(body);
        return 204;
      });
      door.endpoint(receiver.url("/"), "t", policy(Order.BLOCK, TWO, null, OFF));
      for (int i = 0; i < 4; i++) {
        accept(door, "a", "a:" + i);
        accept(door, "b", "b:" + i);
        accept(door, null, ":" + i);
      }
      Eventually.until(() ->
          door.query("SELECT ordering_key FROM lane WHERE halted_at IS NOT NULL")
              .equals(List.of("a")));
      Eventually.until(() -> delivered.size() == 9);
      assertThat(deliveredOf("b")).containsExactlyElementsOf(bodies("b", 4));
      assertThat(deliveredOf("")).as("without a key").containsExactlyElementsOf(bodies("", 4));
      assertThat(deliveredOf("a")).containsExactly("a:0");
      assertThat(
              door.query("SELECT state FROM delivery WHERE ordering_key = 'a' ORDER BY lane_seq"))
          .containsExactly("delivered", "dead", "waiting", "waiting");
      Eventually.until(() -> door.noticed("lane_halted") == 1);
    }
  }

  @Test
  void a_lane_that_skips_leaves_a_dead_letter_behind(@TempDir Path folder) throws Exception {
    try (TestingReceiver receiver = TestingReceiver.start();
        TestingDoor door = TestingDoor.open(database, folder)) {
      receiver.answer(received -> {
        String body = new String(received.body(), UTF_8);
        if (body.equals("a:1")) {
          return 500;
        }
        delivered.add(body);
        return 204;
      });
      door.endpoint(receiver.url("/"), "t", policy(Order.SKIP, TWO, null, OFF));
      for (int i = 0; i < 4; i++) {
        accept(door, "a", "a:" + i);
      }
      Eventually.until(() -> delivered.size() == 3);
      assertThat(delivered).containsExactly("a:0", "a:2", "a:3");
    }
  }

  @Test
  void of_what_waits_only_the_newest_is_delivered_when_the_latest_is_wanted(@TempDir Path folder)
      throws Exception {
    try (TestingReceiver receiver = TestingReceiver.start();
        TestingDoor door = TestingDoor.open(database, folder)) {
      Endpoint endpoint =
          door.endpoint(receiver.url("/"), "t", policy(Order.LATEST, MANY_QUICK, null, OFF));
      door.save(endpoint.paused("test"));
      for (int i = 0; i < 50; i++) {
        accept(door, "a", "a:" + i);
      }
      accept(door, "b", "b:0");
      accept(door, null, "c:0");
      accept(door, null, "c:1");
      receiver.answer(received -> {
        delivered.add(new String(received.body(), UTF_8));
        return 204;
      });
      door.save(endpoint.resumed(null));
      Eventually.until(() ->
          door.query("SELECT count(*) FROM delivery WHERE state = 'waiting'").equals(List.of("0")));
      assertThat(delivered).containsExactlyInAnyOrder("a:49", "b:0", "c:0", "c:1");
      assertThat(door.query("SELECT count(*) FROM delivery WHERE last_outcome = 'superseded'"))
          .containsExactly("49");
      Eventually.until(() -> door.counted("boathook_deliveries_superseded_total") == 49);
    }
  }

  @Test
  void no_more_is_sent_than_the_rate_lets(@TempDir Path folder) throws Exception {
    Queue<Instant> times = new ConcurrentLinkedQueue<>();
    try (TestingReceiver receiver = TestingReceiver.start();
        TestingDoor door = TestingDoor.open(database, folder)) {
      receiver.answer(received -> {
        times.add(InstantSource.system().instant());
        return 204;
      });
      door.endpoint(
          receiver.url("/"), "t", policy(Order.UNORDERED, MANY_QUICK, new Rate(20, 5), OFF));
      for (int i = 0; i < 25; i++) {
        accept(door, null, "n:" + i);
      }
      Eventually.until(() -> times.size() == 25);
      List<Instant> sorted = times.stream().sorted().toList();
      // 5 at once, then one every 50 ms: the last comes a second after the first.
      assertThat(Duration.between(sorted.getFirst(), sorted.getLast()))
          .isGreaterThan(Duration.ofMillis(900));
    }
  }

  @Test
  void an_endpoint_that_fails_is_left_alone_and_nothing_uses_up_its_tries(@TempDir Path folder)
      throws Exception {
    try (TestingReceiver receiver = TestingReceiver.start();
        TestingDoor door = TestingDoor.open(database, folder)) {
      receiver.answer(received -> 503);
      Endpoint endpoint =
          door.endpoint(
              receiver.url("/"),
              "t",
              policy(
                  Order.UNORDERED,
                  List.of(Duration.ZERO, Duration.ofMillis(1), Duration.ofMinutes(1)),
                  null,
                  new CircuitBreaker(3, Duration.ofMillis(200), Duration.ofMillis(200))));
      accept(door, null, "n:0");
      accept(door, null, "n:1");
      Eventually.until(() -> !door.isCircuitClosed(endpoint));
      for (int i = 2; i < 50; i++) {
        accept(door, null, "n:" + i);
      }
      receiver.answer(received -> {
        delivered.add(new String(received.body(), UTF_8));
        return 204;
      });
      Eventually.until(() -> delivered.size() >= 48);
      assertThat(door.isCircuitClosed(endpoint)).isTrue();
      assertThat(door.noticed("circuit_opened")).isPositive();
      Eventually.until(() -> door.noticed("circuit_closed") == door.noticed("circuit_opened"));
      assertThat(door.query("SELECT count(*) FROM delivery WHERE state = 'dead'"))
          .containsExactly("0");
      assertThat(door.query("SELECT count(*) FROM endpoint_failing")).containsExactly("0");
    }
  }

  @Test
  void an_endpoint_that_does_nothing_but_fail_is_disabled_and_keeps_its_queue(@TempDir Path folder)
      throws Exception {
    try (TestingReceiver receiver = TestingReceiver.start();
        TestingDoor door = TestingDoor.open(database, folder)) {
      receiver.answer(received -> 500);
      DeliveryPolicy usual = policy(Order.UNORDERED, MANY_QUICK, null, OFF);
      door.endpoint(
          receiver.url("/"),
          "t",
          new DeliveryPolicy(
              usual.order(),
              usual.retries(),
              List.of(),
              List.of(),
              usual.maxInFlight(),
              null,
              OFF,
              Duration.ofMillis(100)));
      accept(door, null, "n:0");
      Eventually.until(() -> door.query("SELECT status FROM endpoint").equals(List.of("disabled")));
      assertThat(door.query("SELECT status_reason FROM endpoint").getFirst())
          .startsWith("nothing but failure since ");
      assertThat(door.noticed("endpoint_failing")).isEqualTo(1);
      Eventually.until(() -> door.noticed("endpoint_disabled") == 1);
      assertThat(door.query("SELECT state FROM delivery")).containsExactly("waiting");
    }
  }
}
