package dev.boathook.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.report.Goal;
import dev.boathook.bench.report.Unit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private final ByteArrayOutputStream progress = new ByteArrayOutputStream();
  private final List<String> turns = new ArrayList<>();

  @Test
  void sides_take_turns_after_a_longer_warm_up() throws Exception {
    run(2, side("floor", 1, 2, 3), side("Boathook", 1, 2, 3));

    assertThat(turns)
        .containsExactly(
            "floor PT20S",
            "Boathook PT20S",
            "floor PT2S",
            "Boathook PT2S",
            "floor PT2S",
            "Boathook PT2S");
    assertThat(progress.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "accept: warming up floor",
            "accept: warming up Boathook",
            "accept: round 1 of 2, floor",
            "accept: round 1 of 2, Boathook",
            "accept: round 2 of 2, floor",
            "accept: round 2 of 2, Boathook");
  }

  @Test
  void a_figure_has_the_medians_and_the_median_of_the_rounds_own_ratios() throws Exception {
    Side<Double> floor = side("floor", 1_000, 100, 200, 400);
    Side<Double> boathook = side("Boathook", 1_000, 90, 100, 300);
    run(3, floor, boathook);

    // The ratios are 0.9, 0.5 and 0.75; that of the medians would be 0.5.
    assertThat(
            boathook.against(
                floor, "a.b", "A", Unit.PER_SECOND, found -> found, Goal.ratioAtLeast(0.7)))
        .isEqualTo(
            new Figure(
                "a.b", "A", Unit.PER_SECOND, 100, 200.0, 0.75, List.of(Goal.ratioAtLeast(0.7))));
  }

  @Test
  void of_an_even_number_of_rounds_the_median_is_between_the_middle_two() throws Exception {
    Side<Double> boathook = side("Boathook", 1_000, 40, 10, 30, 20);
    run(4, boathook);

    assertThat(boathook.figure("a.b", "A", Unit.MILLIS, found -> found))
        .isEqualTo(new Figure("a.b", "A", Unit.MILLIS, 25, null, null, List.of()));
    assertThat(boathook.results()).containsExactly(40.0, 10.0, 30.0, 20.0);
  }

  @Test
  void what_was_accepted_while_warming_up_is_counted() throws Exception {
    Side<Double> boathook = side("Boathook", 1_000, 10, 20);
    run(2, boathook);

    assertThat(boathook.counts(found -> new Counts(found.longValue(), 0, 1, 0, 0, 0)))
        .isEqualTo(new Counts(1_030, 0, 3, 0, 0, 0));
  }

  @Test
  void a_floor_that_found_nothing_makes_no_ratio() throws Exception {
    Side<Double> floor = side("floor", 1, 0);
    Side<Double> boathook = side("Boathook", 1, 10);
    run(1, floor, boathook);

    assertThatThrownBy(() -> boathook.against(floor, "a.b", "A", Unit.PER_SECOND, found -> found))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a.b is no number: 10.0, against 0.0");
  }

  /** Finds these, one a turn; the first is the warm-up's. */
  private Side<Double> side(String name, double... found) {
    Queue<Double> left = new ArrayDeque<>(Arrays.stream(found).boxed().toList());
    return new Side<>(
        name,
        length -> {
          turns.add(name + " " + length);
          return left.remove();
        });
  }

  private void run(int rounds, Side<?>... sides) throws Exception {
    try (PrintStream out = new PrintStream(progress, false, StandardCharsets.UTF_8);
        Site site = new Site("accept", out)) {
      Rounds.run(new Conditions(2, 1, rounds, false), site, sides);
    }
  }
}
