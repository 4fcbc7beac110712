package dev.boathook.cli;

import dev.boathook.config.FileReader;
import dev.boathook.config.InvalidConfiguration;
import dev.boathook.config.SettingsLoader;
import dev.boathook.world.World;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The program's command line. Exit status 0 is success, {@link #FAILED} a failure (of {@code
 * verify}: rejected), {@link #WRONG_USAGE} arguments or settings that make no sense.
 *
 * <p>Commands are described in code rather than by annotations: picocli would read those by
 * reflection at every start.
 */
public final class Cli {
  /** The exit status of success. */
  public static final int OK = 0;

  /** The exit status of a failure. */
  public static final int FAILED = 1;

  /** The exit status of wrong usage. */
  public static final int WRONG_USAGE = 2;

  private static final String DEBUG_VARIABLE = "BOATHOOK_DEBUG";
  private static final int HELP_COLUMNS = 100;

  private final Terminal terminal;
  private final boolean debugByEnvironment;
  private final Map<String, Command> commands = new LinkedHashMap<>();
  private final CommandLine line;

  /**
   * A command line for one or more runs.
   *
   * @param version what {@code --version} says
   * @param terminal where it reads and prints
   * @param environment the environment's variables
   * @param files reads the files that are named
   * @param world time and chance
   * @param serve what {@code serve} does
   * @param demo what {@code demo} does
   * @param simulate what {@code simulate} does
   */
  public Cli(
      String version,
      Terminal terminal,
      Map<String, String> environment,
      FileReader files,
      World world,
      ServeAction serve,
      DemoAction demo,
      SimulateAction simulate) {
    this.terminal = terminal;
    this.debugByEnvironment = !environment.getOrDefault(DEBUG_VARIABLE, "").isEmpty();
    CommandSpec root =
        described("boathook", "Receives webhooks and sends webhooks, and never loses one.")
            .version("boathook " + version)
            .addOption(
                OptionSpec.builder("-V", "--version")
                    .versionHelp(true)
                    .description("Print the version.")
                    .build());
    root.usageMessage()
        .footer(
            "",
            "boathook COMMAND --help tells more about a command.",
            "A checkout has one more, ./boathook bench, which measures what Boathook costs.");
    add(root, new ServeCommand(new SettingsLoader(environment, files), serve));
    add(root, new DemoCommand(demo));
    RequestOptions options = new RequestOptions(files, terminal.in(), world.clock());
    add(root, new VerifyCommand(options, terminal.out()));
    add(root, new SignCommand(options, world.ids(), terminal.out()));
    add(root, new TriggerCommand(options, world, terminal.out()));
    add(root, new ProvidersCommand(options, terminal.out()));
    add(root, new SimulateCommand(simulate));
    this.line =
        new CommandLine(root)
            .setExpandAtFiles(false) // @FILE is ours, for one secret or for header lines.
            .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
            .setUsageHelpWidth(HELP_COLUMNS);
  }

  private void add(CommandSpec root, Command command) {
    CommandSpec spec = command.spec();
    commands.put(spec.name(), command);
    root.addSubcommand(spec.name(), spec);
  }

  /** A command with {@code --help} and {@code --debug}, its options in the order they are added. */
  static CommandSpec described(String name, String... description) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage().description(description).sortOptions(false);
    return spec.addOption(
            OptionSpec.builder("-h", "--help").usageHelp(true).description("Print this.").build())
        .addOption(
            OptionSpec.builder("--debug")
                .arity("0")
                .type(boolean.class)
                .description("Print the stack trace of a failure; also by " + DEBUG_VARIABLE + ".")
                .build());
  }

  /**
   * Runs one command. Complaints take one line of the error stream, and wrong usage is followed by
   * the right one.
   *
   * @return the exit status
   */
  public int run(String... arguments) {
    try {
      return run(line.parseArgs(arguments));
    } catch (ParameterException e) {
      return wrongUsage(reason(e), e.getCommandLine());
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  private int run(ParseResult root) {
    ParseResult last = root.hasSubcommand() ? root.subcommand() : root;
    CommandLine command = last.commandSpec().commandLine();
    if (root.isVersionHelpRequested()) {
      command.printVersionHelp(terminal.out());
      return OK;
    }
    if (!root.hasSubcommand() || root.isUsageHelpRequested() || last.isUsageHelpRequested()) {
      command.usage(terminal.out());
      return OK;
    }
    try {
      Command chosen = commands.get(last.commandSpec().name());
      if (chosen == null) {
        throw new IllegalStateException("a command was parsed that was never added");
      }
      return chosen.run(last);
    } catch (WrongUsage e) {
      return wrongUsage(String.valueOf(e.getMessage()), command);
    } catch (InvalidConfiguration e) {
      complain(String.valueOf(e.getMessage()));
      return WRONG_USAGE;
    } catch (Exception e) {
      return failed(e, isDebug(root) || isDebug(last));
    }
  }

  private boolean isDebug(ParseResult arguments) {
    return debugByEnvironment || arguments.hasMatchedOption("--debug");
  }

  private int failed(Exception e, boolean debug) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (debug) {
      e.printStackTrace(terminal.err());
    } else {
      String message = e.getMessage();
      complain(
          message == null || message.isBlank()
              ? e.getClass().getSimpleName() + " (--debug shows where)"
              : message);
    }
    return FAILED;
  }

  private int wrongUsage(String reason, CommandLine command) {
    complain(reason);
    PrintStream err = terminal.err();
    err.println();
    command.usage(err);
    return WRONG_USAGE;
  }

  private void complain(String message) {
    terminal.err().println("boathook: " + message.strip().replaceAll("\\s*[\\r\\n]+\\s*", "; "));
  }

  private String reason(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched
        && e.getCommandLine().equals(line)
        && !unmatched.getUnmatched().getFirst().startsWith("-")) {
      return "no command '%s'; there are %s"
          .formatted(unmatched.getUnmatched().getFirst(), String.join(", ", commands.keySet()));
    }
    return String.valueOf(e.getMessage());
  }
}
