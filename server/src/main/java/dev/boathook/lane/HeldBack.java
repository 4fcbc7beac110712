package dev.boathook.lane;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints that could begin an attempt but have no less out than is free, those with the least
 * first: each stands in the row of what it has too much of. What a queue has out must not change
 * while it stands here.
 */
final class HeldBack {
  private final TreeSet<EndpointQueue> byAttempts =
      new TreeSet<>(
          Comparator.comparingInt((EndpointQueue queue) -> queue.busy)
              .thenComparing(EndpointQueue::endpointId));
  private final TreeSet<EndpointQueue> byBytes =
      new TreeSet<>(
          Comparator.comparingLong((EndpointQueue queue) -> queue.busyBytes)
              .thenComparing(EndpointQueue::endpointId));

  /** One for which there is no room. */
  void add(EndpointQueue queue, Room room) {
    queue.heldBack = this;
    (room.hasAttemptFor(queue) ? byBytes : byAttempts).add(queue);
  }

  void remove(EndpointQueue queue) {
    queue.heldBack = null;
    byAttempts.remove(queue);
    byBytes.remove(queue);
  }

  /** One for which there is room again, which is taken out; null when there is none. */
  @Nullable EndpointQueue next(Room room) {
    while (true) {
      EndpointQueue queue = first(room);
      if (queue == null) {
        return null;
      }
      remove(queue);
      if (room.hasPlaceFor(queue)) {
        return queue;
      }
      // Now it is the other that it has too much of.
      add(queue, room);
    }
  }

  private @Nullable EndpointQueue first(Room room) {
    if (!byAttempts.isEmpty() && room.hasAttemptFor(byAttempts.first())) {
      return byAttempts.first();
    }
    return !byBytes.isEmpty() && room.hasBytesFor(byBytes.first()) ? byBytes.first() : null;
  }
}
