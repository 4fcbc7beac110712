package dev.boathook;

import dev.boathook.accept.Expiry;
import dev.boathook.deliver.Cancellation;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.route.Directory;
import dev.boathook.store.Partitions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done from time to time, on one thread. */
final class Maintenance implements AutoCloseable, Directory.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

  /** How late another node's change of the configuration is seen here, if no event brings it. */
  private static final Duration REFRESH = Duration.ofSeconds(1);

  private static final Duration EXPIRY = Duration.ofMinutes(1);
  private static final Duration PARTITIONS = Duration.ofHours(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("boathook-maintenance").factory());
  private final Cancellation cancellation;

  Maintenance(
      InstantSource clock,
      Directory directory,
      Partitions partitions,
      Expiry expiry,
      Cancellation cancellation) {
    this.cancellation = cancellation;
    repeat("refreshing the directory", REFRESH, directory::refreshAll);
    repeat("expiring dedupe keys", EXPIRY, () -> expiry.expire(clock.instant()));
    repeat("making partitions", PARTITIONS, () -> partitions.addAround(clock.instant()));
    repeat("cancelling for deleted endpoints", EXPIRY, cancellation::cancelForDeleted);
  }

  /** Something that may fail and is tried again the next time. */
  @FunctionalInterface
  private interface Chore {
    void run() throws Exception;
  }

  private void repeat(String what, Duration interval, Chore chore) {
    long millis = interval.toMillis();
    var _ =
        timer.scheduleWithFixedDelay(() -> run(what, chore), millis, millis, TimeUnit.MILLISECONDS);
  }

  private static void run(String what, Chore chore) {
    try {
      chore.run();
    } catch (Exception e) {
      LOG.warn("{} failed and is tried again: {}", what, e.getMessage());
    }
  }

  @Override
  public void endpointChanged(Endpoint endpoint) {}

  @Override
  public void endpointDeleted(UUID projectId, UUID endpointId) {
    try {
      timer.execute(() -> run("cancelling for a deleted endpoint", cancellation::cancelForDeleted));
    } catch (RejectedExecutionException e) {
      LOG.info(
          "stopping: what waits for endpoint {} is cancelled after the next start", endpointId);
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
