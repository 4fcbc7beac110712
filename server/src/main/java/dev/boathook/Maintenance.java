package dev.boathook;

import dev.boathook.deliver.Cancellation;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done from time to time; a chore that takes long does not hold up the others. */
final class Maintenance implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

  private static final int THREADS = 4;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(
          THREADS, Thread.ofPlatform().name("boathook-maintenance").factory());

  /** Something that may fail and is tried again the next time. */
  @FunctionalInterface
  interface Chore {
    void run() throws Exception;
  }

  /** Does this again and again, so long after it was done the last time. */
  void every(Duration interval, String what, Chore chore) {
    long millis = interval.toMillis();
    var _ =
        timer.scheduleWithFixedDelay(() -> run(what, chore), millis, millis, TimeUnit.MILLISECONDS);
  }

  /** Cancels at once what waits for an endpoint that is deleted. */
  Directory.Listener onDeletion(Cancellation cancellation) {
    return new Directory.Listener() {
      @Override
      public void endpointChanged(Endpoint endpoint, ProjectView project) {}

      @Override
      public void endpointReplaced(UUID endpointId) {}

      @Override
      public void endpointDeleted(UUID projectId, UUID endpointId) {
        try {
          timer.execute(
              () -> run("cancelling for a deleted endpoint", cancellation::cancelForDeleted));
        } catch (RejectedExecutionException e) {
          LOG.info("stopping: what waits for {} is cancelled after the next start", endpointId);
        }
      }
    };
  }

  private static void run(String what, Chore chore) {
    try {
      chore.run();
    } catch (Exception e) {
      LOG.warn("{} failed and is tried again: {}", what, e.getMessage());
    } catch (Error e) {
      // The timer would never run it again, and say nothing.
      LOG.error("{} failed by a bug or a broken machine and is tried again", what, e);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    try {
      if (!timer.awaitTermination(CLOSE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("maintenance did not end in {} s", CLOSE_TIMEOUT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
