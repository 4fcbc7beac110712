package dev.boathook.store;

import dev.boathook.world.Ticker;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what one thread writes apart, so that under load each statement writes more: one has a cost
 * of its own, whatever it writes. PostgreSQL's own {@code commit_delay} spares the flush alone, not
 * the statement.
 */
public final class Spacing {
  private final Ticker ticker;
  private final long gapNanos;
  private long lastNanos;
  private volatile boolean hurried;
  private volatile @Nullable Thread waiting;

  /**
   * The first need not wait.
   *
   * @param gap between the beginnings of two, at least
   */
  public Spacing(Ticker ticker, Duration gap) {
    this.ticker = ticker;
    this.gapNanos = gap.toNanos();
    this.lastNanos = ticker.nanoTime() - gapNanos;
  }

  /**
   * The next begins, once it may; at once when interrupted.
   *
   * @param apart whether it keeps apart from the last
   */
  public void begin(boolean apart) {
    waiting = Thread.currentThread();
    while (apart && !hurried && !Thread.currentThread().isInterrupted()) {
      long left = lastNanos + gapNanos - ticker.nanoTime();
      if (left <= 0) {
        break;
      }
      LockSupport.parkNanos(this, left);
    }
    hurried = false;
    lastNanos = ticker.nanoTime();
  }

  /** The next one begins at once, be it that it waits already; any thread may ask for it. */
  public void hurry() {
    if (!hurried) {
      hurried = true;
      LockSupport.unpark(waiting);
    }
  }
}
