package dev.boathook.lane;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is among endpoints that could begin an attempt: groups by their weights, and the
 * endpoints of a group one after another. A group that had nothing to do gains no claim by it.
 *
 * <p>Stride scheduling: every turn moves its group on by a stride, the shorter the heavier the
 * group is, and the group that is least far has the next turn. From: C. A. Waldspurger, W. E.
 * Weihl, "Stride Scheduling: Deterministic Proportional-Share Resource Management", 1995.
 */
final class Turns {
  private static final long STRIDE_OF_WEIGHT_1 = 1 << 20;
  private static final int MAX_IDLE_GROUPS = 10_000;

  private final Map<UUID, Group> groups = new HashMap<>();
  private final TreeSet<Group> active =
      new TreeSet<>(
          Comparator.comparingLong((Group group) -> group.pass)
              .thenComparing(group -> group.groupId));
  private long pass;

  private static final class Group {
    private final UUID groupId;
    private final ArrayDeque<EndpointQueue> queues = new ArrayDeque<>();
    private long pass;

    Group(UUID groupId, long pass) {
      this.groupId = groupId;
      this.pass = pass;
    }
  }

  boolean isEmpty() {
    return active.isEmpty();
  }

  /** At the end of its group's row. */
  void add(EndpointQueue queue) {
    Group group = groups.computeIfAbsent(queue.terms.groupId(), id -> new Group(id, pass));
    group.queues.add(queue);
    if (group.queues.size() == 1) {
      group.pass = Math.max(group.pass, pass);
      active.add(group);
    }
  }

  /** Takes the one whose turn it is; null when there is none. */
  @Nullable EndpointQueue next() {
    Group group = active.pollFirst();
    if (group == null) {
      return null;
    }
    EndpointQueue queue = group.queues.remove();
    pass = group.pass;
    group.pass += STRIDE_OF_WEIGHT_1 / queue.terms.weight();
    if (!group.queues.isEmpty()) {
      active.add(group);
    } else if (groups.size() - active.size() > MAX_IDLE_GROUPS) {
      // What the idle ones have used since is forgotten, which is at most one turn each.
      groups.values().removeIf(other -> other.queues.isEmpty());
    }
    return queue;
  }
}
