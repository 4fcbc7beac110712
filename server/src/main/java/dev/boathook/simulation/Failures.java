package dev.boathook.simulation;

import dev.boathook.lane.Shards;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Since when each endpoint does nothing but fail, as its nodes can know it. What a node has found
 * out of an endpoint stands in the store a little after the outcome itself: when the node dies or
 * loses the shard in between, the next one does not know it.
 */
final class Failures {
  private static final long WRITTEN_AFTER_NANOS = 30_000_000_000L;

  private final Map<UUID, TreeSet<Long>> failures = new HashMap<>();
  private final Map<UUID, List<Success>> successes = new HashMap<>();

  private record Success(long attemptedAt, long writtenAt, NodeProcess node) {}

  /** An attempt has failed. */
  void failed(UUID endpointId, long now) {
    failures.computeIfAbsent(endpointId, id -> new TreeSet<>()).add(now);
  }

  /** That an attempt has succeeded is in the store. */
  void delivered(UUID endpointId, long attemptedAt, long now, NodeProcess node) {
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

  /** The first failure after the last success; null when there is none. */
  @Nullable Long since(UUID endpointId) {
    long well =
        successes.getOrDefault(endpointId, List.of()).stream()
            .mapToLong(Success::attemptedAt)
            .max()
            .orElse(-1);
    return failures.getOrDefault(endpointId, new TreeSet<>()).higher(well);
  }
}
