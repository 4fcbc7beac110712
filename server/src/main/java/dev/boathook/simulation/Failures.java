package dev.boathook.simulation;

import dev.boathook.lane.Shards;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Since when each endpoint does nothing but fail, as its nodes can know it. What a node has found
 * out of an endpoint stands in the store a little after the outcome itself: when the node dies or
 * loses the shard in between, the next one does not know it.
 */
final class Failures {
  private static final long WRITTEN_AFTER_NANOS = 30_000_000_000L;

  private final Map<UUID, TreeMap<Long, Instant>> failures = new HashMap<>();
  private final Map<UUID, List<Success>> successes = new HashMap<>();

  private record Success(long attemptedAt, long writtenAt, NodeProcess node) {}

  /** An attempt has failed, at this time by the clock of its node. */
  void failed(UUID endpointId, long now, Instant nodeTime) {
    failures.computeIfAbsent(endpointId, id -> new TreeMap<>()).putIfAbsent(now, nodeTime);
  }

  /** That an attempt has succeeded is in the store. */
  void delivered(UUID endpointId, long attemptedAt, long now, NodeProcess node) {
    if (!node.isAlive()) {
      // A slow store has done what a node asked for that has died since, and adds nothing to it.
      return;
    }
    successes
        .computeIfAbsent(endpointId, id -> new ArrayList<>())
        .add(new Success(attemptedAt, now, node));
  }

  /** The node has died. */
  void died(NodeProcess node, long now) {
    successes.values().forEach(all -> forget(all, node, now));
  }

  /** The node has lost a shard. */
  void lost(NodeProcess node, int shard, long now) {
    successes.forEach((endpointId, all) -> {
      if (Shards.of(endpointId) == shard) {
        forget(all, node, now);
      }
    });
  }

  private static void forget(List<Success> all, NodeProcess node, long now) {
    all.removeIf(it -> it.node == node && now - it.writtenAt < WRITTEN_AFTER_NANOS);
  }

  /**
   * For how long it has done nothing but fail, in nanoseconds: in true time, or by the clocks of
   * the nodes that heard of the first failure and that look now, which may be apart. 0 when it has
   * not.
   */
  long length(UUID endpointId, long now, Instant nodeTime) {
    long well =
        successes.getOrDefault(endpointId, List.of()).stream()
            .mapToLong(Success::attemptedAt)
            .max()
            .orElse(-1);
    Map.Entry<Long, Instant> first =
        failures.getOrDefault(endpointId, new TreeMap<>()).higherEntry(well);
    return first == null
        ? 0
        : Math.max(now - first.getKey(), Duration.between(first.getValue(), nodeTime).toNanos());
  }
}
