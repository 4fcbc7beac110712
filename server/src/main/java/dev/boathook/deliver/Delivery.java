package dev.boathook.deliver;

import dev.boathook.lane.DeliveryState;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event for one endpoint, as the store has it.
 *
 * @param id UUIDv7, rising with time
 * @param eventId what is delivered
 * @param endpointId to whom; the endpoint may be deleted
 * @param key the event's ordering key; null or empty for none
 * @param state where it is
 * @param attempts how many tries were recorded
 * @param dueAt when the next try is due; null while its event is held until others of its sequence
 *     have come; of no meaning in a final state
 * @param finishedAt when it came to its end; null while it waits
 * @param lastOutcome how the last try ended, or why none was made; null before the first
 * @param lastStatus the last answer's status, or null
 * @param replayOf the delivery that this one repeats, or null
 * @param replayId the replay of many that made it, or null
 * @param replayedBy the newest delivery that repeats this one, or null
 */
public record Delivery(
    UUID id,
    UUID eventId,
    UUID endpointId,
    @Nullable String key,
    DeliveryState state,
    int attempts,
    @Nullable Instant dueAt,
    @Nullable Instant finishedAt,
    @Nullable String lastOutcome,
    @Nullable Integer lastStatus,
    @Nullable UUID replayOf,
    @Nullable UUID replayId,
    @Nullable UUID replayedBy) {}
