package dev.boathook.endpoint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * When each try of a delivery is made: the wait before the first, the second, and so on; after the
 * last the delivery is a dead letter.
 *
 * @param waits one wait a try, in order; 1 to {@value #MAX_TRIES}
 */
public record RetrySchedule(List<Duration> waits) {
  /** The most tries. */
  public static final int MAX_TRIES = 50;

  /** The largest factor of waits that grow. */
  public static final double MAX_FACTOR = 100;

  /** The longest wait in a schedule. */
  public static final Duration MAX_WAIT = Duration.ofDays(7);

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

  /**
   * A schedule whose waits grow: none before the first try, {@code base} before the second, and
   * each further one {@code factor} times the one before.
   *
   * @param cap the longest wait
   * @param factor 1 to {@value #MAX_FACTOR}
   * @param tries 1 to {@value #MAX_TRIES}
   */
  public static RetrySchedule exponential(Duration base, double factor, Duration cap, int tries) {
    if (!(factor >= 1 && factor <= MAX_FACTOR)) {
      throw new IllegalArgumentException("a factor is 1 to " + MAX_FACTOR);
    }
    if (tries < 1 || tries > MAX_TRIES) {
      throw new IllegalArgumentException("a retry schedule has 1 to " + MAX_TRIES + " tries");
    }
    List<Duration> waits = new ArrayList<>();
    waits.add(Duration.ZERO);
    // Not rounded on the way: with whole milliseconds a wait of one would never grow by a half.
    double longest = (double) cap.toMillis();
    double millis = Math.min((double) base.toMillis(), longest);
    for (int i = 1; i < tries; i++) {
      waits.add(Duration.ofMillis((long) millis));
      millis = Math.min(millis * factor, longest);
    }
    return new RetrySchedule(waits);
  }
}
