package dev.boathook.cli;

/** Shows the main job on a store of its own. */
@FunctionalInterface
public interface DemoAction {
  /**
   * Runs it.
   *
   * @param keep whether it stays when it is done, to be looked at
   * @return the exit status: 1 if anything differed from the promise
   * @throws Exception if it cannot go on; the message is shown to the operator
   */
  int run(boolean keep) throws Exception;
}
