package dev.boathook.endpoint;

/**
 * How often something may happen: a bucket that holds so many tokens and gets so many a second.
 *
 * @param perSecond tokens a second, {@value #MIN_PER_SECOND} to {@value #MAX_PER_SECOND}
 * @param burst how many at once after a rest, 1 to {@value #MAX_BURST}
 */
public record Rate(double perSecond, int burst) {
  /** The lowest rate: one in about 17 minutes. */
  public static final double MIN_PER_SECOND = 0.001;

  /** The highest rate. */
  public static final double MAX_PER_SECOND = 10_000;

  /** The largest burst. */
  public static final int MAX_BURST = 10_000;

  /** So many a second, with one second's worth at once. */
  public static Rate of(double perSecond) {
    return new Rate(perSecond, (int) Math.min(Math.max(1, Math.ceil(perSecond)), MAX_BURST));
  }

  /** Checks the limits. */
  public Rate {
    if (!(perSecond >= MIN_PER_SECOND && perSecond <= MAX_PER_SECOND)) {
      throw new IllegalArgumentException(
          "a rate is " + MIN_PER_SECOND + " to " + MAX_PER_SECOND + " a second");
    }
    if (burst < 1 || burst > MAX_BURST) {
      throw new IllegalArgumentException("a burst is 1 to " + MAX_BURST);
    }
  }
}
