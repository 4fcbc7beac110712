package dev.boathook.lane;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What is in memory of one lane: some of its first deliveries, or of its last. */
final class Lane {
  final String key;

  /** Only the newest is wanted; what is held are the last ones, and not the first. */
  final boolean newestOnly;

  /** By their places. The one that is being tried is among them. */
  final ArrayDeque<Held> held = new ArrayDeque<>();

  /** The highest place that was ever held here. */
  long lastNumber;

  /** Whether the store may have deliveries of higher places. */
  boolean more;

  Lane(String key, boolean newestOnly) {
    this.key = key;
    this.newestOnly = newestOnly;
  }

  boolean isBusy() {
    for (Held one : held) {
      if (one.stage == Held.Stage.BUSY) {
        return true;
      }
    }
    return false;
  }

  /** The one whose turn it is; null when none is held. */
  @Nullable Held head() {
    return newestOnly ? held.peekLast() : held.peekFirst();
  }

  void add(Held one) {
    held.addLast(one);
    lastNumber = Math.max(lastNumber, one.number());
  }
}
