package dev.boathook.endpoint;

import java.time.Duration;

/**
 * When an endpoint that fails is left alone for a while. What is due meanwhile waits without using
 * up tries; after the wait one attempt is made, and by its outcome the circuit closes or stays open
 * for twice as long.
 *
 * @param failures failures in a row after which the circuit opens, 1 to {@value #MAX_FAILURES}; 0
 *     turns the breaker off
 * @param firstWait how long it is open the first time
 * @param maxWait how long at most
 */
public record CircuitBreaker(int failures, Duration firstWait, Duration maxWait) {
  /** The most failures in a row that can be asked for. */
  public static final int MAX_FAILURES = 1_000;

  /** The longest wait. */
  public static final Duration LONGEST_WAIT = Duration.ofHours(1);

  /** After 10 failures in a row, for 5 seconds, then up to 5 minutes. */
  public static final CircuitBreaker DEFAULT =
      new CircuitBreaker(10, Duration.ofSeconds(5), Duration.ofMinutes(5));

  /** Checks the limits. */
  public CircuitBreaker {
    if (failures < 0 || failures > MAX_FAILURES) {
      throw new IllegalArgumentException(
          "a circuit opens after 0 to " + MAX_FAILURES + " failures");
    }
    if (!firstWait.isPositive() || maxWait.compareTo(LONGEST_WAIT) > 0) {
      throw new IllegalArgumentException(
          "a circuit is open for more than 0 and at most " + LONGEST_WAIT.toSeconds() + " seconds");
    }
    if (firstWait.compareTo(maxWait) > 0) {
      throw new IllegalArgumentException("a circuit is open for longer at first than at most");
    }
  }

  /** Whether it ever opens. */
  public boolean isOn() {
    return failures > 0;
  }
}
