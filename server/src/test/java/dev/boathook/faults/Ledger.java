package dev.boathook.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.TestingReceiver;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Answers deliveries, some with an error, and keeps what it answered. */
final class Ledger implements Function<TestingReceiver.Received, Integer> {
  private final Queue<Receipt> receipts = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final int failEvery;
  private final AtomicInteger life = new AtomicInteger();

  /** One that answers every so manieth delivery with 500, beginning with the first; 0: none. */
  Ledger(int failEvery) {
    this.failEvery = failEvery;
  }

  /**
   * A delivery as it came.
   *
   * @param eventId its webhook-id
   * @param path the endpoint's path
   * @param life in which of the server's lives
   * @param delivered whether it was answered with success
   * @param body what was delivered
   */
  record Receipt(String eventId, String path, int life, boolean delivered, String body) {
    /** An event for an endpoint. */
    record Delivery(String eventId, String path) {}

    Delivery delivery() {
      return new Delivery(eventId, path);
    }
  }

  @Override
  public Integer apply(TestingReceiver.Received received) {
    boolean delivered = failEvery == 0 || count.getAndIncrement() % failEvery != 0;
    receipts.add(
        new Receipt(
            received.header("webhook-id"),
            received.path(),
            life.get(),
            delivered,
            new String(received.body(), UTF_8)));
    return delivered ? 204 : 500;
  }

  /** The server has died; what comes from now on comes from the next. */
  void nextLife() {
    life.incrementAndGet();
  }

  /** All so far. */
  List<Receipt> receipts() {
    return List.copyOf(receipts);
  }
}
