package dev.boathook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.endpoint.CircuitBreaker;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.outbound.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the engine says to one thing after another. */
class EngineTest {
  private static final UUID PROJECT = new UUID(1, 1);
  private static final UUID OTHER_CONSUMER = new UUID(3, 1);

  /** The one endpoint here that is another consumer's. */
  private static final UUID FOREIGN = new UUID(5, 1);

  private static final UUID ENDPOINT = new UUID(2, 1);
  private static final int MAX_BUSY = EngineLimits.DEFAULT.maxBusy();
  private static final int MAX_UNPROVEN = EngineLimits.DEFAULT.maxUnproven();
  private static final long MAX_BUSY_BYTES = EngineLimits.DEFAULT.maxBusyBytes();

  private static final int WINDOW = DeliveryPolicy.DEFAULT_MAX_IN_FLIGHT;

  /** As many as have all that is one group's when each has all that its policy lets it. */
  private static final int SLOW = MAX_BUSY * 8 / 9 / WINDOW;

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final CircuitBreaker OFF =
      new CircuitBreaker(0, Duration.ofSeconds(1), Duration.ofSeconds(1));
  private static final Outcome FAILED = new Outcome.Refused(500, null);
  private static final Outcome DELIVERED = new Outcome.Delivered(200);

  private final Engine engine = new Engine(EngineLimits.DEFAULT);
  private final List<Effect> effects = new ArrayList<>();
  private Instant now = START;
  private boolean latest;
  private long ids;

  @Test
  void a_newer_version_does_not_wait_for_the_retry_of_an_older_one_that_is_out() {
    open(Order.LATEST, null);
    // After its second try it is due in minutes.
    load(lane(1, waiting(1, 1)));
    Effect.Send send = only(Effect.Send.class);
    engine.expect(ENDPOINT, true, now, now);
    load(lane(2, waiting(2, 0)));

    end(send, FAILED);

    load(lane(2, waiting(2, 0)));
    assertThat(only(Effect.Send.class).delivery().place()).isEqualTo(new Place("", 2));
  }

  @Test
  void a_newer_version_does_not_wait_for_the_retry_of_an_older_one_that_is_held() {
    open(Order.LATEST, null);
    load(lane(1, waiting(1, 0)));
    end(only(Effect.Send.class), FAILED);
    engine.expect(ENDPOINT, true, now, now);
    load(lane(2, waiting(2, 0)));

    load(lane(2, waiting(2, 0)));

    assertThat(only(Effect.Send.class).delivery().place()).isEqualTo(new Place("", 2));
  }

  @Test
  void a_newer_version_that_has_no_place_beside_an_older_one_does_not_wait_for_its_retry() {
    open(Order.LATEST, null);
    load(lane(1, waiting(1, 0)));
    end(only(Effect.Send.class), FAILED);
    Waiting newer = waiting(3, 0);
    engine.reserve(List.of(newer));

    engine.committed(List.of(new Engine.Committed(newer, false)), now);

    load(lane(3, waiting(3, 0)));
    assertThat(only(Effect.Send.class).delivery().place()).isEqualTo(new Place("", 3));
  }

  @Test
  void what_waits_before_one_that_was_called_off_and_not_sent_is_looked_for() {
    open(Order.LATEST, null);
    load(lane(2, waiting(2, 0)));
    Effect.Send send = only(Effect.Send.class);
    engine.withdrawn(ENDPOINT, send.delivery().deliveryId(), now);

    engine.unsent(send, now.plusSeconds(1), now);

    pass(Duration.ZERO);
    assertThat(only(Effect.Load.class).lanes()).isTrue();
  }

  @Test
  void a_rate_of_resuming_stays_while_something_waits_behind_a_retry() {
    open(Order.SKIP, new Rate(100, 100));
    load(lane(2, waiting(1, 0), waiting(2, 0)));

    end(only(Effect.Send.class), FAILED);
    assertThat(of(Effect.CaughtUp.class)).isEmpty();

    pass(Duration.ofSeconds(30));
    end(only(Effect.Send.class), DELIVERED);
    assertThat(of(Effect.CaughtUp.class)).isEmpty();
    end(only(Effect.Send.class), DELIVERED);
    assertThat(of(Effect.CaughtUp.class)).hasSize(1);
  }

