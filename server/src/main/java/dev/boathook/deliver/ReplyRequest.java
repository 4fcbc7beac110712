package dev.boathook.deliver;

import java.time.Duration;
import java.util.UUID;

/**
 * The wish for what an endpoint answers to an event.
 *
 * @param endpointId of the event's own project; it gets the event whether it wants it or not
 * @param limit how long the answer is waited for, acceptance included
 */
public record ReplyRequest(UUID endpointId, Duration limit) {
  /** The longest limit; no provider waits so long. */
  public static final Duration MAX_LIMIT = Duration.ofSeconds(30);

  /** Checks the limit. */
  public ReplyRequest {
    if (!limit.isPositive() || limit.compareTo(MAX_LIMIT) > 0) {
      throw new IllegalArgumentException(
          "a reply is waited for more than 0 and at most " + MAX_LIMIT.toSeconds() + " seconds");
    }
  }
}
