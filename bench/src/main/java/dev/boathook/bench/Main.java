package dev.boathook.bench;

import dev.boathook.bench.report.Failure;
import dev.boathook.bench.report.JsonReport;
import dev.boathook.bench.report.Machine;
import dev.boathook.bench.report.Outcome;
import dev.boathook.bench.report.Report;
import dev.boathook.bench.report.TextReport;
import dev.boathook.cli.Cli;
import dev.boathook.cli.Terminal;
import dev.boathook.store.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code ./boathook bench}. Exit statuses are those of {@link Cli}. */
public final class Main {
  /** All that can be measured, in the order in which it is. */
  private static final List<Measurement> MEASUREMENTS =
      List.of(
          new AcceptMeasurement(),
          new PublishMeasurement(),
          new DeliverMeasurement(),
          new FairMeasurement(),
          new BacklogMeasurement(),
          new HistoryMeasurement(),
          new GrowthMeasurement(),
          new StartMeasurement());

  private static final int HELP_COLUMNS = 100;

  private final Path launcher;
  private final List<Measurement> measurements;
  private final MachineReader machine;
  private final Terminal terminal;
  private final CommandLine line;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private @Nullable Site current;
  private boolean stopped;

  /** Finds out what we measure on. */
  @FunctionalInterface
  interface MachineReader {
    /**
     * Reads it.
     *
     * @param site to start a store on
     */
    Machine read(Site site) throws Exception;
  }

  Main(Path launcher, List<Measurement> measurements, MachineReader machine, Terminal terminal) {
    this.launcher = launcher;
    this.measurements = List.copyOf(measurements);
    this.machine = machine;
    this.terminal = terminal;
    this.line =
        new CommandLine(Options.spec(names()))
            .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
            .setUsageHelpWidth(HELP_COLUMNS);
  }

  /**
   * Runs the measurements that are asked for.
   *
   * @param args the launcher's path, then the command line
   */
  public static void main(String[] args) {
    if (args.length == 0) {
      throw new IllegalArgumentException("the first argument is the launcher's path");
    }
    Main main = new Main(Path.of(args[0]), MEASUREMENTS, Main::thisMachine, Terminal.system());
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("bench-stop").unstarted(main::stop));
    System.exit(main.run(Arrays.copyOfRange(args, 1, args.length)));
  }

  /** This one, with the version of a store that is started for that. */
  static Machine thisMachine(Site site) throws Exception {
    try (EmbeddedPostgres postgres =
            site.start(() ->
                EmbeddedPostgres.start(
                    EmbeddedPostgres.Options.of(site.folder("store")),
                    new SecureRandom(),
                    pid -> site.say("PostgreSQL had ended and was started again: " + pid)));
        Connection connection =
            DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password())) {
      return Machine.of(site.root(), connection.getMetaData().getDatabaseProductVersion());
    }
  }

  private List<String> names() {
    return measurements.stream().map(Measurement::name).toList();
  }

  /**
   * Measures and prints the report. Complaints take one line of the error stream, and wrong usage
   * is followed by the right one.
   *
   * @return the exit status
   */
  int run(String... arguments) {
    try {
      ParseResult parsed = line.parseArgs(arguments);
      if (parsed.isUsageHelpRequested()) {
        line.usage(terminal.out());
        return Cli.OK;
      }
      return run(Options.of(launcher, names(), parsed));
    } catch (ParameterException e) {
      terminal.err().println("boathook bench: " + e.getMessage());
      terminal.err().println();
      line.usage(terminal.err());
      return Cli.WRONG_USAGE;
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  private int run(Options options) {
    Machine here;
    try {
      here = on("machine", machine::read);
    } catch (Exception e) {
      return failed(e);
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Measurement measurement : measurements) {
      if (options.measurements().contains(measurement.name())) {
        outcomes.add(outcome(measurement, options));
      }
      if (isStopped()) {
        return Cli.FAILED;
      }
    }
    Report report = new Report(here, options.conditions(), outcomes);
    PrintStream out = terminal.out();
    if (options.json()) {
      out.writeBytes(JsonReport.of(report).getBytes(StandardCharsets.UTF_8));
    } else {
      out.print(TextReport.of(report, out.charset()));
    }
    return report.isSound() ? Cli.OK : Cli.FAILED;
  }

  /** One that fails does not keep the others, which may have taken an hour, from being told. */
  private Outcome outcome(Measurement measurement, Options options) {
    try {
      return on(measurement.name(), site -> measurement.run(options, site));
    } catch (Exception e) {
      failed(e);
      return new Failure(measurement.name(), e.toString().strip().replaceAll("\\s*\\R\\s*", "; "));
    }
  }

  private int failed(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (!isStopped()) {
      e.printStackTrace(terminal.err());
    }
    return Cli.FAILED;
  }

  private interface Work<T> {
    T run(Site site) throws Exception;
  }

  private <T> T on(String name, Work<T> work) throws Exception {
    try (Site site = open(name)) {
      return work.run(site);
    }
  }

  private Site open(String name) throws IOException {
    lock.lock();
    try {
      if (stopped) {
        throw new IOException("stopped");
      }
      Site site = new Site(name, terminal.err());
      current = site;
      return site;
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  /** Ends what is under way and begins nothing more; for the thread that ends the process. */
  void stop() {
    Site last;
    lock.lock();
    try {
      stopped = true;
      last = current;
    } finally {
      lock.unlock();
    }
    if (last == null) {
      return;
    }
    try {
      last.close();
    } catch (IOException e) {
      e.printStackTrace(terminal.err());
    }
  }
}