  @Test
  void a_rate_of_resuming_stays_while_more_is_being_read() {
    open(Order.SKIP, new Rate(100, 100));
    load(lane(1, waiting(1, 0)));
    Effect.Send send = only(Effect.Send.class);
    engine.expect(ENDPOINT, true, now, now);
    pass(Duration.ZERO);
    Effect.Load load = only(Effect.Load.class);

    end(send, DELIVERED);

    assertThat(of(Effect.CaughtUp.class)).isEmpty();
    engine.loadedLanes(load, List.of(), null, now);
  }

  @Test
  void a_rate_of_resuming_stays_while_what_waits_could_not_be_read() {
    open(Order.SKIP, new Rate(100, 100));
    pass(Duration.ZERO);

    engine.loadFailed(only(Effect.Load.class), now);
    pass(Duration.ZERO);
    assertThat(of(Effect.CaughtUp.class)).isEmpty();

    pass(EngineLimits.DEFAULT.storeRetry());
    engine.loadedLanes(only(Effect.Load.class), List.of(), null, now);
    pass(Duration.ZERO);
    assertThat(of(Effect.CaughtUp.class)).hasSize(1);
  }

  @Test
  void that_nothing_waits_any_more_is_said_again_while_the_rate_of_resuming_stays() {
    open(Order.SKIP, new Rate(100, 100));
    pass(Duration.ZERO);
    engine.loadedLanes(only(Effect.Load.class), List.of(), null, now);
    pass(Duration.ZERO);
    assertThat(of(Effect.CaughtUp.class)).hasSize(1);

    pass(Duration.ofSeconds(59));
    assertThat(of(Effect.CaughtUp.class)).hasSize(1);
    pass(Duration.ofSeconds(1));
    assertThat(of(Effect.CaughtUp.class)).hasSize(2);

    engine.configure(
        new Terms(PROJECT, ENDPOINT, PROJECT, 1, DeliveryPolicy.DEFAULT, true, null, START), now);
    pass(Duration.ofMinutes(2));
    assertThat(of(Effect.CaughtUp.class)).hasSize(2);
  }

  @Test
  void a_rate_of_resuming_goes_at_once_when_nothing_waits() {
    open(Order.SKIP, new Rate(100, 100));

    pass(Duration.ZERO);
    engine.loadedLanes(only(Effect.Load.class), List.of(), null, now);
    pass(Duration.ZERO);

    assertThat(of(Effect.CaughtUp.class)).hasSize(1);
  }

  /** It need not wait for a survey, which may be minutes away. */
  @Test
  void a_new_endpoint_has_caught_up_when_all_that_waits_for_it_was_read_and_sent() {
    engine.own(Shards.of(ENDPOINT), 1, now);
    pass(Duration.ZERO);
    effects.clear();

    engine.configure(
        new Terms(PROJECT, ENDPOINT, PROJECT, 1, DeliveryPolicy.DEFAULT, true, Rate.of(10), START),
        now);
    pass(Duration.ZERO);
    while (of(Effect.CaughtUp.class).isEmpty()) {
      Effect.Load load = only(Effect.Load.class);
      effects.clear();
      findNothing(load);
      pass(Duration.ZERO);
    }

    assertThat(of(Effect.CaughtUp.class)).hasSize(1);
  }

  @Test
  void of_a_lane_that_is_held_no_more_is_asked_for_than_where_it_ends() {
    open(Order.SKIP, null);
    load(lane(1, waiting(1, 0)));
    Effect.Send first = only(Effect.Send.class);
    engine.expect(ENDPOINT, true, now, now);
    pass(Duration.ZERO);
    Effect.Load whileHeld = only(Effect.Load.class);
    assertThat(whileHeld.held()).containsExactly("");

    end(first, DELIVERED);
    engine.loadedLanes(whileHeld, List.of(lane(3, waiting(2, 0))), null, now);
    pass(Duration.ZERO);
    end(only(Effect.Send.class), DELIVERED);

    Effect.Load after = only(Effect.Load.class);
    assertThat(after.held()).isEmpty();
    assertThat(after.perLane()).isGreaterThan(1);
  }

