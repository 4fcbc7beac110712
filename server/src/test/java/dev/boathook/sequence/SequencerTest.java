package dev.boathook.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.sequence.Sequencer.Cause;
import dev.boathook.sequence.Sequencer.Decision;
import dev.boathook.sequence.Sequencer.Held;
import dev.boathook.sequence.Sequencer.State;
import dev.boathook.sequence.Sequencer.Step;
import dev.boathook.signatures.Place;
import dev.boathook.source.SequenceRule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SequencerTest {
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

  private static SequenceRule rule(
      SequenceRule.Kind kind, @Nullable Long startsAt, int maxHeld, SequenceRule.Late late) {
    return new SequenceRule(
        kind, Place.parse("json:/n"), null, startsAt, Duration.ofSeconds(60), maxHeld, late);
  }

  private static SequenceRule numbers(SequenceRule.Late late) {
    return rule(SequenceRule.Kind.NUMBER, null, 100, late);
  }

  /** One resource: every decision is checked against what all of them promise together. */
  private static final class History {
    final SequenceRule rule;
    final Map<UUID, Long> positions = new HashMap<>();
    final List<Long> inTurn = new ArrayList<>();
    final List<Long> flagged = new ArrayList<>();
    final List<Long> dropped = new ArrayList<>();
    final List<Step.Gap> gaps = new ArrayList<>();
    final Set<UUID> finished = new HashSet<>();
    final Map<UUID, Instant> waiting = new HashMap<>();
    State state = State.NEW;
    Instant now = START;
    private long ids;

    History(SequenceRule rule) {
      this.rule = rule;
    }

    History arrives(long... numbers) {
      for (long number : numbers) {
        UUID id = new UUID(0x7000, ids++);
        positions.put(id, number);
        List<Step> steps = take(Sequencer.arrived(rule, state, number, id, now));
        boolean isDealtWith = finished.contains(id) || waiting.containsKey(id);
        assertThat(isDealtWith).as("%s after %s", number, steps).isTrue();
      }
      return this;
    }

    History passes(int seconds) {
      now = now.plusSeconds(seconds);
      take(Sequencer.waited(state, now));
      for (Held held : state.held()) {
        assertThat(held.until()).as("what waits, waits for something to come").isAfter(now);
      }
      return this;
    }

    private List<Step> take(Decision decision) {
      for (Step step : decision.steps()) {
        switch (step) {
          case Step.Release(UUID id, boolean late) -> {
            finish(id);
            (late ? flagged : inTurn).add(position(id));
          }
          case Step.Drop(UUID id) -> {
            finish(id);
            dropped.add(position(id));
          }
          case Step.Hold(Held held) -> waiting.put(held.eventId(), held.until());
          case Step.Gap gap -> gaps.add(gap);
        }
      }
      state = decision.state();
      assertThat(state.held().stream().map(Held::eventId))
          .containsExactlyInAnyOrderElementsOf(waiting.keySet());
      assertThat(state.held().size()).isLessThanOrEqualTo(rule.maxHeld());
      checkOrder();
      return decision.steps();
    }

    private void finish(UUID id) {
      assertThat(finished.add(id)).as("an event goes on once").isTrue();
      waiting.remove(id);
    }

    private long position(UUID id) {
      return positions.getOrDefault(id, -1L);
    }

    /** Numbers in turn rise, and they and the gaps cover every position once. */
    private void checkOrder() {
      assertThat(inTurn).isSorted();
      if (rule.kind() != SequenceRule.Kind.NUMBER || inTurn.isEmpty()) {
        return;
      }
      List<Long> covered = new ArrayList<>(inTurn);
      gaps.forEach(gap -> LongStream.rangeClosed(gap.first(), gap.last()).forEach(covered::add));
      Long startsAt = rule.startsAt();
      long first = startsAt == null ? inTurn.getFirst() : startsAt;
      assertThat(covered)
          .containsExactlyInAnyOrderElementsOf(
              LongStream.rangeClosed(first, inTurn.getLast()).boxed().toList());
      assertThat(state.position()).isEqualTo(inTurn.getLast());
    }
  }

  private static List<List<Long>> permutations(List<Long> numbers) {
    if (numbers.isEmpty()) {
      return List.of(List.of());
    }
    List<List<Long>> all = new ArrayList<>();
    for (Long first : numbers) {
      List<Long> rest = new ArrayList<>(numbers);
      rest.remove(first);
      for (List<Long> tail : permutations(rest)) {
        List<Long> one = new ArrayList<>(List.of(first));
        one.addAll(tail);
        all.add(one);
      }
    }
    return all;
  }

  private static long[] array(List<Long> numbers) {
    return numbers.stream().mapToLong(Long::longValue).toArray();
  }

  @Test
  void six_arrivals_in_any_order_go_on_in_the_right_one() {
    for (List<Long> arrivals : permutations(List.of(1L, 2L, 3L, 4L, 5L, 6L))) {
      History history =
          new History(rule(SequenceRule.Kind.NUMBER, 1L, 100, SequenceRule.Late.DELIVER))
              .arrives(array(arrivals));

      assertThat(history.inTurn).as("%s", arrivals).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
      assertThat(history.gaps).isEmpty();
      assertThat(history.flagged).isEmpty();
      assertThat(history.state.dueAt()).isNull();
    }
  }

  @Test
  void without_a_start_what_comes_first_is_the_first_and_what_was_before_it_is_late() {
    for (List<Long> arrivals : permutations(List.of(1L, 2L, 3L, 4L, 5L, 6L))) {
      History history = new History(numbers(SequenceRule.Late.DROP)).arrives(array(arrivals));

      long first = arrivals.getFirst();
      assertThat(history.inTurn)
          .as("%s", arrivals)
          .containsExactlyElementsOf(LongStream.rangeClosed(first, 6).boxed().toList());
      assertThat(history.dropped)
          .containsExactlyInAnyOrderElementsOf(LongStream.range(1, first).boxed().toList());
    }
  }

  @Test
  void six_arrivals_of_which_one_never_comes_leave_one_gap() {
    for (long missing = 2; missing < 6; missing++) {
      List<Long> present = new ArrayList<>(List.of(1L, 2L, 3L, 4L, 5L, 6L));
      present.remove(missing);
      for (List<Long> arrivals : permutations(present)) {
        History history =
            new History(rule(SequenceRule.Kind.NUMBER, 1L, 100, SequenceRule.Late.DELIVER))
                .arrives(array(arrivals));
        assertThat(history.inTurn).hasSize((int) missing - 1);
        history.passes(60);

        assertThat(history.inTurn).as("%s", arrivals).containsExactlyElementsOf(present);
        assertThat(history.gaps).containsExactly(new Step.Gap(missing, missing, Cause.TIME));
      }
    }
  }

  @Test
  void what_comes_while_others_wait_does_not_lengthen_their_wait() {
    History history = new History(numbers(SequenceRule.Late.DELIVER)).arrives(1, 5);
    history.passes(50).arrives(3).passes(9);
    assertThat(history.inTurn).containsExactly(1L);

    history.passes(1);

    assertThat(history.inTurn).containsExactly(1L, 3L, 5L);
    assertThat(history.gaps)
        .containsExactly(new Step.Gap(2, 2, Cause.TIME), new Step.Gap(4, 4, Cause.TIME));
  }

  @Test
  void what_has_not_waited_long_enough_waits_on_behind_what_has() {
    History history = new History(numbers(SequenceRule.Late.DELIVER)).arrives(1, 3);
    history.passes(30).arrives(5).passes(30);

    assertThat(history.inTurn).containsExactly(1L, 3L);
    assertThat(history.state.dueAt()).isEqualTo(START.plusSeconds(90));
  }

  @Test
  void when_as_many_wait_as_may_the_first_gap_is_given_up() {
    SequenceRule rule = rule(SequenceRule.Kind.NUMBER, null, 3, SequenceRule.Late.DELIVER);
    History history = new History(rule).arrives(1, 4, 9, 5, 7);

    assertThat(history.inTurn).containsExactly(1L, 4L, 5L);
    assertThat(history.gaps).containsExactly(new Step.Gap(2, 3, Cause.COUNT));
    assertThat(history.waiting).hasSize(2);
  }

  @Test
  void a_late_number_follows_the_rule() {
    History flagged = new History(numbers(SequenceRule.Late.DELIVER)).arrives(5, 6, 3, 6);
    assertThat(flagged.inTurn).containsExactly(5L, 6L);
    assertThat(flagged.flagged).containsExactly(3L, 6L);

    History dropped = new History(numbers(SequenceRule.Late.DROP)).arrives(5, 6, 3, 6);
    assertThat(dropped.dropped).containsExactly(3L, 6L);
  }

  @Test
  void a_second_event_with_a_waiting_number_goes_on_behind_the_first() {
    History flagged = new History(numbers(SequenceRule.Late.DELIVER)).arrives(1, 3, 3);
    assertThat(flagged.waiting).hasSize(2);
    flagged.arrives(2);
    assertThat(flagged.inTurn).containsExactly(1L, 2L, 3L);
    assertThat(flagged.flagged).containsExactly(3L);

    History dropped = new History(numbers(SequenceRule.Late.DROP)).arrives(1, 3, 3);
    assertThat(dropped.dropped).containsExactly(3L);
    assertThat(dropped.waiting).hasSize(1);
  }

  @Test
  void an_older_version_is_late_and_nothing_waits() {
    History history =
        new History(rule(SequenceRule.Kind.VERSION, null, 100, SequenceRule.Late.DROP))
            .arrives(10, 400, 40, 400, 401);

    assertThat(history.inTurn).containsExactly(10L, 400L, 401L);
    assertThat(history.dropped).containsExactly(40L, 400L);
  }

  @Test
  void of_two_events_of_one_time_neither_is_late() {
    History history =
        new History(rule(SequenceRule.Kind.TIME, null, 100, SequenceRule.Late.DELIVER))
            .arrives(10, 10, 9);

    assertThat(history.inTurn).containsExactly(10L, 10L);
    assertThat(history.flagged).containsExactly(9L);
  }

  @Test
  void the_largest_number_has_nothing_behind_it() {
    History history =
        new History(numbers(SequenceRule.Late.DELIVER)).arrives(Long.MAX_VALUE - 1, Long.MAX_VALUE);

    assertThat(history.inTurn).containsExactly(Long.MAX_VALUE - 1, Long.MAX_VALUE);
    history.arrives(0);
    assertThat(history.flagged).containsExactly(0L);
  }

  @ParameterizedTest
  @EnumSource(SequenceRule.Late.class)
  void random_histories_keep_the_promises(SequenceRule.Late late) {
    for (int seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      SequenceRule rule =
          rule(
              SequenceRule.Kind.NUMBER,
              random.nextBoolean() ? (long) random.nextInt(5) : null,
              1 + random.nextInt(6),
              late);
      History history = new History(rule);
      int arrivals = 1 + random.nextInt(40);
      for (int i = 0; i < arrivals; i++) {
        if (random.nextInt(4) == 0) {
          history.passes(random.nextInt(90));
        }
        history.arrives(Math.max(0, i + random.nextInt(13) - 6));
      }
      history.passes(61);

      assertThat(history.waiting).as("seed %s: nothing waits for ever", seed).isEmpty();
      assertThat(history.finished).as("seed %s", seed).hasSize(arrivals);
      TreeSet<Long> once = new TreeSet<>(history.inTurn);
      assertThat(history.inTurn).as("seed %s", seed).hasSize(once.size());
    }
  }

  @Test
  void an_order_by_chance_is_put_right_if_nothing_is_missing() {
    for (int seed = 0; seed < 500; seed++) {
      List<Long> numbers = new ArrayList<>(LongStream.rangeClosed(1, 50).boxed().toList());
      Collections.shuffle(numbers, new Random(seed));
      History history =
          new History(rule(SequenceRule.Kind.NUMBER, 1L, 50, SequenceRule.Late.DELIVER))
              .arrives(array(numbers));

      assertThat(history.inTurn)
          .as("seed %s", seed)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 50).boxed().toList());
    }
  }
}
