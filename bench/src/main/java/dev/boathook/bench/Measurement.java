package dev.boathook.bench;

import dev.boathook.bench.report.Result;

/** One thing that {@code ./boathook bench} measures. */
public interface Measurement {
  /** The word that chooses it, such as {@code accept}. */
  String name();

  /**
   * Measures.
   *
   * @param site where to start processes and make folders, so that they are gone at the end
   * @throws Exception if it did not come to its end
   */
  Result run(Options options, Site site) throws Exception;
}
