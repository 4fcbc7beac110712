package dev.boathook.deliver;

import dev.boathook.event.Event;
import dev.boathook.event.Events;
import dev.boathook.lane.Waiting;
import dev.boathook.store.Database;
import dev.boathook.store.Outage;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the events of deliveries that are about to be sent and not at hand. What is asked for while
 * one reading is under way is read together by the next: a queue that drains costs a statement for
 * many deliveries, and one that comes alone is read at once.
 *
 * <p>The engine's bound on busy deliveries bounds how many ask at once.
 */
final class EventReader implements AutoCloseable {
  private static final int MAX_BATCH = 64;

  /** A larger event is read alone. */
  private static final long MAX_BATCH_BYTES = 4L << 20;

  /** A large event on one does not hold up the small ones. */
  private static final int READERS = 2;

  private static final Logger LOG = LoggerFactory.getLogger(EventReader.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Database database;
  private final BlockingQueue<Wanted> queue = new LinkedBlockingQueue<>();
  private final List<Thread> readers;
  private volatile boolean closing;

  private record Wanted(Waiting delivery, CompletableFuture<Optional<Event>> event) {
    Events.Key key() {
      return new Events.Key(delivery.projectId(), delivery.eventId());
    }
  }

  /** Starts reading. */
  EventReader(Database database) {
    this.database = database;
    this.readers =
        IntStream.rangeClosed(1, READERS)
            .mapToObj(i -> Thread.ofPlatform().name("boathook-event-reader-" + i).start(this::run))
            .toList();
  }

  /** The delivery's event, unless it is no longer kept. */
  Optional<Event> event(Waiting delivery) throws SQLException, InterruptedException {
    Event held = delivery.event();
    if (held != null) {
      return Optional.of(held);
    }
    Wanted wanted = new Wanted(delivery, new CompletableFuture<>());
    queue.add(wanted);
    if (closing && queue.remove(wanted)) {
      throw stopping();
    }
    try {
      return wanted.event.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException failure) {
        throw failure;
      }
      throw new IllegalStateException("a bug stopped the reading of events", e.getCause());
    }
  }

  private void run() {
    List<Wanted> batch = new ArrayList<>(MAX_BATCH);
    // One that was taken from the queue and did not fit in.
    Wanted next = null;
    try {
      while (true) {
        Wanted first = next != null ? next : queue.poll(100, TimeUnit.MILLISECONDS);
        next = null;
        if (first != null) {
          next = fill(batch, first);
          read(batch);
          batch.clear();
        } else if (closing) {
          return;
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a reader", e);
    }
  }

  private @Nullable Wanted fill(List<Wanted> batch, Wanted first) {
    batch.add(first);
    long bytes = first.delivery.bodyBytes();
    while (batch.size() < MAX_BATCH) {
      Wanted another = queue.poll();
      if (another == null) {
        return null;
      }
      bytes += another.delivery.bodyBytes();
      if (bytes > MAX_BATCH_BYTES) {
        return another;
      }
      batch.add(another);
    }
    return null;
  }

  private void read(List<Wanted> batch) {
    try (Connection connection = database.hotConnection()) {
      Map<Events.Key, Event> events =
          Events.find(connection, batch.stream().map(Wanted::key).distinct().toList());
      batch.forEach(wanted -> wanted.event.complete(Optional.ofNullable(events.get(wanted.key()))));
    } catch (SQLException | RuntimeException | Error e) {
      if (batch.size() == 1 || Outage.caused(e)) {
        batch.forEach(wanted -> wanted.event.completeExceptionally(e));
      } else {
        // One event that cannot be read must not keep the others.
        batch.forEach(wanted -> read(List.of(wanted)));
      }
    }
  }

  /** Reads what is still wanted, for a bounded time, and ends. */
  @Override
  public void close() {
    closing = true;
    try {
      for (Thread reader : readers) {
        if (!reader.join(CLOSE_TIMEOUT)) {
          LOG.warn("events are still being read; they are delivered after the next start");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Wanted late = queue.poll(); late != null; late = queue.poll()) {
      late.event.completeExceptionally(stopping());
    }
  }

  private static SQLException stopping() {
    return new SQLNonTransientConnectionException("stopping");
  }
}
