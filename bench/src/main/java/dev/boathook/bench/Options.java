package dev.boathook.bench;

import dev.boathook.bench.report.Conditions;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What a person asked for.
 *
 * @param launcher the script that starts Boathook
 * @param measurements the names of those that are to be run, in the order in which they are run
 * @param conditions how hard and how long
 * @param json whether the report is for a program
 */
public record Options(
    Path launcher, List<String> measurements, Conditions conditions, boolean json) {
  private static final String ALL = "all";
  private static final String SECONDS = "--seconds";
  private static final String CONNECTIONS = "--connections";
  private static final String ROUNDS = "--rounds";
  private static final String JSON = "--json";
  private static final String SMOKE = "--smoke";

  private static final Conditions DEFAULT = new Conditions(5, 64, 5, false);
  private static final Conditions DEFAULT_SMOKE = new Conditions(1, 8, 1, true);

  public Options {
    measurements = List.copyOf(measurements);
  }

  /**
   * The command's options and help.
   *
   * @param known the names of all measurements
   */
  static CommandSpec spec(List<String> known) {
    CommandSpec spec = CommandSpec.create().name("boathook bench");
    spec.usageMessage()
        .description(
            "Measures Boathook beside the least that no design can avoid, turn by turn.",
            "Exit status 0, also if a goal is missed; 1 if the counts do not add up; 2 for wrong"
                + " usage.")
        .sortOptions(false);
    return spec.addPositional(
            PositionalParamSpec.builder()
                .arity("0..*")
                .paramLabel("WHAT")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(
                    "What to measure: %s, or all of it, which is the default."
                        .formatted(String.join(", ", known)))
                .build())
        .addOption(number(SECONDS, "How long a turn is measured; " + DEFAULT.seconds() + "."))
        .addOption(number(CONNECTIONS, "How many call; " + DEFAULT.connections() + "."))
        .addOption(number(ROUNDS, "How many turns each side has; " + DEFAULT.rounds() + "."))
        .addOption(flag(JSON, "Print JSON, with every figure."))
        .addOption(
            flag(
                SMOKE,
                "Only try that all of it works: %d s, %d connections, %d round, small amounts."
                    .formatted(
                        DEFAULT_SMOKE.seconds(),
                        DEFAULT_SMOKE.connections(),
                        DEFAULT_SMOKE.rounds())))
        .addOption(
            OptionSpec.builder("-h", "--help").usageHelp(true).description("Print this.").build());
  }

  private static OptionSpec number(String name, String description) {
    return OptionSpec.builder(name)
        .arity("1")
        .paramLabel("N")
        .type(int.class)
        .description(description)
        .build();
  }

  private static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).arity("0").type(boolean.class).description(description).build();
  }

  /**
   * What was asked for by this line.
   *
   * @param known the names of all measurements, in the order in which they are run
   * @throws ParameterException if it makes no sense
   */
  static Options of(Path launcher, List<String> known, ParseResult line) {
    List<String> chosen = line.matchedPositionalValue(0, List.of(ALL));
    for (String name : chosen) {
      if (!name.equals(ALL) && !known.contains(name)) {
        throw wrong(
            line,
            "no measurement '%s'; there are %s, all".formatted(name, String.join(", ", known)));
      }
    }
    boolean smoke = line.hasMatchedOption(SMOKE);
    Conditions defaults = smoke ? DEFAULT_SMOKE : DEFAULT;
    Conditions conditions;
    try {
      conditions =
          new Conditions(
              line.matchedOptionValue(SECONDS, defaults.seconds()),
              line.matchedOptionValue(CONNECTIONS, defaults.connections()),
              line.matchedOptionValue(ROUNDS, defaults.rounds()),
              smoke);
    } catch (IllegalArgumentException e) {
      throw wrong(line, String.valueOf(e.getMessage()));
    }
    return new Options(
        launcher,
        known.stream().filter(name -> chosen.contains(ALL) || chosen.contains(name)).toList(),
        conditions,
        line.hasMatchedOption(JSON));
  }

  private static ParameterException wrong(ParseResult line, String reason) {
    CommandLine command = line.commandSpec().commandLine();
    return new ParameterException(command, reason);
  }
}
