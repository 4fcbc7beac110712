package dev.boathook.bench;

import dev.boathook.bench.receiver.CountingReceiver;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.report.Unit;
import dev.boathook.bench.subject.FloorServer;
import dev.boathook.bench.subject.Store;
import dev.boathook.bench.subject.Usage;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What came of a turn in which deliveries that wait went out as fast as they can.
 *
 * @param accepted events that were accepted for it, in this turn
 * @param arrived deliveries that came to the receiver, each counted once
 * @param duplicated those that came again
 * @param missing those that did not come
 * @param length from the first arrival to the last
 * @param usage until all outcomes are written
 */
record Drain(
    long accepted, long arrived, long duplicated, long missing, Duration length, Usage usage) {
  /** As many as the product has in flight for one endpoint. */
  private static final int IN_FLIGHT = 32;

  /** In a second of a turn. */
  private static final int FLOOR_PER_SECOND = 5_000;

  private static final double NANOS_A_MICRO = 1_000;

  /** The floor posts what is ready. */
  static Drain ofFloor(FloorServer floor, Store store, CountingReceiver receiver, Duration length)
      throws Exception {
    int requests = (int) length.toSeconds() * FLOOR_PER_SECOND;
    store.checkpoint();
    receiver.reset();
    Usage before = floor.usage();
    var delivered =
        floor.deliver(
            requests, IN_FLIGHT, URI.create(receiver.url("/floor")), Queue.limit(requests));
    return ended(
        0, requests, receiver, floor.usage().since(before), requests - delivered.accepted());
  }

  /** What the receiver has of it now. */
  static Drain ended(
      long accepted, long wanted, CountingReceiver receiver, Usage usage, long failed) {
    return new Drain(
        accepted,
        receiver.distinct(),
        receiver.duplicated(),
        Math.max(failed, wanted - receiver.distinct()),
        Duration.ofNanos(receiver.lastNanos() - receiver.firstNanos()),
        usage);
  }

  /** Deliveries in a second. */
  double perSecond() {
    return (arrived - 1) * 1e9 / length.toNanos();
  }

  /** What was accepted for it, and what of that arrived. */
  Counts counts() {
    return new Counts(accepted, 0, arrived, duplicated, missing);
  }

  /** What a delivery costs, beside what it costs the floor. */
  static List<Figure> costs(String name, Side<Drain> boathook, Side<Drain> floor) {
    return List.of(
        boathook.against(
            floor,
            name + ".statements",
            "statements a delivery",
            Unit.COUNT,
            each(Usage::statements)),
        boathook.against(floor, name + ".wal", "WAL a delivery", Unit.BYTES, each(Usage::walBytes)),
        boathook.against(
            floor,
            name + ".java_cpu",
            "Java's CPU a delivery",
            Unit.MICROS,
            each(usage -> usage.javaCpu().toNanos() / NANOS_A_MICRO)),
        boathook.against(
            floor,
            name + ".postgres_cpu",
            "PostgreSQL's CPU a delivery",
            Unit.MICROS,
            each(usage -> usage.postgresCpu().toNanos() / NANOS_A_MICRO)));
  }

  private static ToDoubleFunction<Drain> each(ToDoubleFunction<Usage> cost) {
    return drain -> cost.applyAsDouble(drain.usage) / drain.arrived;
  }
}
