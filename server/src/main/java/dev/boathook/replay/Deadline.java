package dev.boathook.replay;

import dev.boathook.world.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The end of the time that one call may take. */
final class Deadline {
  /** Whoever calls waits no longer; what is left is for another call. */
  private static final Duration CALL = Duration.ofSeconds(10);

  private final Ticker ticker;
  private final long endNanos;

  private Deadline(Ticker ticker, long endNanos) {
    this.ticker = ticker;
    this.endNanos = endNanos;
  }

  /** That of a call that begins now. */
  static Deadline ofCall(Ticker ticker) {
    return new Deadline(ticker, ticker.nanoTime() + CALL.toNanos());
  }

  /** How long a statement may take that begins now, in whole seconds; at least one. */
  int secondsLeft() {
    long nanos = Math.max(0, endNanos - ticker.nanoTime());
    return Math.max(1, Math.toIntExact(TimeUnit.NANOSECONDS.toSeconds(nanos)));
  }

  boolean isOver() {
    return ticker.nanoTime() - endNanos >= 0;
  }
}
