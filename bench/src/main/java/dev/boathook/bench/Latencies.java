package dev.boathook.bench;

import org.HdrHistogram.Histogram;

/** Reads latencies. */
final class Latencies {
  private static final double NANOS_A_MILLI = 1_000_000;

  private Latencies() {}

  /** A percentile in milliseconds; of nothing there is none. */
  static double millis(Histogram nanos, double percentile) {
    if (nanos.getTotalCount() == 0) {
      throw new IllegalStateException("no latency was measured");
    }
    return nanos.getValueAtPercentile(percentile) / NANOS_A_MILLI;
  }
}
