package dev.boathook.lane;

import dev.boathook.endpoint.Rate;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Lets things happen at a {@link Rate}. */
final class TokenBucket {
  private static final double NANOS = 1e9;

  private final Rate rate;
  private double tokens;
  private Instant filledAt;

  TokenBucket(Rate rate, Instant now) {
    this.rate = rate;
    this.tokens = rate.burst();
    this.filledAt = now;
  }

  Rate rate() {
    return rate;
  }

  /** When the next may happen; null when it may now. */
  @Nullable Instant nextAfter(Instant now) {
    fill(now);
    if (tokens >= 1) {
      return null;
    }
    return now.plusNanos((long) Math.ceil((1 - tokens) / rate.perSecond() * NANOS));
  }

  /** One happens now. */
  void take(Instant now) {
    fill(now);
    tokens -= 1;
  }

  private void fill(Instant now) {
    Duration passed = Duration.between(filledAt, now);
    filledAt = now;
    // A clock that was set back fills nothing, and does not empty the bucket either.
    if (passed.isPositive()) {
      double seconds = passed.getSeconds() + passed.getNano() / NANOS;
      tokens = Math.min(rate.burst(), tokens + seconds * rate.perSecond());
    }
  }
}