  @Test
  void a_commit_of_which_nobody_knows_is_looked_for_more_than_once() {
    open(Order.UNORDERED, null);
    Waiting lost = waiting(null, 0);
    engine.reserve(List.of(lost));

    engine.abandoned(List.of(lost), false, now);

    for (int seconds : new int[] {1, 1, 2, 4, 8}) {
      pass(Duration.ofSeconds(seconds));
      assertThat(of(Effect.Survey.class)).as("after %d s", seconds).hasSize(1);
      engine.surveyed(List.of(), now);
      effects.clear();
    }
  }

  @Test
  void endpoints_that_are_slow_and_succeed_leave_room_for_one_that_is_well() {
    prove(endpoint(SLOW + 1), 1);
    prove(endpoint(SLOW + 2), 1);
    for (int i = 1; i <= SLOW; i++) {
      prove(endpoint(i), WINDOW);
      due(endpoint(i), 2 * WINDOW, 0);
    }
    pass(Duration.ZERO);
    assertThat(engine.busy()).isEqualTo(SLOW * WINDOW);

    due(endpoint(SLOW + 1), WINDOW, 0);
    pass(Duration.ZERO);
    int free = MAX_BUSY - engine.busy();
    assertThat(free).as("one part in nine").isBetween(MAX_BUSY / 9, MAX_BUSY / 9 + 3);
    assertThat(sendsTo(endpoint(SLOW + 1))).hasSize(MAX_BUSY - SLOW * WINDOW - free);

    due(endpoint(SLOW + 2), WINDOW, 0);
    end(sendsTo(endpoint(1)).getFirst(), DELIVERED);
    assertThat(sendsTo(endpoint(SLOW + 2))).as("what is free again").isNotEmpty();
  }

  @Test
  void a_consumer_with_any_number_of_slow_endpoints_leaves_another_all_that_it_wants() {
    for (int i = 1; i <= MAX_BUSY; i++) {
      prove(endpoint(i), 1);
      due(endpoint(i), 2, 0);
    }
    pass(Duration.ZERO);
    assertThat(MAX_BUSY - engine.busy()).as("one part in nine").isEqualTo(MAX_BUSY / 9);

    due(FOREIGN, WINDOW, 0);
    pass(Duration.ZERO);

    assertThat(sendsTo(FOREIGN)).hasSize(Health.FIRST_WINDOW);
  }

  @Test
  void those_that_hang_leave_room_for_one_of_their_consumer_that_is_well() {
    UUID well = endpoint(0);
    prove(well, WINDOW);
    hang(MAX_UNPROVEN);
    for (int i = 1; i <= 2 * SLOW; i++) {
      prove(foreign(i), WINDOW);
      due(foreign(i), WINDOW, 0);
    }
    pass(Duration.ZERO);
    assertThat(engine.busy()).as("nearly all").isGreaterThan(MAX_BUSY * 8 / 10);

    due(well, WINDOW, 0);
    pass(Duration.ZERO);

    assertThat(sendsTo(well)).hasSize(WINDOW);
  }

  @Test
  void a_consumer_whose_new_endpoints_hang_leaves_room_for_new_ones_of_others() {
    hang(MAX_UNPROVEN);
    assertThat(MAX_UNPROVEN - engine.usage().busyUnproven())
        .as("one part in nine")
        .isEqualTo(MAX_UNPROVEN / 9);

    due(FOREIGN, WINDOW, 0);
    pass(Duration.ZERO);

    assertThat(sendsTo(FOREIGN)).hasSize(Health.FIRST_WINDOW);
  }

  @Test
  void what_is_busy_for_one_that_begins_to_fail_counts_among_those_that_do() {
    prove(endpoint(1), WINDOW);
    due(endpoint(1), WINDOW, 0);
    pass(Duration.ZERO);
    assertThat(engine.usage().busyUnproven()).isZero();

    end(sendsTo(endpoint(1)).getFirst(), FAILED);
    assertThat(engine.usage().busyUnproven()).isEqualTo(WINDOW - 1);

    end(sendsTo(endpoint(1)).getLast(), DELIVERED);
    assertThat(engine.usage().busyUnproven()).isZero();
    assertThat(engine.busy()).isEqualTo(WINDOW - 2);
  }

