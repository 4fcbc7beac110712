package dev.boathook.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When each try of a delivery is made: the wait before the first, the second, and so on; after the
 * last the delivery is a dead letter.
 *
 * @param waits one wait a try, in order; 1 to {@value #MAX_TRIES}
 */
public record RetrySchedule(List<Duration> waits) {
  /** The most tries. */
  public static final int MAX_TRIES = 50;

  /** The longest wait in a schedule. */
  public static final Duration MAX_WAIT = Duration.ofDays(7);

  /**
   * A wait is shortened by up to this share, by chance, so that what failed together does not come
   * back together. Never lengthened: the schedule is a promise.
   */
  public static final double JITTER = 0.2;

  /**
   * At once, then 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h: the example schedule of
   * Standard Webhooks 1.0.0, "Deliverability and reliability", about 3.2 days.
   */
  public static final RetrySchedule DEFAULT =
      new RetrySchedule(
          List.of(
              Duration.ZERO,
              Duration.ofSeconds(5),
              Duration.ofMinutes(5),
              Duration.ofMinutes(30),
              Duration.ofHours(2),
              Duration.ofHours(5),
              Duration.ofHours(10),
              Duration.ofHours(14),
              Duration.ofHours(20),
              Duration.ofHours(24)));

  /** Checks the limits. */
  public RetrySchedule {
    if (waits.isEmpty() || waits.size() > MAX_TRIES) {
      throw new IllegalArgumentException("a retry schedule has 1 to " + MAX_TRIES + " tries");
    }
    for (Duration wait : waits) {
      if (wait.isNegative() || wait.compareTo(MAX_WAIT) > 0) {
        throw new IllegalArgumentException(
            "a wait in a retry schedule is 0 to " + MAX_WAIT.toSeconds() + " seconds");
      }
    }
    waits = List.copyOf(waits);
  }

  /** When the first try of a delivery made at this moment is due. */
  public Instant firstDue(Instant made) {
    return made.plus(waits.getFirst());
  }

  /**
   * When the next try is due after {@code tries} tries, the last of which ended now; null when
   * there is none.
   *
   * @param tries how many were made, at least 1
   * @param retryAfter the wait that the receiver asked for, or null; it only lengthens
   * @param chance from 0 to 1
   */
  public @Nullable Instant nextDue(
      int tries, Instant now, @Nullable Duration retryAfter, double chance) {
    if (tries >= waits.size()) {
      return null;
    }
    long waitMillis = waits.get(tries).toMillis();
    long jittered = waitMillis - (long) (waitMillis * JITTER * chance);
    long asked = retryAfter == null ? 0 : retryAfter.toMillis();
    return now.plusMillis(Math.max(jittered, asked));
  }
}
