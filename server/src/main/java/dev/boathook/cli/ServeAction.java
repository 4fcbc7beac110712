package dev.boathook.cli;

import dev.boathook.config.Settings;

/** Runs a server until it is told to stop. */
@FunctionalInterface
public interface ServeAction {
  /**
   * Runs it.
   *
   * @return the exit status
   * @throws Exception if it cannot go on; the message is shown to the operator
   */
  int run(Settings settings) throws Exception;
}
