package dev.boathook.trigger;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The results of a run, counted. Not thread-safe. */
public final class Tally {
  private final Manner manner;
  private final Map<String, Integer> counts = new TreeMap<>();
  private long[] nanos = new long[16];
  private int total;
  private int expected;

  Tally(Manner manner) {
    this.manner = manner;
  }

  void add(Result result) {
    if (total == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * total);
    }
    nanos[total++] = result.nanos();
    counts.merge(
        switch (result) {
          case Result.Answered answered -> Integer.toString(answered.status());
          case Result.Failed failed -> failed.why();
        },
        1,
        Integer::sum);
    if (result instanceof Result.Answered answered && manner.expects(answered.status())) {
      expected++;
    }
  }

  /** How many requests were sent. */
  public int total() {
    return total;
  }

  /** Whether every answer was the right one. */
  public boolean isAsExpected() {
    return expected == total;
  }

  /** How many requests had each status, or failed for each reason. */
  public Map<String, Integer> counts() {
    return Collections.unmodifiableMap(counts);
  }

  /**
   * The time in nanoseconds within which this share of the requests was answered or failed; 0 if
   * there was none.
   *
   * @param percent 1 to 100
   */
  public long percentileNanos(int percent) {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("no percentile: " + percent);
    }
    if (total == 0) {
      return 0;
    }
    long[] sorted = Arrays.copyOf(nanos, total);
    Arrays.sort(sorted);
    return sorted[(int) (((long) total * percent + 99) / 100) - 1];
  }
}
