package dev.boathook.lane;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether what is due for an endpoint waits for a limit of its own, for longer than a burst. */
final class Throttle {
  /** What waits for less is no news. */
  static final Duration LONGEST_BURST = Duration.ofSeconds(10);

  private @Nullable Instant since;
  private @Nullable Limit limit;

  /**
   * How it is now.
   *
   * @param reached the limit for which what is due waits now; null when it does not
   * @param isOver whether nothing that is due waits
   * @return true when it is throttled from now on, or not any more
   */
  boolean note(@Nullable Limit reached, boolean isOver, Instant now) {
    boolean wasThrottled = limit != null;
    if (isOver) {
      since = null;
      limit = null;
    } else if (reached != null && since == null) {
      since = now;
    } else if (reached != null
        && limit == null
        && since != null
        && !now.isBefore(since.plus(LONGEST_BURST))) {
      limit = reached;
    }
    return wasThrottled != (limit != null);
  }

  /** By what it is throttled; null when it is not. */
  @Nullable Limit limit() {
    return limit;
  }

  /** When it is throttled if it goes on like this; null when that is not to come. */
  @Nullable Instant nextTime(Instant now) {
    Instant at = since == null || limit != null ? null : since.plus(LONGEST_BURST);
    return at == null || !at.isAfter(now) ? null : at;
  }
}
