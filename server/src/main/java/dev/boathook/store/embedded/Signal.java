package dev.boathook.store.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signals that a postmaster understands and that Java cannot send. The shell's own {@code kill}
 * sends them: initdb needs {@code /bin/sh} too, so it is there.
 */
enum Signal {
  /** Fast shutdown: sessions end, what is open rolls back, a checkpoint is written. */
  INT,
  /** Immediate shutdown: everything ends at once, and the next start recovers. */
  QUIT;

  private static final Logger log = LoggerFactory.getLogger(Signal.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  void send(long pid) {
    try {
      Command.Result result =
          Command.run(
              List.of("/bin/sh", "-c", "kill -" + name() + " " + pid), Path.of("/"), "", TIMEOUT);
      if (!result.succeeded()) {
        log.warn("Could not send SIG{} to process {}: {}", this, pid, result.output());
      }
    } catch (IOException e) {
      log.warn("Could not send SIG{} to process {}", this, pid, e);
    }
  }
}