  @Test
  void large_bodies_leave_half_of_all_bytes_to_others() {
    prove(endpoint(1), 1);
    prove(endpoint(2), 1);
    due(endpoint(1), Health.FIRST_WINDOW, MAX_BUSY_BYTES / 4);
    due(endpoint(2), 1, MAX_BUSY_BYTES / 4);
    pass(Duration.ZERO);
    assertThat(sendsTo(endpoint(1)).size() + sendsTo(endpoint(2)).size()).isEqualTo(2);

    due(endpoint(3), 1, MAX_BUSY_BYTES / 64);
    pass(Duration.ZERO);
    assertThat(sendsTo(endpoint(3))).hasSize(1);
    assertThat(engine.nextWake()).as("nobody asks again and again").isAfter(now);

    end(sendsTo(endpoint(1)).getFirst(), DELIVERED);
    end(sendsTo(endpoint(1)).get(1), DELIVERED);
    assertThat(sendsTo(endpoint(2))).as("in turns with the other").hasSize(1);
  }

  @Test
  void large_bodies_to_those_that_hang_leave_room_for_large_bodies() {
    due(endpoint(1), Health.FIRST_WINDOW, MAX_BUSY_BYTES / 8);
    pass(Duration.ZERO);
    assertThat(sendsTo(endpoint(1))).as("a quarter of all bytes").hasSize(2);

    prove(endpoint(2), 1);
    due(endpoint(2), Health.FIRST_WINDOW, MAX_BUSY_BYTES / 8);
    pass(Duration.ZERO);

    assertThat(sendsTo(endpoint(2))).as("half of all bytes").hasSize(4);
  }

  @Test
  void a_body_larger_than_all_bytes_leaves_room_for_others() {
    due(endpoint(1), 2, 2 * MAX_BUSY_BYTES);
    pass(Duration.ZERO);
    assertThat(sendsTo(endpoint(1))).as("one at a time").hasSize(1);

    prove(endpoint(2), 1);
    due(endpoint(2), 2, MAX_BUSY_BYTES / 8);
    due(endpoint(3), 2, 0);
    pass(Duration.ZERO);

    assertThat(sendsTo(endpoint(2))).hasSize(2);
    assertThat(sendsTo(endpoint(3))).hasSize(2);
  }

  /** As many new endpoints as would take so many places are sent to, and do not answer. */
  private void hang(int places) {
    for (int i = 1; i <= places / Health.FIRST_WINDOW; i++) {
      due(endpoint(i), Health.FIRST_WINDOW, 0);
    }
    pass(Duration.ZERO);
  }

  @Test
  void what_was_let_go_is_read_again_though_it_was_due_before_what_was_read_last() {
    UUID endpoint = endpoint(1);
    due(endpoint, 2 * Health.FIRST_WINDOW, 0);
    pass(Duration.ofSeconds(1));

    engine.configure(terms(endpoint, START.plusSeconds(1)).closed(), now);
    pass(Duration.ofSeconds(1));
    effects.clear();
    engine.configure(terms(endpoint, START.plusSeconds(2)), now);
    pass(Duration.ZERO);

    Effect.Load load = only(Effect.Load.class);
    assertThat(load.notBefore()).isNull();
    engine.loaded(load, List.of(), null, now);
    Instant due = now.plusSeconds(1);
    engine.expect(endpoint, false, due, now);
    pass(Duration.ofSeconds(1));
    // A little before, since the store rounds.
    assertThat(of(Effect.Load.class).getLast().notBefore()).isEqualTo(due.minusMillis(1));
  }

  /** Its shard could not be given back before, since there was nobody left to say it. */
  @Test
  void a_shard_is_given_back_although_an_endpoint_is_deleted_while_a_note_of_it_is_written() {
    UUID endpoint = endpoint(1);
    due(endpoint, 1, 0);
    pass(Duration.ZERO);
    end(sendsTo(endpoint).getFirst(), new Outcome.Refused(400, null));
    Effect.NoteFailing note = only(Effect.NoteFailing.class);
    engine.release(Shards.of(endpoint), now);
    engine.forget(endpoint, now);
    pass(Duration.ZERO);

    engine.noted(note, true);
    pass(Duration.ZERO);

    assertThat(of(Effect.Released.class)).isNotEmpty();
  }

