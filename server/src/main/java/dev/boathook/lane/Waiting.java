package dev.boathook.lane;

import dev.boathook.event.Event;
import dev.boathook.world.Uuid7;
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
 * @param type the event's type
 * @param place in its lane; null when it is in none
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
    String type,
    @Nullable Place place,
    int attempts,
    Instant dueAt,
    int bodyBytes,
    @Nullable Event event) {
  /** The same without the event at hand. */
  public Waiting withoutEvent() {
    return event == null ? this : with(attempts, dueAt);
  }

  /** The same after so many tries, due then, without the event at hand. */
  public Waiting with(int tries, Instant due) {
    return new Waiting(
        projectId, deliveryId, eventId, endpointId, type, place, tries, due, bodyBytes, null);
  }

  /** The same at its place. */
  public Waiting at(Place given) {
    return new Waiting(
        projectId, deliveryId, eventId, endpointId, type, given, attempts, dueAt, bodyBytes, event);
  }

  /** What the event takes in memory while it is held, in bytes. */
  public int heldBytes() {
    return event == null ? 0 : event.headBytes() + bodyBytes;
  }

  /** When it was made, as its id says. */
  public Instant madeAt() {
    return Uuid7.time(deliveryId);
  }
}
