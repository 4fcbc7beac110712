package dev.boathook.lane;

import dev.boathook.event.Event;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A waiting delivery as the engine knows it.
 *
 * @param projectId the project
 * @param deliveryId the delivery
 * @param eventId what is delivered
 * @param endpointId to whom
 * @param attempts how many tries were recorded
 * @param dueAt when the next is due
 * @param bodyBytes how large the event's body is
 * @param event the event, when it is at hand; else it is read before the attempt
 */
public record Waiting(
    UUID projectId,
    UUID deliveryId,
    UUID eventId,
    UUID endpointId,
    int attempts,
    Instant dueAt,
    int bodyBytes,
    @Nullable Event event) {
  /** The same without the event at hand. */
  public Waiting withoutEvent() {
    return event == null
        ? this
        : new Waiting(projectId, deliveryId, eventId, endpointId, attempts, dueAt, bodyBytes, null);
  }

  /** The same after so many tries, due then. */
  public Waiting after(int tries, Instant due) {
    return new Waiting(projectId, deliveryId, eventId, endpointId, tries, due, bodyBytes, null);
  }

  /** What the event's body takes in memory while it is held, in bytes. */
  public int heldBytes() {
    return event == null ? 0 : bodyBytes;
  }
}
