package dev.boathook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingDoor;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.outbound.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Lives many short histories of the engine in virtual time: commits, lost answers, crashes, slow
 * loads, pauses and cancels in an order that a seed decides. After every step nothing is in flight
 * twice and nothing finished is sent again; at the end everything has come to an end.
 */
class EngineHistoryTest {
  private static final int SEEDS = 400;
  private static final int MAX_STEPS = 400;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final RetrySchedule LONG =
      new RetrySchedule(
          List.of(
              Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(50), Duration.ofMinutes(5)));
  private static final RetrySchedule SHORT =
      new RetrySchedule(Collections.nCopies(20, Duration.ofSeconds(1)));
  private static final EngineLimits SMALL =
      new EngineLimits(
          6,
          4,
          8,
          1_000,
          10_000,
          20,
          4,
          4,
          50,
          2,
          Duration.ofSeconds(30),
          100,
          Duration.ofSeconds(1),
          Duration.ofMinutes(5));

  static List<Long> seeds() {
    List<Long> seeds = new ArrayList<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      seeds.add(seed);
    }
    return seeds;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothing_is_sent_twice_without_cause_and_everything_ends(long seed) {
    new History(seed).live();
  }

  private static final class History {
    private final Random random;
    private final UUID project = new UUID(1, 1);
    private final List<UUID> endpoints = List.of(new UUID(2, 1), new UUID(2, 2), new UUID(2, 3));
    private final Set<UUID> paused = new HashSet<>();
    private final Set<UUID> throttled = new HashSet<>();
    private final Map<UUID, Row> store = new LinkedHashMap<>();
    private final List<Runnable> pending = new ArrayList<>();
    private final Map<UUID, Waiting> inFlight = new HashMap<>();
    private Engine engine = new Engine(SMALL);
    private Instant now = START;
    private final RetrySchedule schedule;
    private final int steps;
    private int generation;
    private long ids;

    private record Row(Waiting delivery, DeliveryState state) {}

    History(long seed) {
      random = new Random(seed);
      schedule = random.nextBoolean() ? LONG : SHORT;
      steps = 1 + random.nextInt(MAX_STEPS);
    }

    void live() {
      restart();
      for (int step = 0; step < steps; step++) {
        step();
        perform(engine.advance(now));
        assertThat(engine.busy()).isLessThanOrEqualTo(SMALL.maxBusy());
      }
      paused.clear();
      endpoints.forEach(this::configure);
      for (int i = 0; i < 20_000 && !allFinal(); i++) {
        perform(engine.advance(now));
        if (!pending.isEmpty()) {
          pending.remove(random.nextInt(pending.size())).run();
        } else {
          Instant wake =
              Objects.requireNonNull(
                  engine.nextWake(), "something waits but nothing will wake the engine");
          now = wake.isAfter(now) ? wake : now;
        }
      }
      assertThat(allFinal()).as("everything came to an end").isTrue();
      assertThat(store.values())
          .allSatisfy(row ->
              assertThat(row.delivery().attempts()).isLessThanOrEqualTo(schedule.waits().size()));
    }

    private void step() {
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3 -> accept();
        case 4 -> now = now.plusMillis(random.nextInt(90_000));
        case 5 -> togglePause();
        case 6 -> cancelOne();
        case 7 -> {
          if (random.nextInt(10) == 0) {
            crash();
          }
        }
        case 8 -> replayBehindTheEnginesBack();
        default -> {
          if (!pending.isEmpty()) {
            pending.remove(random.nextInt(pending.size())).run();
          }
        }
      }
    }

    private UUID newId() {
      return new UUID(3, ++ids);
    }

    private Waiting newDelivery() {
      UUID endpoint = endpoints.get(random.nextInt(endpoints.size()));
      return new Waiting(project, newId(), newId(), endpoint, "t", null, 0, now, 10, null);
    }

    /** Reserves, commits or not, and tells the engine later, as a slow thread would. */
    private void accept() {
      List<Waiting> batch = new ArrayList<>();
      for (int i = random.nextInt(8); i >= 0; i--) {
        batch.add(newDelivery());
      }
      engine.reserve(batch);
      int born = generation;
      boolean commits = random.nextInt(5) > 0;
      boolean answerLost = random.nextInt(8) == 0;
      pending.add(() -> {
        if (born != generation) {
          return;
        }
        if (commits) {
          batch.forEach(d -> store.put(d.deliveryId(), new Row(d, DeliveryState.WAITING)));
        }
        pending.add(() -> {
          if (born != generation) {
            return;
          }
          if (answerLost || !commits) {
            engine.abandoned(batch, !commits && !answerLost, now);
          } else {
            engine.committed(batch.stream().map(d -> new Engine.Committed(d, true)).toList(), now);
          }
        });
      });
    }

    private void togglePause() {
      UUID endpoint = endpoints.get(random.nextInt(endpoints.size()));
      if (!paused.remove(endpoint)) {
        paused.add(endpoint);
      }
      configure(endpoint);
    }

    private void configure(UUID endpoint) {
      engine.configure(
          new Terms(
              project,
              endpoint,
              project,
              1,
              TestingDoor.policy(schedule.waits(), 2),
              !paused.contains(endpoint),
              null,
              START),
          now);
    }

    private void cancelOne() {
      store.values().stream()
          .filter(row -> row.state() == DeliveryState.WAITING)
          .findFirst()
          .ifPresent(row -> {
            Waiting d = row.delivery();
            store.put(d.deliveryId(), new Row(d, DeliveryState.CANCELLED));
            engine.withdrawn(d.endpointId(), d.deliveryId(), now);
          });
    }

