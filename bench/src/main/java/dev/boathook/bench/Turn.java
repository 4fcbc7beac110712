package dev.boathook.bench;

import dev.boathook.bench.load.Load;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.subject.Usage;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What came of a turn of accepting.
 *
 * @param usage of the whole turn, its warm-up included, and so of all that was accepted
 */
record Turn(Load load, Usage usage) {
  /** What is accepted in a second. */
  double perSecond() {
    return load.perSecond();
  }

  /** A percentile of the latencies, in milliseconds. */
  static ToDoubleFunction<Turn> millis(double percentile) {
    return turn -> Latencies.millis(turn.load.latencies(), percentile);
  }

  /** What an event costs, beside what it costs the floor. */
  static List<Figure> costs(String name, Side<Turn> boathook, Side<Turn> floor) {
    return Costs.of(name, "an event", boathook, floor, Turn::usage, turn -> turn.load.accepted());
  }

  /** What was accepted. */
  Counts counts() {
    return Counts.ofAnswers(load.accepted(), load.refused());
  }
}
