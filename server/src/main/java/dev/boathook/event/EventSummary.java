package dev.boathook.event;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Event} without its headers and body.
 *
 * @param id as of the event, like all but the last
 * @param bodyBytes how large the body is
 */
public record EventSummary(
    UUID id,
    Origin origin,
    String type,
    @Nullable String key,
    @Nullable String externalId,
    Instant acceptedAt,
    @Nullable Instant occurredAt,
    boolean verified,
    boolean late,
    String contentType,
    int bodyBytes) {

  /** The summary of an event that is at hand. */
  public static EventSummary of(Event event) {
    return new EventSummary(
        event.id(),
        event.origin(),
        event.type(),
        event.key(),
        event.externalId(),
        event.acceptedAt(),
        event.occurredAt(),
        event.verified(),
        event.late(),
        event.contentType(),
        event.body().length);
  }
}
