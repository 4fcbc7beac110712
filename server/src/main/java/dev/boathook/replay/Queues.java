package dev.boathook.replay;

import dev.boathook.deliver.Appending.Appended;
import dev.boathook.deliver.Dispatcher;
import dev.boathook.store.Deadlocks;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Changes what waits by another way than the dispatcher's own, and tells the dispatcher, after each
 * commit, what was done.
 */
final class Queues {
  private final Jdbi jdbi;
  private final Dispatcher dispatcher;

  Queues(Jdbi jdbi, Dispatcher dispatcher) {
    this.jdbi = jdbi;
    this.dispatcher = dispatcher;
  }

  /** Something done in a transaction. */
  @FunctionalInterface
  interface Work<T> {
    T in(Handle handle);
  }

  /**
   * Does this in one transaction, and tells afterwards what was done. When the answer to the commit
   * is lost nobody knows whether it was, and whoever asked may not ask again: then everybody is
   * told to look. What was to be done is not told, since in a lane the next delivery would pass one
   * that was not called off after all.
   */
  <T> T change(Work<T> work, Consumer<? super T> tell) {
    T done = Deadlocks.retried(() -> tryChange(work));
    tell.accept(done);
    return done;
  }

  private <T> T tryChange(Work<T> work) {
    AtomicBoolean committing = new AtomicBoolean();
    try {
      return jdbi.inTransaction(handle -> {
        T done = work.in(handle);
        committing.set(true);
        return done;
      });
    } catch (RuntimeException e) {
      if (committing.get()) {
        dispatcher.lookThrough();
      }
      throw e;
    }
  }

  /**
   * Something for an endpoint to do.
   *
   * @param endpointId the endpoint
   * @param inLane whether it is in a lane
   * @param due when
   */
  record Expected(UUID endpointId, boolean inLane, Instant due) {
    private record Queue(UUID endpointId, boolean inLane) {}

    private Queue queue() {
      return new Queue(endpointId, inLane);
    }
  }

  /**
   * A delivery that is not to be sent any more.
   *
   * @param endpointId its endpoint
   * @param deliveryId the delivery
   */
  record Withdrawn(UUID endpointId, UUID deliveryId) {}

  /** The time by which deliveries are due, the same on all nodes. */
  Instant now() {
    return dispatcher.clock().instant();
  }

  /** The id of a new delivery, which says by that time when it was made. */
  UUID newId() {
    return dispatcher.ids().next();
  }

  void appended(Collection<Appended> deliveries) {
    expect(
        deliveries.stream()
            .map(it -> new Expected(it.endpointId(), it.inLane(), it.due()))
            .toList());
  }

  /** Of each queue the earliest is told. */
  void expect(Collection<Expected> all) {
    Map<Object, Expected> earliest = new LinkedHashMap<>();
    for (Expected expected : all) {
      earliest.merge(
          expected.queue(), expected, (one, other) -> one.due.isAfter(other.due) ? other : one);
    }
    for (Expected expected : earliest.values()) {
      dispatcher.expect(expected.endpointId, expected.inLane, expected.due);
    }
  }

  void withdrawn(Collection<Withdrawn> all) {
    for (Withdrawn withdrawn : all) {
      dispatcher.withdrawn(withdrawn.endpointId, withdrawn.deliveryId);
    }
  }
}
