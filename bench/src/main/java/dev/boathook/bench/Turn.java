package dev.boathook.bench;

import dev.boathook.bench.load.Load;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.report.Unit;
import dev.boathook.bench.subject.Usage;
import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What came of a turn of accepting.
 *
 * @param usage of the whole turn, its warm-up included, and so of all that was accepted
 */
record Turn(Load load, Usage usage) {
  private static final double NANOS_A_MICRO = 1_000;
  private static final double NANOS_A_MILLI = 1_000_000;

  /** What is accepted in a second. */
  double perSecond() {
    return load.perSecond();
  }

  /** A percentile of the latencies, in milliseconds. */
  static ToDoubleFunction<Turn> millis(double percentile) {
    return turn -> turn.load.latencies().getValueAtPercentile(percentile) / NANOS_A_MILLI;
  }

  /** What an event costs, beside what it costs the floor. */
  static List<Figure> costs(String name, Side<Turn> boathook, Side<Turn> floor) {
    return List.of(
        boathook.against(
            floor,
            name + ".statements",
            "statements an event",
            Unit.COUNT,
            each(usage -> usage.statements())),
        boathook.against(
            floor, name + ".wal", "WAL an event", Unit.BYTES, each(usage -> usage.walBytes())),
        boathook.against(
            floor,
            name + ".java_cpu",
            "Java's CPU an event",
            Unit.MICROS,
            each(usage -> micros(usage.javaCpu()))),
        boathook.against(
            floor,
            name + ".postgres_cpu",
            "PostgreSQL's CPU an event",
            Unit.MICROS,
            each(usage -> micros(usage.postgresCpu()))));
  }

  /** What was accepted. */
  Counts counts() {
    return Counts.ofAccepted(load.accepted());
  }

  private static ToDoubleFunction<Turn> each(ToDoubleFunction<Usage> cost) {
    return turn -> cost.applyAsDouble(turn.usage) / turn.load.accepted();
  }

  private static double micros(Duration duration) {
    return duration.toNanos() / NANOS_A_MICRO;
  }
}
