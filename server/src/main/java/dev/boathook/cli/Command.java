package dev.boathook.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One word after {@code boathook}. */
interface Command {
  /** Its name, options and help. */
  CommandSpec spec();

  /**
   * Runs it.
   *
   * @return the exit status
   * @throws WrongUsage if the arguments make no sense
   */
  int run(ParseResult arguments) throws Exception;
}
