package dev.boathook.bench.load;

/**
 * When requests begin, and which of them are counted. All times are nanoseconds since the load
 * began. Many threads ask at once.
 */
interface Pace {
  /** What {@link #next} says at the end. */
  long NO_MORE = -1;

  /** Waits for the next request's time, and returns when it was to begin. */
  long next(Workers workers);

  /** Whether an answer of 2xx belongs to the measured part. */
  boolean counts(long intended, long answered);
}
