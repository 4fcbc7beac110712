package dev.boathook.world;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes UUIDv7 ids that rise strictly within one process (RFC 9562, section 5.7 and method 1 of
 * section 6.2: the 12 bits after the milliseconds are a counter).
 *
 * <p>When the clock stands still or jumps back, ids go on from the last one; more than 4,096 ids in
 * a millisecond borrow from the next.
 */
public final class Ids {
  private static final int COUNTER_BITS = 12;
  private static final long COUNTER_MASK = (1L << COUNTER_BITS) - 1;
  private static final long VERSION_7 = 0x7000L;
  private static final long VARIANT_2 = 0x8000_0000_0000_0000L;

  private final InstantSource clock;
  private final SecureRandom random;
  private final AtomicLong lastTick = new AtomicLong();

  /** Ids of this clock's time and this source's chance. */
  public Ids(InstantSource clock, SecureRandom random) {
    this.clock = clock;
    this.random = random;
  }

  /** The next id, greater than every earlier one of this object. */
  public UUID next() {
    long now = clock.millis() << COUNTER_BITS;
    long tick = lastTick.accumulateAndGet(now, (last, candidate) -> Math.max(last + 1, candidate));
    long high = (tick >>> COUNTER_BITS) << 16 | VERSION_7 | (tick & COUNTER_MASK);
    long low = (random.nextLong() >>> 2) | VARIANT_2;
    return new UUID(high, low);
  }
}
