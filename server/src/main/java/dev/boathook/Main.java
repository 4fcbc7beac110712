package dev.boathook;

import dev.boathook.cli.Cli;
import dev.boathook.cli.Logging;
import dev.boathook.cli.Terminal;
import dev.boathook.config.FileReader;
import dev.boathook.config.Settings;
import dev.boathook.config.Settings.LogFormat;
import dev.boathook.world.World;

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
            Main::demo);
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

  private static int demo(boolean keep) {
    startLogging(LogFormat.TEXT);
    throw new UnsupportedOperationException(
        "this build has no demo yet" + (keep ? " to keep" : ""));
  }

  private static void startLogging(LogFormat format) {
    logging = true;
    Logging.start(format);
  }
}
