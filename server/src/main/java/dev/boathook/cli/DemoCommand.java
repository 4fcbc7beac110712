package dev.boathook.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code boathook demo}. */
final class DemoCommand implements Command {
  private static final String KEEP = "--keep";

  private final DemoAction action;

  DemoCommand(DemoAction action) {
    this.action = action;
  }

  @Override
  public CommandSpec spec() {
    return Cli.described("demo", "Shows the main job in 40 seconds, on a store of its own.")
        .addOption(
            OptionSpec.builder(KEEP)
                .arity("0")
                .type(boolean.class)
                .description("Stay when it is done, with addresses and a key printed.")
                .build());
  }

  @Override
  public int run(ParseResult arguments) throws Exception {
    return action.run(arguments.hasMatchedOption(KEEP));
  }
}