  @Test
  void to_who_is_gone_nothing_is_sent_and_that_is_said_again_until_it_is_changed() {
    due(endpoint(1), 2 * Health.FIRST_WINDOW, 0);
    pass(Duration.ZERO);
    List<Effect.Send> sends = sendsTo(endpoint(1));
    effects.clear();

    Resolution gone = engine.attempted(sends.getFirst(), START, new Outcome.Gone(), 1, now);
    end(sends.getLast(), DELIVERED);
    engine.recorded(gone, Resolution.Written.MOVED, now);
    pass(Duration.ZERO);

    assertThat(of(Effect.Send.class)).isEmpty();
    Effect.Disable disable = only(Effect.Disable.class);
    assertThat(disable.cause()).isEqualTo(new DisableCause.Gone());
    assertThat(disable.changedAt()).isEqualTo(START);
    pass(Duration.ofSeconds(59));
    assertThat(of(Effect.Disable.class)).isEmpty();
    assertThat(engine.nextWake()).isBeforeOrEqualTo(now.plusSeconds(1));
    pass(Duration.ofSeconds(1));
    assertThat(only(Effect.Disable.class)).isEqualTo(disable);

    engine.configure(terms(endpoint(1), START.plusSeconds(1)), now);
    pass(Duration.ofMinutes(2));
    assertThat(of(Effect.Disable.class)).isEmpty();
    assertThat(of(Effect.Load.class)).as("it is read what waits").isNotEmpty();
  }

  @Test
  void who_was_gone_before_it_was_changed_is_sent_to() {
    due(endpoint(1), 2 * Health.FIRST_WINDOW, 0);
    pass(Duration.ZERO);
    Effect.Send before = sendsTo(endpoint(1)).getFirst();
    engine.configure(terms(endpoint(1), START.plusSeconds(1)), now);
    effects.clear();

    end(before, new Outcome.Gone());

    assertThat(of(Effect.Disable.class)).isEmpty();
    assertThat(sendsTo(endpoint(1))).hasSize(1);
  }

  @Test
  void who_could_not_write_it_down_disables_nobody() {
    due(endpoint(1), 1, 0);
    pass(Duration.ZERO);
    Effect.Send send = only(Effect.Send.class);

    engine.recorded(
        engine.attempted(send, START, new Outcome.Gone(), 1, now), Resolution.Written.FENCED, now);
    pass(Duration.ofMinutes(2));

    assertThat(of(Effect.Disable.class)).isEmpty();
  }

  @Test
  void who_was_given_longer_before_the_outcome_was_written_is_not_disabled() {
    due(endpoint(1), 2, 0);
    pass(Duration.ZERO);
    List<Effect.Send> sends = List.copyOf(sendsTo(endpoint(1)));
    end(sends.getFirst(), FAILED);
    pass(Objects.requireNonNull(DeliveryPolicy.DEFAULT.disableAfter()).plusSeconds(1));
    Resolution last = engine.attempted(sends.getLast(), START, FAILED, 1, now);

    DeliveryPolicy usual = DeliveryPolicy.DEFAULT;
    DeliveryPolicy patient =
        new DeliveryPolicy(
            usual.order(), usual.retries(), List.of(), List.of(), 32, null, usual.breaker(), null);
    engine.configure(
        new Terms(PROJECT, endpoint(1), PROJECT, 1, patient, true, null, START.plusSeconds(1)),
        now);
    engine.recorded(last, Resolution.Written.MOVED, now);
    pass(Duration.ZERO);

    assertThat(last.disables()).isInstanceOf(DisableCause.Failing.class);
    assertThat(of(Effect.Disable.class)).isEmpty();
  }

