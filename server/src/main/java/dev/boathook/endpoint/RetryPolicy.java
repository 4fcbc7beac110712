package dev.boathook.endpoint;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a delivery is tried again, and when it is given up.
 *
 * @param schedule the wait before each try; as many tries as waits
 * @param jitter the share by which a wait is shortened at most, by chance, 0 to 1, so that what
 *     failed together does not come back together. Never lengthened: the schedule is a promise
 * @param maxAge from the making of the delivery, after which no further try is made; null for no
 *     limit but the tries
 * @param maxRetryAfter the longest wait that a receiver can ask for
 */
public record RetryPolicy(
    RetrySchedule schedule, double jitter, @Nullable Duration maxAge, Duration maxRetryAfter) {
  /** The jitter when none is given. */
  public static final double DEFAULT_JITTER = 0.2;

  /** The longest time that a delivery can be tried for. */
  public static final Duration LONGEST_AGE = Duration.ofDays(30);

  /** The longest wait that a receiver can ask for, when nothing else is said. */
  public static final Duration DEFAULT_MAX_RETRY_AFTER = Duration.ofDays(1);

  /** The schedule of Standard Webhooks, shortened by a fifth at most. */
  public static final RetryPolicy DEFAULT = of(RetrySchedule.DEFAULT);

  /** Checks the limits. */
  public RetryPolicy {
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter is 0 to 1");
    }
    if (maxAge != null && (!maxAge.isPositive() || maxAge.compareTo(LONGEST_AGE) > 0)) {
      throw new IllegalArgumentException(
          "a maximum age is more than 0 and at most " + LONGEST_AGE.toSeconds() + " seconds");
    }
    if (maxRetryAfter.isNegative() || maxRetryAfter.compareTo(DEFAULT_MAX_RETRY_AFTER) > 0) {
      throw new IllegalArgumentException(
          "the longest wait that is asked for is 0 to "
              + DEFAULT_MAX_RETRY_AFTER.toSeconds()
              + " seconds");
    }
  }

  /** A schedule with all else as it is when nothing is said. */
  public static RetryPolicy of(RetrySchedule schedule) {
    return new RetryPolicy(schedule, DEFAULT_JITTER, null, DEFAULT_MAX_RETRY_AFTER);
  }

  /** When the first try of a delivery made at this moment is due. */
  public Instant firstDue(Instant made) {
    return made.plus(schedule.waits().getFirst());
  }

  /**
   * When the next try is due after {@code tries} tries, the last of which ended now; null when
   * there is none.
   *
   * @param tries how many were made, at least 1
   * @param made when the delivery was made
   * @param retryAfter the wait that the receiver asked for, or null; it only lengthens
   * @param chance from 0 to 1
   */
  public @Nullable Instant nextDue(
      int tries, Instant made, Instant now, @Nullable Duration retryAfter, double chance) {
    if (tries >= schedule.waits().size()) {
      return null;
    }
    long waitMillis = schedule.waits().get(tries).toMillis();
    long jittered = waitMillis - (long) (waitMillis * jitter * chance);
    Instant due = now.plusMillis(Math.max(jittered, asked(retryAfter).toMillis()));
    return maxAge != null && due.isAfter(made.plus(maxAge)) ? null : due;
  }

  private Duration asked(@Nullable Duration retryAfter) {
    if (retryAfter == null) {
      return Duration.ZERO;
    }
    return retryAfter.compareTo(maxRetryAfter) > 0 ? maxRetryAfter : retryAfter;
  }
}
