package dev.boathook.sequence;

import dev.boathook.source.Sequenced;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A new event whose deliveries are written and held: waiting, in no lane and due at infinity.
 *
 * @param eventId the event
 * @param type its type
 * @param sourceId where it came from
 * @param sequenced its position; null if it has none and goes on at once
 * @param deliveries what is to be released with it
 */
public record Arrival(
    UUID eventId,
    String type,
    UUID sourceId,
    @Nullable Sequenced sequenced,
    List<HeldDelivery> deliveries) {
  /** Keeps a copy. */
  public Arrival {
    deliveries = List.copyOf(deliveries);
  }
}