  @Test
  void who_does_not_know_whether_the_shard_is_its_own_disables_nobody_for_failing() {
    engine.own(Shards.of(endpoint(1)), 1, now);
    due(endpoint(1), 2, 0);
    pass(Duration.ZERO);
    List<Effect.Send> sends = List.copyOf(sendsTo(endpoint(1)));
    end(sends.getFirst(), FAILED);
    Duration longEnough =
        Objects.requireNonNull(DeliveryPolicy.DEFAULT.disableAfter()).plusSeconds(1);
    pass(longEnough);
    Resolution last = engine.attempted(sends.getLast(), START, FAILED, 1, now);

    engine.suspend(true);
    engine.recorded(last, Resolution.Written.MOVED, now);
    pass(Duration.ZERO);

    assertThat(last.disables()).isInstanceOf(DisableCause.Failing.class);
    assertThat(of(Effect.Disable.class)).isEmpty();
  }

  @Test
  void a_shard_is_given_back_only_when_it_is_noted_that_its_endpoints_fail_no_more() {
    int shard = Shards.of(endpoint(1));
    due(endpoint(1), 2, 0);
    pass(Duration.ZERO);
    List<Effect.Send> sends = List.copyOf(sendsTo(endpoint(1)));
    end(sends.getFirst(), FAILED);
    engine.noted(only(Effect.NoteFailing.class), true);
    end(sends.getLast(), DELIVERED);
    // The store is away, and nothing more is sent that could bring it up again.
    engine.noted(only(Effect.NoteFailing.class), false);

    engine.release(shard, now);

    pass(Duration.ZERO);
    assertThat(of(Effect.Released.class)).isEmpty();
    Effect.NoteFailing note = only(Effect.NoteFailing.class);
    assertThat(note.since()).isNull();
    engine.noted(note, true);
    pass(Duration.ZERO);
    assertThat(of(Effect.Released.class)).hasSize(1);
  }

  @Test
  void a_circuit_that_has_opened_is_said_to_be_closed_whatever_closes_it() {
    closesCircuit(endpoint(1), () -> engine.lose(Shards.of(endpoint(1)), now));
    Terms paused = terms(endpoint(2), START);
    closesCircuit(
        endpoint(2),
        () -> {
          engine.configure(paused.closed(), now);
          engine.configure(paused, now);
        });
    closesCircuit(
        endpoint(3), () -> engine.configure(with(terms(endpoint(3), START), OFF, null), now));
    closesCircuit(endpoint(4), () -> engine.forget(endpoint(4), now));
  }

  private void closesCircuit(UUID endpoint, Runnable closing) {
    int failures = DeliveryPolicy.DEFAULT.breaker().failures();
    due(endpoint, failures, 0);
    pass(Duration.ZERO);
    List<Effect.Send> sends = sendsTo(endpoint);
    assertThat(sends).hasSizeGreaterThanOrEqualTo(failures);
    effects.clear();
    sends.forEach(send -> end(send, FAILED));
    assertThat(only(Effect.Circuit.class).open()).isTrue();

    closing.run();
    pass(Duration.ZERO);

    assertThat(only(Effect.Circuit.class)).isEqualTo(new Effect.Circuit(PROJECT, endpoint, false));
    effects.clear();
  }

  @Test
  void what_waits_for_the_rate_for_longer_than_a_burst_is_said_until_nothing_waits() {
    due(endpoint(1), 12, 0);
    engine.configure(with(terms(endpoint(1), START), OFF, new Rate(1, 1)), now);
    pass(Duration.ZERO);
    deliverFor(endpoint(1), Throttle.LONGEST_BURST.minusSeconds(1));
    assertThat(of(Effect.Throttled.class)).isEmpty();

    deliverFor(endpoint(1), Duration.ofSeconds(1));
    assertThat(only(Effect.Throttled.class).limit()).isEqualTo(Limit.RATE);

    deliverFor(endpoint(1), Duration.ofSeconds(2));
    assertThat(only(Effect.Throttled.class).limit()).isNull();
  }

  @Test
  void what_waits_while_as_many_requests_are_under_way_as_may_be_is_said() {
    due(endpoint(1), Health.FIRST_WINDOW + 1, 0);
    pass(Duration.ZERO);
    assertThat(sendsTo(endpoint(1))).hasSize(Health.FIRST_WINDOW);

    pass(Throttle.LONGEST_BURST);

    assertThat(only(Effect.Throttled.class).limit()).isEqualTo(Limit.CONCURRENCY);
    end(sendsTo(endpoint(1)).getFirst(), DELIVERED);
    pass(Duration.ZERO);
    assertThat(only(Effect.Throttled.class).limit()).isNull();
  }

