package dev.boathook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.outbound.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the engine says to one thing after another. */
class EngineTest {
  private static final UUID PROJECT = new UUID(1, 1);
  private static final UUID ENDPOINT = new UUID(2, 1);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Outcome FAILED = new Outcome.Refused(500, null);
  private static final Outcome DELIVERED = new Outcome.Delivered(200);

  private final Engine engine = new Engine(Engine.Limits.DEFAULT);
  private final List<Engine.Effect> effects = new ArrayList<>();
  private Instant now = START;
  private boolean latest;
  private long ids;

  @Test
  void a_newer_version_does_not_wait_for_the_retry_of_an_older_one_that_is_out() {
    open(Order.LATEST, null);
    // After its second try it is due in minutes.
    load(lane(1, waiting(1, 1)));
    Engine.Effect.Send send = only(Engine.Effect.Send.class);
    engine.expect(ENDPOINT, true, now, now);
    load(lane(2, waiting(2, 0)));

    end(send, FAILED);

    load(lane(2, waiting(2, 0)));
    assertThat(only(Engine.Effect.Send.class).delivery().place()).isEqualTo(new Place("", 2));
  }

  @Test
  void a_newer_version_does_not_wait_for_the_retry_of_an_older_one_that_is_held() {
    open(Order.LATEST, null);
    load(lane(1, waiting(1, 0)));
    end(only(Engine.Effect.Send.class), FAILED);
    engine.expect(ENDPOINT, true, now, now);
    load(lane(2, waiting(2, 0)));

    load(lane(2, waiting(2, 0)));

    assertThat(only(Engine.Effect.Send.class).delivery().place()).isEqualTo(new Place("", 2));
  }

  @Test
  void what_waits_before_one_that_was_called_off_and_not_sent_is_looked_for() {
    open(Order.LATEST, null);
    load(lane(2, waiting(2, 0)));
    Engine.Effect.Send send = only(Engine.Effect.Send.class);
    engine.withdrawn(ENDPOINT, send.delivery().deliveryId(), now);

    engine.unsent(send, now.plusSeconds(1), now);

    pass(Duration.ZERO);
    assertThat(only(Engine.Effect.Load.class).lanes()).isTrue();
  }

  @Test
  void a_rate_of_resuming_stays_while_something_waits_behind_a_retry() {
    open(Order.SKIP, new Rate(100, 100));
    load(lane(2, waiting(1, 0), waiting(2, 0)));

    end(only(Engine.Effect.Send.class), FAILED);
    assertThat(of(Engine.Effect.CaughtUp.class)).isEmpty();

    pass(Duration.ofSeconds(30));
    end(only(Engine.Effect.Send.class), DELIVERED);
    assertThat(of(Engine.Effect.CaughtUp.class)).isEmpty();
    end(only(Engine.Effect.Send.class), DELIVERED);
    assertThat(of(Engine.Effect.CaughtUp.class)).hasSize(1);
  }

  @Test
  void a_rate_of_resuming_stays_while_more_is_being_read() {
    open(Order.SKIP, new Rate(100, 100));
    load(lane(1, waiting(1, 0)));
    Engine.Effect.Send send = only(Engine.Effect.Send.class);
    engine.expect(ENDPOINT, true, now, now);
    pass(Duration.ZERO);
    Engine.Effect.Load load = only(Engine.Effect.Load.class);

    end(send, DELIVERED);

    assertThat(of(Engine.Effect.CaughtUp.class)).isEmpty();
    engine.loadedLanes(load, List.of(), null, now);
  }

  @Test
  void a_rate_of_resuming_goes_at_once_when_nothing_waits() {
    open(Order.SKIP, new Rate(100, 100));

    pass(Duration.ZERO);
    engine.loadedLanes(only(Engine.Effect.Load.class), List.of(), null, now);
    pass(Duration.ZERO);

    assertThat(of(Engine.Effect.CaughtUp.class)).hasSize(1);
  }

  @Test
  void of_a_lane_that_is_held_no_more_is_asked_for_than_where_it_ends() {
    open(Order.SKIP, null);
    load(lane(1, waiting(1, 0)));
    Engine.Effect.Send first = only(Engine.Effect.Send.class);
    engine.expect(ENDPOINT, true, now, now);
    pass(Duration.ZERO);
    Engine.Effect.Load whileHeld = only(Engine.Effect.Load.class);
    assertThat(whileHeld.held()).containsExactly("");

    end(first, DELIVERED);
    engine.loadedLanes(whileHeld, List.of(lane(3, waiting(2, 0))), null, now);
    pass(Duration.ZERO);
    end(only(Engine.Effect.Send.class), DELIVERED);

    Engine.Effect.Load after = only(Engine.Effect.Load.class);
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
      assertThat(of(Engine.Effect.Survey.class)).as("after %d s", seconds).hasSize(1);
      engine.surveyed(List.of(), now);
      effects.clear();
    }
  }

  private void open(Order order, @Nullable Rate resumeRate) {
    latest = order == Order.LATEST;
    DeliveryPolicy usual = DeliveryPolicy.DEFAULT;
    DeliveryPolicy policy =
        new DeliveryPolicy(
            order, usual.retries(), List.of(), List.of(), 32, null, usual.breaker(), null);
    engine.configure(new Terms(PROJECT, ENDPOINT, PROJECT, 1, policy, true, resumeRate), now);
    engine.own(Shards.of(ENDPOINT), 1, now);
    pass(Duration.ZERO);
    assertThat(of(Engine.Effect.Survey.class)).hasSize(1);
    engine.surveyed(
        List.of(new Engine.Found(ENDPOINT, null, order == Order.UNORDERED ? null : START, null)),
        now);
    effects.clear();
    pass(Duration.ZERO);
    // A load of what is in no lane may be asked for as well.
    for (Engine.Effect.Load load : of(Engine.Effect.Load.class)) {
      if (!load.lanes()) {
        effects.remove(load);
        engine.loaded(load, List.of(), null, now);
      }
    }
    pass(Duration.ZERO);
  }

  /** Answers the load of lanes that is out. */
  private void load(LoadedLane lane) {
    pass(Duration.ZERO);
    Engine.Effect.Load load = only(Engine.Effect.Load.class);
    assertThat(load.lanes()).isTrue();
    engine.loadedLanes(load, List.of(lane), null, now);
    pass(Duration.ZERO);
  }

  private void end(Engine.Effect.Send send, Outcome outcome) {
    Resolution resolution = engine.attempted(send, outcome, 1, now);
    engine.recorded(resolution, Resolution.Written.MOVED, now);
    pass(Duration.ZERO);
  }

  private void pass(Duration time) {
    now = now.plus(time);
    effects.addAll(engine.advance(now));
  }

  private <T extends Engine.Effect> List<T> of(Class<T> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The only one of its kind that was asked for; it is done with. */
  private <T extends Engine.Effect> T only(Class<T> type) {
    List<T> all = of(type);
    assertThat(all).hasSize(1);
    effects.removeAll(all);
    return all.getFirst();
  }

  private LoadedLane lane(long lastNumber, Waiting... items) {
    return new LoadedLane("", lastNumber, START, latest, List.of(items));
  }

  private Waiting waiting(@Nullable Integer number, int attempts) {
    return new Waiting(
        PROJECT,
        new UUID(START.toEpochMilli() << 16 | 0x7000, ++ids),
        new UUID(3, ids),
        ENDPOINT,
        "t",
        number == null ? null : new Place("", number),
        attempts,
        START,
        0,
        null);
  }
}
