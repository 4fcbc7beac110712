package dev.boathook;

import dev.boathook.config.Settings;
import dev.boathook.store.StoreException;
import dev.boathook.world.World;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a server in this process until the process is told to stop. */
final class Serve {
  private static final Logger LOG = LoggerFactory.getLogger(Serve.class);

  /** The exit status after a bug that leaves nothing to go on with: EX_SOFTWARE of sysexits.h. */
  private static final int BUG = 70;

  private Serve() {}

  /**
   * Runs it, and says where it is.
   *
   * @return the exit status
   */
  static int run(Settings settings, World world, PrintStream out)
      throws StoreException, InterruptedException {
    // Without one of its threads the server would look alive and do nothing: better that whoever
    // watches it starts it again.
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
      LOG.error("a bug ended thread {}; the process ends", thread.getName(), e);
      Runtime.getRuntime().halt(BUG);
    });
    Boathook boathook = Boathook.start(settings, world);
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("boathook-stop").unstarted(boathook::close));
    announce(boathook, settings, out);
    // A signal ends the process by its shutdown hook.
    new CountDownLatch(1).await();
    return 0;
  }

  private static void announce(Boathook boathook, Settings settings, PrintStream out) {
    out.println("Boathook " + Boathook.VERSION + " is ready");
    out.printf(
        "  public   %s://%s:%d   POST /in/{token}%n",
        settings.publicTls().isPresent() ? "https" : "http",
        settings.publicAddress().host(),
        boathook.publicPort());
    out.printf(
        "  admin    %s://%s:%d   API, /openapi.yaml, /metrics%n",
        settings.adminTls().isPresent() ? "https" : "http",
        settings.adminAddress().host(),
        boathook.adminPort());
    out.printf(
        "  store    %s%n",
        settings.databaseUrl().isPresent()
            ? "your PostgreSQL"
            : "embedded PostgreSQL in " + settings.data());
    boathook
        .newKey()
        .ifPresent(key -> out.printf("  API key  %s   shown only now: keep it%n", key));
    out.flush();
  }
}
