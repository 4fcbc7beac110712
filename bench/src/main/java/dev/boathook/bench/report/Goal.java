package dev.boathook.bench.report;

/**
 * What a figure is to be.
 *
 * @param bound in the unit of the figure, or a plain number where it bounds the ratio
 */
public record Goal(Kind kind, double bound) {
  /** What is bounded, and to which side. */
  public enum Kind {
    /** The ratio to the floor, from below. */
    RATIO_AT_LEAST,
    /** The ratio to the floor, from above. */
    RATIO_AT_MOST,
    /** The value itself, from above. */
    VALUE_AT_MOST
  }

  /** Bounds the ratio from below. */
  public static Goal ratioAtLeast(double bound) {
    return new Goal(Kind.RATIO_AT_LEAST, bound);
  }

  /** Bounds the ratio from above. */
  public static Goal ratioAtMost(double bound) {
    return new Goal(Kind.RATIO_AT_MOST, bound);
  }

  /** Bounds the value from above, in the figure's unit. */
  public static Goal valueAtMost(double bound) {
    return new Goal(Kind.VALUE_AT_MOST, bound);
  }
}
