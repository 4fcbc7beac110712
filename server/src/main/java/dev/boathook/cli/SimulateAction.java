package dev.boathook.cli;

/** Lives histories of several nodes with faults, and checks the promises in each. */
@FunctionalInterface
public interface SimulateAction {
  /**
   * Runs it.
   *
   * @param seeds how many histories
   * @param from the first seed
   * @param maxSteps after so many steps a history has no more
   * @param jobs how many at once
   * @return the exit status: 1 if a promise was broken
   */
  int run(long seeds, long from, int maxSteps, int jobs) throws Exception;
}
