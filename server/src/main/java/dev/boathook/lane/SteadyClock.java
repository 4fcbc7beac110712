package dev.boathook.lane;

import dev.boathook.world.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time by which deliveries are due: that of the store, which all nodes share, carried on by
 * this node's monotonic clock. It never goes back: when the store's clock is set, it gains or loses
 * a quarter of the time that passes until the two agree. It leaps only to where other nodes are
 * already, when they are far ahead. This node's own time of day has no part in it. Safe for use by
 * several threads at once.
 */
public final class SteadyClock implements InstantSource {
  /**
   * So far ahead of this one other nodes may go. Nodes that see a change of the store's clock at
   * beats of their own differ by less.
   */
  public static final Duration MAX_APART = Duration.ofSeconds(5);

  private static final int SHARE = 4;

  private final Ticker ticker;
  private Instant base;
  private long baseNanos;
  private long behindNanos;

  /** A clock that begins at this time. */
  public SteadyClock(Ticker ticker, Instant start) {
    this.ticker = ticker;
    this.base = start;
    this.baseNanos = ticker.nanoTime();
  }

  @Override
  public synchronized Instant instant() {
    return at(ticker.nanoTime());
  }

  private Instant at(long nanos) {
    long passed = Math.max(0, nanos - baseNanos);
    return base.plusNanos(passed + Math.clamp(behindNanos, -passed / SHARE, passed / SHARE));
  }

  /** The store said that it was this time between these two readings of the ticker. */
  public synchronized void observe(Instant storeTime, long askedNanos, long answeredNanos) {
    // Somebody may have read this clock since the answer came.
    long nanos = ticker.nanoTime();
    Instant now = at(nanos);
    Duration since = Duration.ofNanos(nanos - answeredNanos + (answeredNanos - askedNanos) / 2);
    base = now;
    baseNanos = nanos;
    behindNanos = Duration.between(now, storeTime.plus(since)).toNanos();
  }

  /** Another node goes by this time now. Leaps to it when it is too far ahead. */
  public synchronized void follow(Instant furthest) {
    long nanos = ticker.nanoTime();
    Duration ahead = Duration.between(at(nanos), furthest);
    if (ahead.compareTo(MAX_APART) > 0) {
      Instant goal = base.plusNanos(Math.max(0, nanos - baseNanos) + behindNanos);
      base = furthest;
      baseNanos = nanos;
      behindNanos = Duration.between(base, goal).toNanos();
    }
  }
}