    private void replayBehindTheEnginesBack() {
      Waiting replay = newDelivery();
      store.put(replay.deliveryId(), new Row(replay, DeliveryState.WAITING));
      int born = generation;
      pending.add(() -> {
        if (born == generation) {
          engine.expect(replay.endpointId(), false, replay.dueAt(), now);
        }
      });
    }

    private void crash() {
      generation++;
      pending.clear();
      inFlight.clear();
      throttled.clear();
      engine = new Engine(SMALL);
      restart();
    }

    private void restart() {
      endpoints.forEach(this::configure);
      for (int shard = 0; shard < Shards.COUNT; shard++) {
        engine.own(shard, 1, now);
      }
    }

    private void perform(List<Effect> effects) {
      for (Effect effect : effects) {
        switch (effect) {
          case Effect.Send send -> send(send);
          case Effect.Load load -> load(load);
          case Effect.Survey survey -> survey();
          case Effect.NoteFailing note -> engine.noted(note, true);
          case Effect.Circuit circuit -> {}
          case Effect.Throttled said ->
              assertThat(
                      said.limit() == null
                          ? throttled.remove(said.endpointId())
                          : throttled.add(said.endpointId()))
                  .as("it begins and ends by turns")
                  .isTrue();
          case Effect.Disable disable -> {}
          case Effect.Released released -> throw new AssertionError(released);
          case Effect.Tell tell -> throw new AssertionError(tell);
          case Effect.LookAgain lookAgain -> throw new AssertionError(lookAgain);
          case Effect.CaughtUp caughtUp -> throw new AssertionError(caughtUp);
        }
      }
    }

    private void survey() {
      int born = generation;
      pending.add(() -> {
        if (born == generation) {
          Map<UUID, Instant> due = new LinkedHashMap<>();
          store.values().stream()
              .filter(row -> row.state() == DeliveryState.WAITING)
              .map(Row::delivery)
              .forEach(d -> due.merge(d.endpointId(), d.dueAt(), (a, b) -> a.isBefore(b) ? a : b));
          List<Engine.Found> found = new ArrayList<>();
          due.forEach((endpoint, at) -> found.add(new Engine.Found(endpoint, at, null, null)));
          engine.surveyed(found, now);
        }
      });
    }

    private void load(Effect.Load load) {
      int born = generation;
      pending.add(() -> {
        if (born != generation) {
          return;
        }
        List<Waiting> rows =
            store.values().stream()
                .filter(row -> row.state() == DeliveryState.WAITING)
                .map(Row::delivery)
                .filter(d -> d.endpointId().equals(load.terms().endpointId()))
                .sorted(Comparator.comparing(Waiting::dueAt).thenComparing(Waiting::deliveryId))
                .limit(load.limit())
                .toList();
        pending.add(() -> {
          if (born != generation) {
            return;
          }
          if (random.nextInt(10) == 0) {
            engine.loadFailed(load, now);
          } else {
            engine.loaded(
                load, rows, rows.size() < load.limit() ? null : rows.getLast().dueAt(), now);
          }
        });
      });
    }

    private void send(Effect.Send send) {
      Waiting delivery = send.delivery();
      assertThat(inFlight).as("in flight once").doesNotContainKey(delivery.deliveryId());
      Row row = Objects.requireNonNull(store.get(delivery.deliveryId()), "sent before its commit");
      assertThat(row.state())
          .as("finished is not sent again")
          .isIn(DeliveryState.WAITING, DeliveryState.CANCELLED);
      assertThat(delivery.dueAt()).as("not before it is due").isBeforeOrEqualTo(now);
      inFlight.put(delivery.deliveryId(), delivery);
      int born = generation;
      pending.add(() -> {
        if (born == generation) {
          attempted(send);
        }
      });
    }

    private void attempted(Effect.Send send) {
      Waiting delivery = send.delivery();
      if (random.nextInt(10) == 0) {
        inFlight.remove(delivery.deliveryId());
        engine.unsent(send, now.plusSeconds(1), now);
        return;
      }
      Outcome outcome =
          switch (random.nextInt(4)) {
            case 0 -> new Outcome.Refused(500, null);
            case 1 -> new Outcome.TimedOut(Outcome.TimedOut.Phase.RESPONSE);
            default -> new Outcome.Delivered(200);
          };
      Resolution resolution = engine.attempted(send, START, outcome, random.nextDouble(), now);
      assertThat(DeliveryState.WAITING.mayBecome(resolution.state())).isTrue();
      int born = generation;
      pending.add(() -> {
        if (born == generation) {
          record(resolution);
        }
      });
    }

    private void record(Resolution resolution) {
      Waiting delivery = resolution.delivery();
      Row row = Objects.requireNonNull(store.get(delivery.deliveryId()));
      boolean moves =
          row.state() == DeliveryState.WAITING && row.delivery().attempts() == delivery.attempts();
      if (moves) {
        store.put(
            delivery.deliveryId(),
            new Row(delivery.with(resolution.attempts(), resolution.dueAt()), resolution.state()));
      }
      boolean answerLost = random.nextInt(10) == 0;
      int born = generation;
      pending.add(() -> {
        if (born == generation) {
          inFlight.remove(delivery.deliveryId());
          engine.recorded(
              resolution,
              moves && !answerLost ? Resolution.Written.MOVED : Resolution.Written.UNMOVED,
              now);
        }
      });
    }

    private boolean allFinal() {
      return pending.isEmpty() && store.values().stream().allMatch(row -> row.state().isFinal());
    }
  }
}
