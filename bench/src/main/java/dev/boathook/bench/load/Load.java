package dev.boathook.bench.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What came of a load.
 *
 * @param accepted all answers of 2xx, those of the warm-up included
 * @param refused requests with any other answer, or with none
 * @param counted answers of 2xx in the measured part
 * @param length of the measured part
 * @param latencies of what is counted, in nanoseconds
 */
public record Load(
    long accepted, long refused, long counted, Duration length, Histogram latencies) {
  /** What is counted, by the second. */
  public double perSecond() {
    return counted * 1e9 / length.toNanos();
  }
}
