package dev.boathook.lane;

import java.time.Instant;
import java.util.List;

/**
 * A lane as it was read from the store.
 *
 * @param key its ordering key
 * @param lastNumber the place of the last delivery that was put into it
 * @param dueAt when the first that waits is due
 * @param newestOnly whether the items are the last that wait, and not the first
 * @param items some that wait, by their places, at least one
 */
public record LoadedLane(
    String key, long lastNumber, Instant dueAt, boolean newestOnly, List<Waiting> items) {
  /** Keeps a copy. */
  public LoadedLane {
    if (items.isEmpty()) {
      throw new IllegalArgumentException("a lane in which nothing waits is not loaded");
    }
    items = List.copyOf(items);
  }
}
