package dev.boathook.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.TestingReceiver;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Answers deliveries, some with an error, and keeps what it answered. */
final class Ledger implements Function<TestingReceiver.Received, Integer> {
  /**
   * What has this in its body is never taken by an endpoint whose path begins with {@link #SKIP}.
   */
  static final String REFUSED = "\"refused\":true";

  /** The endpoint that refuses some for ever, and otherwise never fails. */
  static final String SKIP = "/skip";

  private final Queue<Receipt> receipts = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final int failEvery;
  private volatile Life life = new Life(0, false);

  /** One that answers every so manieth delivery with 500, beginning with the first; 0: none. */
  Ledger(int failEvery) {
    this.failEvery = failEvery;
  }

  /**
   * A time without a fault, or the time that a fault lasts.
   *
   * @param disturbed whether something is frozen, ending or coming back
   */
  record Life(int number, boolean disturbed) {}

  /**
   * A delivery as it came.
   *
   * @param eventId its webhook-id
   * @param path the endpoint's path
   * @param life when
   * @param delivered whether it was answered with success
   * @param body what was delivered
   * @param at when it came, for people
   */
  record Receipt(
      String eventId, String path, Life life, boolean delivered, String body, Instant at) {
    /** An event for an endpoint. */
    record Delivery(String eventId, String path) {}

    Delivery delivery() {
      return new Delivery(eventId, path);
    }
  }

  @Override
  public Integer apply(TestingReceiver.Received received) {
    String body = new String(received.body(), UTF_8);
    boolean delivered =
        received.path().startsWith(SKIP)
            ? !body.contains(REFUSED)
            : failEvery == 0 || count.getAndIncrement() % failEvery != 0;
    receipts.add(
        new Receipt(
            received.header("webhook-id"),
            received.path(),
            life,
            delivered,
            body,
            InstantSource.system().instant()));
    return delivered ? 204 : 500;
  }

  /** A fault has been and is over: what comes from now on comes after it. */
  void nextLife() {
    life = new Life(life.number() + 1, false);
  }

  /** A fault begins, and what comes until {@link #nextLife} may come again for it. */
  void disturbed() {
    life = new Life(life.number() + 1, true);
  }

  /** All so far. */
  List<Receipt> receipts() {
    return List.copyOf(receipts);
  }
}
