package dev.boathook.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code boathook simulate}. */
final class SimulateCommand implements Command {
  private static final String SEEDS = "--seeds";
  private static final String FROM = "--from";
  private static final String STEPS = "--steps";
  private static final String JOBS = "--jobs";
  private static final int MAX_JOBS = 1_024;
  private static final long DEFAULT_SEEDS = 10_000;

  private final SimulateAction action;

  SimulateCommand(SimulateAction action) {
    this.action = action;
  }

  @Override
  public CommandSpec spec() {
    return Cli.described(
            "simulate", "Lives histories of several nodes with faults, and checks every promise.")
        .addOption(number(SEEDS, "N", long.class, "How many histories; " + DEFAULT_SEEDS + "."))
        .addOption(number(FROM, "SEED", long.class, "The first seed; 1."))
        .addOption(number(STEPS, "N", int.class, "Cut each history off after so many steps."))
        .addOption(number(JOBS, "N", int.class, "How many at once; one a processor."));
  }

  private static OptionSpec number(String name, String label, Class<?> type, String description) {
    return OptionSpec.builder(name)
        .arity("1")
        .paramLabel(label)
        .type(type)
        .description(description)
        .build();
  }

  @Override
  public int run(ParseResult arguments) throws Exception {
    long seeds = arguments.matchedOptionValue(SEEDS, DEFAULT_SEEDS);
    long from = arguments.matchedOptionValue(FROM, 1L);
    int steps = arguments.matchedOptionValue(STEPS, Integer.MAX_VALUE);
    int jobs = arguments.matchedOptionValue(JOBS, Runtime.getRuntime().availableProcessors());
    if (seeds < 1 || steps < 0 || jobs < 1 || jobs > MAX_JOBS) {
      throw new WrongUsage("--seeds is at least 1, --steps at least 0, --jobs 1 to " + MAX_JOBS);
    }
    return action.run(seeds, from, steps, jobs);
  }
}
