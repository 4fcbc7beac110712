package dev.boathook.lane;

import org.jspecify.annotations.Nullable;

/** Endpoints that could begin an attempt: they take turns, or are held back until there is room. */
final class Candidates {
  private final Turns turns = new Turns();
  private final HeldBack heldBack = new HeldBack();

  /** Lets it have a turn, unless it waits for one already. */
  void add(EndpointQueue queue) {
    if (!queue.inTurns && queue.heldBack == null) {
      queue.inTurns = true;
      turns.add(queue);
    }
  }

  /**
   * Whether anybody is to have a turn now. One of those held back comes in only when nobody else is
   * there, so that what it costs does not grow with their number.
   */
  boolean hasNext(Room room) {
    if (turns.isEmpty()) {
      EndpointQueue queue = heldBack.next(room);
      if (queue != null) {
        add(queue);
      }
    }
    return !turns.isEmpty();
  }

  /** Takes the one whose turn it is; null when there is none. */
  @Nullable EndpointQueue next() {
    EndpointQueue queue = turns.next();
    if (queue != null) {
      queue.inTurns = false;
    }
    return queue;
  }

  /** There is no room for it: it comes back when there is, or when less of it is out. */
  void holdBack(EndpointQueue queue, Room room) {
    heldBack.add(queue, room);
  }
}
