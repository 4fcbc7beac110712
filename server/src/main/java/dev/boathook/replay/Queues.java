package dev.boathook.replay;

import dev.boathook.deliver.Appending.Appended;
import dev.boathook.deliver.Dispatcher;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Tells the dispatcher, after each commit, what was done to the queues by another way than its own.
 */
final class Queues {
  private final Dispatcher dispatcher;

  Queues(Dispatcher dispatcher) {
    this.dispatcher = dispatcher;
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
