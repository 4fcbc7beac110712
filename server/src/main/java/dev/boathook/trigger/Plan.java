package dev.boathook.trigger;

/**
 * How many requests are sent, and how.
 *
 * @param count how many events, 1 to {@value #MAX_COUNT}
 * @param perSecond how many events are begun in a second at most, to {@value #MAX_PER_SECOND}; 0
 *     for as many as the receiver answers, one after the other
 * @param duplicated whether every event is sent twice, as a provider does that lost the answer
 */
public record Plan(int count, int perSecond, boolean duplicated) {
  /** The most events. */
  public static final int MAX_COUNT = 100_000;

  /** The highest rate. */
  public static final int MAX_PER_SECOND = 100_000;

  public Plan {
    if (count < 1 || count > MAX_COUNT || perSecond < 0 || perSecond > MAX_PER_SECOND) {
      throw new IllegalArgumentException("a plan of " + count + " at " + perSecond + " a second");
    }
  }
}
