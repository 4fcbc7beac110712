package dev.boathook.deliver;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one endpoint.
 *
 * @param waiting deliveries that wait; counted up to {@value #MAX_COUNTED}
 * @param more whether there are more than were counted
 * @param oldestDueAt since when the first of them is due, or when it will be; null when none waits,
 *     or all are behind the heads of halted lanes
 * @param haltedLanes lanes that wait for an operator; counted up to {@value #MAX_COUNTED}
 */
public record EndpointBacklog(
    long waiting, boolean more, @Nullable Instant oldestDueAt, long haltedLanes) {
  /** How far is counted: what more there is, does not matter to whoever looks. */
  public static final int MAX_COUNTED = 1_000_000;
}
