package dev.boathook;

import dev.boathook.cli.Cli;
import dev.boathook.cli.Logging;
import dev.boathook.cli.Terminal;
import dev.boathook.config.FileReader;
import dev.boathook.config.Settings;
import dev.boathook.config.Settings.LogFormat;
import dev.boathook.demo.Demo;
import dev.boathook.simulation.Simulation;
import dev.boathook.world.World;
import java.io.Console;

/** The program. */
public final class Main {
  private static volatile boolean logging;

  private Main() {}

  /** Runs a command and ends the process with its exit status. */
  public static void main(String[] args) {
    Cli cli =
        new Cli(
            Boathook.VERSION,
            Terminal.system(),
            System.getenv(),
            FileReader.disk(),
            World.system(),
            Main::serve,
            Main::demo,
            Main::simulate);
    int status = cli.run(args);
    if (logging) {
      System.exit(status);
    }
    // System.exit asks for a logger and so loads all of Logback, which would cost a command that
    // only prints half of its time. Such a command has nothing that a shutdown hook would close.
    Runtime.getRuntime().halt(status);
  }

  private static int serve(Settings settings) throws Exception {
    startLogging(settings.logFormat());
    return Serve.run(settings, World.system(), System.out);
  }

  private static int demo(boolean keep) throws Exception {
    startLogging(LogFormat.TEXT);
    Demo demo = new Demo(World.system(), Main.class.getName(), System.out, colour());
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("demo-stop").unstarted(demo::close));
    try {
      int status = demo.run();
      if (keep) {
        demo.stay();
      }
      return status;
    } finally {
      demo.close();
    }
  }

  private static int simulate(long seeds, long from, int maxSteps, int jobs) throws Exception {
    Simulation simulation =
        new Simulation(seeds, from, maxSteps, jobs, World.system().ticker(), System.out);
    return simulation.run() ? Cli.OK : Cli.FAILED;
  }

  /** Whether colours are welcome: on a terminal, unless no-color.org's variable says no. */
  @SuppressWarnings("SystemConsoleNull") // On 25 it is null again without a terminal.
  private static boolean colour() {
    Console console = System.console();
    String noColour = System.getenv("NO_COLOR");
    return console != null && console.isTerminal() && (noColour == null || noColour.isEmpty());
  }

  private static void startLogging(LogFormat format) {
    logging = true;
    Logging.start(format);
  }
}
