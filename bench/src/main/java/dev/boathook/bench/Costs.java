package dev.boathook.bench;

import dev.boathook.bench.report.Figure;
import dev.boathook.bench.report.Unit;
import dev.boathook.bench.subject.Usage;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** What one event or delivery costs, beside what it costs the floor. */
final class Costs {
  private static final double NANOS_A_MICRO = 1_000;

  private Costs() {}

  /**
   * The figures.
   *
   * @param name of the measurement
   * @param each what is counted, such as {@code an event}
   * @param usage of a turn
   * @param count how many there were in that turn
   */
  static <T> List<Figure> of(
      String name,
      String each,
      Side<T> boathook,
      Side<T> floor,
      Function<T, Usage> usage,
      ToLongFunction<T> count) {
    return List.of(
        figure(
            name + ".statements",
            "statements " + each,
            Unit.COUNT,
            boathook,
            floor,
            turn -> usage.apply(turn).statements() / (double) count.applyAsLong(turn)),
        figure(
            name + ".wal",
            "WAL " + each,
            Unit.BYTES,
            boathook,
            floor,
            turn -> usage.apply(turn).walBytes() / (double) count.applyAsLong(turn)),
        figure(
            name + ".java_cpu",
            "Java's CPU " + each,
            Unit.MICROS,
            boathook,
            floor,
            turn -> micros(usage.apply(turn).javaCpu().toNanos(), count.applyAsLong(turn))),
        figure(
            name + ".postgres_cpu",
            "PostgreSQL's CPU " + each,
            Unit.MICROS,
            boathook,
            floor,
            turn -> micros(usage.apply(turn).postgresCpu().toNanos(), count.applyAsLong(turn))));
  }

  private static <T> Figure figure(
      String name,
      String label,
      Unit unit,
      Side<T> boathook,
      Side<T> floor,
      ToDoubleFunction<T> cost) {
    return boathook.against(floor, name, label, unit, cost);
  }

  private static double micros(long nanos, long count) {
    return nanos / NANOS_A_MICRO / count;
  }
}
