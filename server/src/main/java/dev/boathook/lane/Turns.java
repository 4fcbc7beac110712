package dev.boathook.lane;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is among endpoints that could begin an attempt. First comes who has the least out
 * for its weight, its group's attempts and its own together, and among equals who has waited
 * longest: so places that are scarce go to groups by their weights, and to the endpoints of a group
 * in equal parts, however slow each is. A group of many endpoints has up to twice as much as a
 * group of one, whose own part counts twice.
 */
final class Turns {
  private final Shares shares;
  private final boolean isProven;
  private final Map<UUID, Row> rows = new HashMap<>();
  private final TreeSet<Row> byClaim =
      new TreeSet<>(
          Comparator.comparingLong((Row row) -> row.claim).thenComparingLong(row -> row.turn));
  private long lastTurn;

  /** A row of endpoints that have proven themselves, or of such that have not. */
  Turns(Shares shares, boolean isProven) {
    this.shares = shares;
    this.isProven = isProven;
  }

  /** The endpoints of a group that stand here. */
  private static final class Row {
    private final Group group;
    private final TreeSet<EndpointQueue> queues =
        new TreeSet<>(
            Comparator.comparingLong((EndpointQueue queue) -> queue.part)
                .thenComparingLong(queue -> queue.turn));
    private long claim;
    private long turn;

    Row(Group group) {
      this.group = group;
    }
  }

  /**
   * Lets it have a turn, unless it waits for one already. What it has out must not change while it
   * stands here.
   */
  void add(EndpointQueue queue) {
    if (queue.turns != null) {
      return;
    }
    queue.turns = this;
    queue.turn = ++lastTurn;
    queue.part = shares.part(queue.busy());
    Row row = rows.computeIfAbsent(queue.group.groupId, id -> new Row(queue.group));
    byClaim.remove(row);
    row.queues.add(queue);
    stand(row);
  }

  /** It does not want a turn any more, or what it has out is about to change. */
  void remove(EndpointQueue queue) {
    Row row = rows.get(queue.group.groupId);
    if (row == null || !row.queues.remove(queue)) {
      throw new IllegalStateException("not among those that wait for a turn");
    }
    queue.turns = null;
    byClaim.remove(row);
    stand(row);
  }

  /** What the group has out has changed, or its weight. */
  void changed(Group group) {
    Row row = rows.get(group.groupId);
    if (row != null && row.claim != claim(row)) {
      byClaim.remove(row);
      stand(row);
    }
  }

  private long claim(Row row) {
    Group group = row.group;
    return (shares.part(group.busy(isProven)) + row.queues.first().part) / group.weight;
  }

  private void stand(Row row) {
    if (row.queues.isEmpty()) {
      rows.remove(row.group.groupId);
      return;
    }
    EndpointQueue first = row.queues.first();
    row.claim = claim(row);
    row.turn = first.turn;
    byClaim.add(row);
  }

  /** Whose turn it is, if its claim is less than this; null when there is none. */
  @Nullable EndpointQueue first(long limit) {
    return byClaim.isEmpty() || byClaim.first().claim >= limit
        ? null
        : byClaim.first().queues.first();
  }

  /** Takes the one whose turn it is; null when there is none. */
  @Nullable EndpointQueue next() {
    if (byClaim.isEmpty()) {
      return null;
    }
    EndpointQueue queue = byClaim.first().queues.first();
    remove(queue);
    return queue;
  }
}
