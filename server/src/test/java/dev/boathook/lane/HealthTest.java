package dev.boathook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.endpoint.CircuitBreaker;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.RetryPolicy;
import dev.boathook.lane.Health.Circuit;
import dev.boathook.outbound.Outcome;
import dev.boathook.outbound.Outcome.TimedOut.Phase;
import dev.boathook.outbound.Outcome.Unreachable.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HealthTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
  private static final int FAILURES = 3;
  private static final DeliveryPolicy POLICY =
      policy(
          DeliveryPolicy.MAX_MAX_IN_FLIGHT,
          new CircuitBreaker(FAILURES, FIRST_WAIT, Duration.ofSeconds(15)));
  private static final CircuitBreaker OFF =
      new CircuitBreaker(0, FIRST_WAIT, Duration.ofSeconds(15));
  private static final DeliveryPolicy WITHOUT_BREAKER =
      policy(DeliveryPolicy.MAX_MAX_IN_FLIGHT, OFF);

  private static final Outcome DELIVERED = new Outcome.Delivered(204);
  private static final Outcome NOT_FOUND = new Outcome.Refused(404, null);
  private static final Outcome ERROR = new Outcome.Refused(500, null);
  private static final Outcome TIMED_OUT = new Outcome.TimedOut(Phase.RESPONSE);
  private static final Outcome OURS = new Outcome.Internal("a bug of ours");

  private final Health health = new Health(EngineLimits.DEFAULT.busyPerRequest());

  static List<Outcome> asksForLess() {
    return List.of(
        new Outcome.Refused(429, null),
        new Outcome.Refused(503, Duration.ofSeconds(1)),
        TIMED_OUT,
        new Outcome.TimedOut(Phase.CONNECT),
        new Outcome.Unreachable(Reason.CONNECTION_REFUSED, "refused"));
  }

  static List<Outcome> saysNothingOfThePace() {
    return List.of(NOT_FOUND, ERROR, new Outcome.Gone(), new Outcome.Blocked("blocked"), OURS);
  }

  @Test
  void the_window_is_16_at_first_and_one_more_with_every_success() {
    assertThat(window(WITHOUT_BREAKER)).isEqualTo(16);
    note(DELIVERED, 4);
    assertThat(window(WITHOUT_BREAKER)).isEqualTo(20);
  }

  @Test
  void the_policy_bounds_the_window_and_does_not_keep_it_from_growing() {
    note(DELIVERED, 4);
    assertThat(window(policy(5, OFF))).isEqualTo(5);
    assertThat(window(WITHOUT_BREAKER)).isEqualTo(20);
  }

  @Test
  void the_window_ends_at_256_so_that_the_first_halving_counts() {
    note(DELIVERED, 1_000);
    assertThat(window(WITHOUT_BREAKER)).isEqualTo(256);
    note(TIMED_OUT, 1);
    assertThat(window(WITHOUT_BREAKER)).isEqualTo(128);
  }

  @ParameterizedTest
  @MethodSource("asksForLess")
  void the_window_halves_when_the_endpoint_does_not_keep_up_and_one_is_left(Outcome outcome) {
    for (int expected : new int[] {8, 4, 2, 1, 1}) {
      note(outcome, 1);
      assertThat(window(WITHOUT_BREAKER)).isEqualTo(expected);
    }
    note(DELIVERED, 1);
    assertThat(window(WITHOUT_BREAKER)).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("saysNothingOfThePace")
  void the_window_stays_when_an_answer_says_nothing_of_the_pace(Outcome outcome) {
    note(outcome, 5);
    assertThat(window(WITHOUT_BREAKER)).isEqualTo(16);
  }

  @Test
  void the_circuit_opens_with_the_last_of_so_many_failures_in_a_row_and_says_so_once() {
    assertThat(health.note(ERROR, POLICY, NOW)).isFalse();
    assertThat(health.note(TIMED_OUT, POLICY, NOW)).isFalse();
    assertThat(health.circuit()).isEqualTo(Circuit.CLOSED);
    assertThat(health.note(ERROR, POLICY, NOW)).isTrue();
    assertThat(health.circuit()).isEqualTo(Circuit.OPEN);
    assertThat(health.note(ERROR, POLICY, NOW)).as("was out when it opened").isFalse();
  }

  @Test
  void a_success_ends_the_row_and_what_says_nothing_of_the_endpoint_does_not_count() {
    for (Outcome outcome : List.of(ERROR, ERROR, DELIVERED, ERROR, ERROR, OURS, OURS, OURS)) {
      assertThat(health.note(outcome, POLICY, NOW)).isFalse();
    }
    assertThat(health.note(ERROR, POLICY, NOW)).isTrue();
  }

  @Test
  void an_endpoint_that_refuses_everything_is_not_left_alone() {
    for (int i = 0; i < 100; i++) {
      assertThat(health.note(NOT_FOUND, POLICY, NOW)).isFalse();
    }
    assertThat(health.circuit()).isEqualTo(Circuit.CLOSED);
  }

  @Test
  void while_open_nothing_begins_then_one_and_only_when_all_that_was_out_has_ended() {
    open();
    Instant end = NOW.plus(FIRST_WAIT);
    assertThat(health.openUntil()).isEqualTo(end);
    assertThat(health.mayBegin(0, 0, POLICY, end.minusNanos(1))).isFalse();
    assertThat(health.mayBegin(1, 1, POLICY, end)).isFalse();
    assertThat(health.mayBegin(0, 0, POLICY, end)).isTrue();
    health.begin();
    assertThat(health.circuit()).isEqualTo(Circuit.HALF_OPEN);
    assertThat(health.openUntil()).as("only the outcome can change it").isNull();
    assertThat(health.mayBegin(0, 0, POLICY, end.plusSeconds(60))).isFalse();
  }

  @Test
  void by_an_answer_to_the_one_the_circuit_closes_and_the_row_begins_anew() {
    for (Outcome answer : List.of(DELIVERED, NOT_FOUND)) {
      Health other = new Health(EngineLimits.DEFAULT.busyPerRequest());
      for (int i = 0; i < FAILURES; i++) {
        other.note(ERROR, POLICY, NOW);
      }
      other.begin();
      assertThat(other.note(answer, POLICY, NOW)).isTrue();
      assertThat(other.circuit()).isEqualTo(Circuit.CLOSED);
      assertThat(other.note(ERROR, POLICY, NOW)).isFalse();
      assertThat(other.note(ERROR, POLICY, NOW)).isFalse();
      assertThat(other.note(ERROR, POLICY, NOW)).isTrue();
    }
  }

  @Test
  void by_its_failure_the_circuit_is_open_twice_as_long_up_to_the_longest_and_anew_after_success() {
    open();
    Instant now = NOW;
    for (int seconds : new int[] {10, 15, 15}) {
      now = now.plusSeconds(100);
      health.begin();
      assertThat(health.note(ERROR, POLICY, now)).as("it was not closed").isFalse();
      assertThat(health.openUntil()).isEqualTo(now.plusSeconds(seconds));
    }
    health.begin();
    health.note(DELIVERED, POLICY, now);
    open();
    assertThat(health.openUntil()).isEqualTo(NOW.plus(FIRST_WAIT));
  }

  @Test
  void what_was_out_when_it_opened_does_not_keep_it_open_and_its_success_closes_it() {
    open();
    health.note(ERROR, POLICY, NOW.plusSeconds(4));
    assertThat(health.openUntil()).isEqualTo(NOW.plus(FIRST_WAIT));
    assertThat(health.note(DELIVERED, POLICY, NOW.plusSeconds(4))).isTrue();
    assertThat(health.mayBegin(0, 0, POLICY, NOW.plusSeconds(4))).isTrue();
  }

  /** Else the circuit would be half open for ever, and nothing would be sent again. */
  @Test
  void one_that_was_not_sent_or_says_nothing_is_followed_by_another() {
    open();
    Instant end = NOW.plus(FIRST_WAIT);
    health.begin();
    health.probeUnsent();
    assertThat(health.circuit()).isEqualTo(Circuit.OPEN);
    assertThat(health.mayBegin(0, 0, POLICY, end)).isTrue();
    health.begin();
    assertThat(health.note(OURS, POLICY, end)).isFalse();
    assertThat(health.mayBegin(0, 0, POLICY, end)).isTrue();
    health.begin();
    health.note(ERROR, POLICY, end);
    assertThat(health.openUntil()).as("the wait has doubled once").isEqualTo(end.plusSeconds(10));
  }

  @Test
  void an_attempt_that_was_not_sent_changes_nothing_while_closed() {
    health.begin();
    health.probeUnsent();
    assertThat(health.circuit()).isEqualTo(Circuit.CLOSED);
  }

  @Test
  void without_a_breaker_the_circuit_never_opens_and_one_that_is_open_closes() {
    note(ERROR, 100);
    assertThat(health.circuit()).isEqualTo(Circuit.CLOSED);
    Health other = new Health(EngineLimits.DEFAULT.busyPerRequest());
    for (int i = 0; i < FAILURES; i++) {
      other.note(ERROR, POLICY, NOW);
    }
    other.configure(OFF);
    assertThat(other.mayBegin(0, 0, WITHOUT_BREAKER, NOW)).isTrue();
  }

  @Test
  void an_endpoint_is_proven_by_a_success_until_it_fails() {
    assertThat(health.isProven()).isFalse();
    note(DELIVERED, 1);
    assertThat(health.isProven()).isTrue();
    note(NOT_FOUND, 1);
    note(OURS, 1);
    assertThat(health.isProven()).isTrue();
    note(ERROR, 1);
    assertThat(health.isProven()).isFalse();
  }

  @Test
  void it_fails_since_the_first_failure_and_no_more_after_a_success() {
    health.note(OURS, POLICY, NOW);
    assertThat(health.failingSince()).isNull();
    health.note(NOT_FOUND, POLICY, NOW.plusSeconds(1));
    health.note(ERROR, POLICY, NOW.plusSeconds(2));
    assertThat(health.failingSince()).isEqualTo(NOW.plusSeconds(1));
    health.note(DELIVERED, POLICY, NOW.plusSeconds(3));
    assertThat(health.failingSince()).isNull();
  }

  @Test
  void what_the_store_says_counts_until_an_attempt_says_more() {
    health.wasFailingSince(NOW.minusSeconds(60));
    health.note(ERROR, POLICY, NOW);
    assertThat(health.failingSince()).isEqualTo(NOW.minusSeconds(60));
    health.note(DELIVERED, POLICY, NOW);
    health.wasFailingSince(NOW.minusSeconds(60));
    assertThat(health.failingSince()).isNull();
  }

  @Test
  void who_starts_anew_has_a_closed_circuit_and_a_new_row() {
    open();
    health.startAnew();
    assertThat(health.mayBegin(0, 0, POLICY, NOW)).isTrue();
    assertThat(health.failingSince()).isNull();
    assertThat(health.note(ERROR, POLICY, NOW)).isFalse();
    assertThat(health.note(ERROR, POLICY, NOW)).isFalse();
    assertThat(health.note(ERROR, POLICY, NOW)).isTrue();
  }

  private void note(Outcome outcome, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(health.note(outcome, WITHOUT_BREAKER, NOW)).isFalse();
    }
  }

  private void open() {
    for (int i = 0; i < FAILURES; i++) {
      health.note(ERROR, POLICY, NOW);
    }
    assertThat(health.circuit()).isEqualTo(Circuit.OPEN);
  }

  /** How many attempts may be out. */
  private int window(DeliveryPolicy policy) {
    int busy = 0;
    while (health.mayBegin(busy, busy, policy, NOW)) {
      busy++;
    }
    return busy;
  }

  private static DeliveryPolicy policy(int maxInFlight, CircuitBreaker breaker) {
    return new DeliveryPolicy(
        Order.UNORDERED,
        RetryPolicy.DEFAULT,
        List.of(),
        List.of(),
        maxInFlight,
        null,
        breaker,
        null);
  }
}