  @Test
  void who_has_all_that_it_may_have_but_lets_nothing_wait_is_not_throttled() {
    due(endpoint(1), Health.FIRST_WINDOW, 0);

    pass(Throttle.LONGEST_BURST.multipliedBy(2));

    assertThat(of(Effect.Throttled.class)).isEmpty();
  }

  @Test
  void who_is_resumed_at_a_rate_is_not_throttled() {
    due(endpoint(1), 30, 0);
    Terms usual = with(terms(endpoint(1), START), OFF, new Rate(1, 1));
    Terms resumed =
        new Terms(PROJECT, endpoint(1), PROJECT, 1, usual.policy(), true, new Rate(1, 1), START);
    engine.configure(resumed, now);

    deliverFor(endpoint(1), Throttle.LONGEST_BURST.multipliedBy(2));

    assertThat(of(Effect.Throttled.class)).isEmpty();
  }

  @Test
  void who_was_throttled_is_said_not_to_be_whatever_ends_it() {
    endsThrottle(endpoint(1), () -> engine.lose(Shards.of(endpoint(1)), now));
    endsThrottle(endpoint(2), () -> engine.configure(terms(endpoint(2), START).closed(), now));
    endsThrottle(endpoint(3), () -> engine.forget(endpoint(3), now));
    endsThrottle(
        endpoint(4),
        () ->
            sendsTo(endpoint(4))
                .forEach(send -> end(send, new Outcome.TimedOut(Outcome.TimedOut.Phase.RESPONSE))));
  }

  private void endsThrottle(UUID endpoint, Runnable ending) {
    due(endpoint, 2 * Health.FIRST_WINDOW, 0);
    pass(Duration.ZERO);
    pass(Throttle.LONGEST_BURST);
    assertThat(only(Effect.Throttled.class).limit()).isEqualTo(Limit.CONCURRENCY);

    ending.run();
    pass(Duration.ZERO);

    assertThat(only(Effect.Throttled.class))
        .isEqualTo(new Effect.Throttled(PROJECT, endpoint, null));
    effects.clear();
  }

