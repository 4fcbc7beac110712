package dev.boathook.bench;

import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.report.Goal;
import dev.boathook.bench.report.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * One of those that take turns in {@link Rounds}, and what its turns found.
 *
 * @param <T> what a turn finds
 */
public final class Side<T> {
  private final String name;
  private final Turn<T> turn;
  private final List<T> warmUps = new ArrayList<>();
  private final List<T> results = new ArrayList<>();

  /** Puts something under load, once. */
  @FunctionalInterface
  public interface Turn<T> {
    /**
     * Takes it.
     *
     * @param length of the measured part
     */
    T take(Duration length) throws Exception;
  }

  /**
   * A side that has taken no turn yet.
   *
   * @param name what a person sees while it takes its turn
   */
  public Side(String name, Turn<T> turn) {
    this.name = name;
    this.turn = turn;
  }

  String name() {
    return name;
  }

  void warmUp(Duration length) throws Exception {
    warmUps.add(turn.take(length));
  }

  void take(Duration length) throws Exception {
    results.add(turn.take(length));
  }

  /** What each round found, the first one first; without the warm-up. */
  public List<T> results() {
    return List.copyOf(results);
  }

  /** The median over the rounds. */
  public double median(ToDoubleFunction<? super T> value) {
    return medianOf(results.stream().mapToDouble(value));
  }

  /** The median over the rounds as a figure that is compared with nothing. */
  public Figure figure(
      String figureName,
      String label,
      Unit unit,
      ToDoubleFunction<? super T> value,
      Goal... goals) {
    return new Figure(figureName, label, unit, median(value), null, null, List.of(goals));
  }

  /**
   * The medians of both as a figure, and the median of each round's own ratio, which a machine that
   * is now fast and now slow disturbs less than the ratio of the medians.
   *
   * @param floor took its turns in the same rounds
   * @throws IllegalArgumentException if a round of the floor found 0
   */
  public Figure against(
      Side<? extends T> floor,
      String figureName,
      String label,
      Unit unit,
      ToDoubleFunction<? super T> value,
      Goal... goals) {
    if (floor.results.size() != results.size()) {
      throw new IllegalArgumentException(name + " and " + floor.name + " are not of one run");
    }
    double ratio =
        medianOf(
            IntStream.range(0, results.size())
                .mapToDouble(round ->
                    value.applyAsDouble(results.get(round))
                        / value.applyAsDouble(floor.results.get(round))));
    return new Figure(
        figureName, label, unit, median(value), floor.median(value), ratio, List.of(goals));
  }

  /** The sum over all turns, those of the warm-up too: what was accepted then is stored as well. */
  public Counts counts(Function<? super T, Counts> counts) {
    Counts sum = Counts.NONE;
    for (T found : warmUps) {
      sum = sum.plus(counts.apply(found));
    }
    for (T found : results) {
      sum = sum.plus(counts.apply(found));
    }
    return sum;
  }

  private double medianOf(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalStateException(name + " has taken no turn");
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
