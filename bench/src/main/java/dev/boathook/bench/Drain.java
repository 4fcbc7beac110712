package dev.boathook.bench;

import dev.boathook.bench.floor.DeliverFloor;
import dev.boathook.bench.receiver.CountingReceiver;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.subject.FloorServer;
import dev.boathook.bench.subject.Store;
import dev.boathook.bench.subject.Usage;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

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

  /** Of the floor, in a second of a turn: about what it does. */
  private static final int FLOOR_PER_SECOND = 40_000;

  /** The floor posts what is ready. */
  static Drain ofFloor(FloorServer floor, Store store, CountingReceiver receiver, Duration length)
      throws Exception {
    int requests = (int) Math.min(DeliverFloor.MAX_REQUESTS, length.toSeconds() * FLOOR_PER_SECOND);
    store.checkpoint();
    receiver.reset();
    FloorServer.Delivered delivered =
        floor.deliver(
            requests, IN_FLIGHT, URI.create(receiver.url("/floor")), Queue.limit(requests));
    Drain drain = ended(0, requests, receiver, delivered.usage());
    if (delivered.accepted() != requests || drain.missing != 0 || drain.duplicated != 0) {
      throw new IOException("the floor did not deliver all that it had, once");
    }
    return drain;
  }

  /** What the receiver has of it now. */
  static Drain ended(long accepted, long wanted, CountingReceiver receiver, Usage usage) {
    return new Drain(
        accepted,
        receiver.distinct(),
        receiver.takeDuplicated(),
        Math.max(0, wanted - receiver.distinct()),
        Duration.ofNanos(receiver.lastNanos() - receiver.firstNanos()),
        usage);
  }

  /** Deliveries in a second; of less than two there is no such figure. */
  double perSecond() {
    if (arrived < 2) {
      throw new IllegalStateException("nothing waited that could be measured");
    }
    return (arrived - 1) * 1e9 / length.toNanos();
  }

  /** What was accepted for it, and what of that arrived. */
  Counts counts() {
    return new Counts(accepted, 0, 0, arrived, duplicated, missing);
  }

  /** What a delivery costs, beside what it costs the floor. */
  static List<Figure> costs(String name, Side<Drain> boathook, Side<Drain> floor) {
    return Costs.of(name, "a delivery", boathook, floor, Drain::usage, Drain::arrived);
  }
}