  private void deliverFor(UUID endpoint, Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      pass(Duration.ofSeconds(1));
      List<Effect.Send> sends = sendsTo(endpoint);
      effects.removeAll(sends);
      sends.forEach(send -> end(send, DELIVERED));
    }
  }

  private static Terms with(Terms terms, CircuitBreaker breaker, @Nullable Rate rate) {
    DeliveryPolicy usual = terms.policy();
    return new Terms(
        terms.projectId(),
        terms.endpointId(),
        terms.groupId(),
        terms.weight(),
        new DeliveryPolicy(
            usual.order(),
            usual.retries(),
            List.of(),
            List.of(),
            usual.maxInFlight(),
            rate,
            breaker,
            null),
        true,
        null,
        terms.changedAt());
  }

  private static Terms terms(UUID endpoint, Instant changedAt) {
    return terms(endpoint, PROJECT, changedAt);
  }

  private static Terms terms(UUID endpoint, UUID group, Instant changedAt) {
    return new Terms(PROJECT, endpoint, group, 1, DeliveryPolicy.DEFAULT, true, null, changedAt);
  }

  private static UUID endpoint(int number) {
    return new UUID(4, number);
  }

  /** Of another consumer. */
  private static UUID foreign(int number) {
    return new UUID(FOREIGN.getMostSignificantBits(), number);
  }

  /** Makes it known, and lets it have as many successes as widen its window to this. */
  private void prove(UUID endpoint, int window) {
    due(endpoint, window, 0);
    while (true) {
      pass(Duration.ZERO);
      List<Effect.Send> sends = sendsTo(endpoint);
      if (sends.isEmpty()) {
        return;
      }
      effects.removeAll(sends);
      sends.forEach(send ->
          engine.recorded(
              engine.attempted(send, START, DELIVERED, 1, now), Resolution.Written.MOVED, now));
    }
  }

  /** So many events are just accepted for the endpoint. */
  private void due(UUID endpoint, int count, long bodyBytes) {
    boolean isForeign = endpoint.getMostSignificantBits() == FOREIGN.getMostSignificantBits();
    UUID group = isForeign ? OTHER_CONSUMER : PROJECT;
    engine.configure(terms(endpoint, group, START), now);
    if (engine.epochOf(Shards.of(endpoint)) == 0) {
      engine.own(Shards.of(endpoint), 1, now);
    }
    // Nothing else waits for anybody.
    pass(Duration.ZERO);
    of(Effect.Survey.class).forEach(survey -> engine.surveyed(List.of(), now));
    while (!of(Effect.Load.class).isEmpty()) {
      Effect.Load load = of(Effect.Load.class).getFirst();
      effects.remove(load);
      findNothing(load);
      pass(Duration.ZERO);
    }
    effects.removeIf(effect -> effect instanceof Effect.Survey);
    List<Waiting> waiting = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      waiting.add(waiting(endpoint, null, 0, (int) bodyBytes));
    }
    engine.reserve(waiting);
    engine.committed(waiting.stream().map(it -> new Engine.Committed(it, true)).toList(), now);
  }

  private List<Effect.Send> sendsTo(UUID endpoint) {
    return of(Effect.Send.class).stream()
        .filter(send -> send.delivery().endpointId().equals(endpoint))
        .toList();
  }

  private void open(Order order, @Nullable Rate resumeRate) {
    latest = order == Order.LATEST;
    DeliveryPolicy usual = DeliveryPolicy.DEFAULT;
    DeliveryPolicy policy =
        new DeliveryPolicy(
            order, usual.retries(), List.of(), List.of(), 32, null, usual.breaker(), null);
    engine.configure(
        new Terms(PROJECT, ENDPOINT, PROJECT, 1, policy, true, resumeRate, START), now);
    engine.own(Shards.of(ENDPOINT), 1, now);
    pass(Duration.ZERO);
    assertThat(of(Effect.Survey.class)).hasSize(1);
    engine.surveyed(
        List.of(new Engine.Found(ENDPOINT, null, order == Order.UNORDERED ? null : START, null)),
        now);
    effects.clear();
    pass(Duration.ZERO);
    // A load of what is in no lane may be asked for as well.
    for (Effect.Load load : of(Effect.Load.class)) {
      if (!load.lanes()) {
        effects.remove(load);
        engine.loaded(load, List.of(), null, now);
      }
    }
    pass(Duration.ZERO);
  }

  private void findNothing(Effect.Load load) {
    if (load.lanes()) {
      engine.loadedLanes(load, List.of(), null, now);
    } else {
      engine.loaded(load, List.of(), null, now);
    }
  }

  /** Answers the load of lanes that is out. */
  private void load(LoadedLane lane) {
    pass(Duration.ZERO);
    Effect.Load load = only(Effect.Load.class);
    assertThat(load.lanes()).isTrue();
    engine.loadedLanes(load, List.of(lane), null, now);
    pass(Duration.ZERO);
  }

  private void end(Effect.Send send, Outcome outcome) {
    Resolution resolution = engine.attempted(send, START, outcome, 1, now);
    engine.recorded(resolution, Resolution.Written.MOVED, now);
    pass(Duration.ZERO);
  }

  private void pass(Duration time) {
    now = now.plus(time);
    effects.addAll(engine.advance(now));
  }

  private <T extends Effect> List<T> of(Class<T> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The only one of its kind that was asked for; it is done with. */
  private <T extends Effect> T only(Class<T> type) {
    List<T> all = of(type);
    assertThat(all).hasSize(1);
    effects.removeAll(all);
    return all.getFirst();
  }

  private LoadedLane lane(long lastNumber, Waiting... items) {
    return new LoadedLane("", lastNumber, START, latest, List.of(items));
  }

  private Waiting waiting(@Nullable Integer number, int attempts) {
    return waiting(ENDPOINT, number, attempts, 0);
  }

  private Waiting waiting(UUID endpoint, @Nullable Integer number, int attempts, int bodyBytes) {
    return new Waiting(
        PROJECT,
        new UUID(START.toEpochMilli() << 16 | 0x7000, ++ids),
        new UUID(3, ids),
        endpoint,
        "t",
        number == null ? null : new Place("", number),
        attempts,
        START,
        bodyBytes,
        null);
  }
}
