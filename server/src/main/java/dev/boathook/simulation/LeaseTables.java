package dev.boathook.simulation;

import dev.boathook.lane.Leases;
import dev.boathook.lane.Shards;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables node and shard, and the statements of leases. */
final class LeaseTables {
  private final Map<UUID, NodeRow> nodes = new HashMap<>();
  private final long[] epochs = new long[Shards.COUNT];
  private final @Nullable UUID[] nonces = new UUID[Shards.COUNT];

  /** What a beat reads, kept since it seldom changes; empty when it has. */
  private List<Leases.Row> rows = List.of();

  private Set<UUID> aliveInRows = Set.of();

  /** A row of the table. */
  record NodeRow(UUID nodeId, UUID nonce, Instant expiresAt, Duration ahead, boolean stopping) {
    /** The same with a lease that ends then, if it lasts longer, and the same time of the node. */
    NodeRow endingBy(Instant end) {
      Duration excess = Duration.between(end, expiresAt);
      return excess.isPositive()
          ? new NodeRow(nodeId, nonce, end, ahead.plus(excess), stopping)
          : this;
    }
  }

  /** join.sql, by a node that goes by this time. */
  void join(UUID nodeId, UUID nonce, Duration length, Instant time, Instant now) {
    put(nodeId, nonce, length, time, false, now);
  }

  private void put(
      UUID nodeId, UUID nonce, Duration length, Instant time, boolean stopping, Instant now) {
    nodes.put(
        nodeId,
        new NodeRow(nodeId, nonce, now.plus(length), Duration.between(now, time), stopping));
  }

  /** renew.sql, give_back.sql, end_expired.sql, nodes.sql and shards.sql. */
  Leases.Beaten beat(Leases.Step.Beat beat, Duration length, Instant time, Instant now) {
    NodeRow node = withNonce(beat.nonce());
    if (node == null) {
      return new Leases.Beaten(false, 0, List.of());
    }
    put(node.nodeId, node.nonce, length, time, beat.stopping(), now);
    for (int shard : beat.giveBack()) {
      if (beat.nonce().equals(nonces[shard])) {
        nonces[shard] = null;
        rows = List.of();
      }
    }
    if (beat.endExpired()) {
      nodes.values().removeIf(other -> other.expiresAt.isBefore(now));
      nodes.replaceAll((id, other) -> other.endingBy(now.plus(length)));
    }
    int sharing = (int) nodes.values().stream().filter(other -> !other.stopping).count();
    return new Leases.Beaten(true, sharing, rows());
  }

  /** shards.sql. */
  private List<Leases.Row> rows() {
    Set<UUID> alive = new HashSet<>();
    nodes.values().forEach(node -> alive.add(node.nonce));
    if (rows.isEmpty() || !alive.equals(aliveInRows)) {
      List<Leases.Row> all = new ArrayList<>(Shards.COUNT);
      for (int shard = 0; shard < Shards.COUNT; shard++) {
        UUID holder = nonces[shard];
        all.add(
            new Leases.Row(
                shard, epochs[shard], holder != null && alive.contains(holder) ? holder : null));
      }
      rows = all;
      aliveInRows = alive;
    }
    return rows;
  }

  /** nodes.sql: the furthest time by which a node goes whose lease has not run out. */
  @Nullable Instant furthest(Duration length, Instant now) {
    Instant furthest = null;
    for (NodeRow node : nodes.values()) {
      Instant renewed = node.expiresAt.minus(length);
      Instant time = (renewed.isAfter(now) ? renewed : now).plus(node.ahead);
      if (!node.expiresAt.isBefore(now) && (furthest == null || time.isAfter(furthest))) {
        furthest = time;
      }
    }
    return furthest;
  }

  private @Nullable NodeRow withNonce(UUID nonce) {
    for (NodeRow node : nodes.values()) {
      if (node.nonce.equals(nonce)) {
        return node;
      }
    }
    return null;
  }

  /** claim.sql. */
  Map<Integer, Long> claim(Leases.Step.Claim claim) {
    Map<Integer, Long> taken = new HashMap<>();
    if (withNonce(claim.nonce()) == null) {
      return taken;
    }
    for (int shard : claim.shards()) {
      UUID holder = nonces[shard];
      if (holder == null || withNonce(holder) == null) {
        nonces[shard] = claim.nonce();
        epochs[shard]++;
        rows = List.of();
        taken.put(shard, epochs[shard]);
      }
    }
    return taken;
  }

  /** leave.sql. */
  void leave(UUID nonce) {
    nodes.values().removeIf(node -> node.nonce.equals(nonce));
  }

  /** Whether the shard's row says so. */
  boolean isHeld(int shard, long epoch, UUID nonce) {
    return epochs[shard] == epoch && Objects.equals(nonces[shard], nonce);
  }

  /** The lease is gone, as if it had ended long ago. */
  void end(UUID nonce) {
    leave(nonce);
  }

  /** The last taking of a shard has never been. */
  void takeBack(int shard) {
    if (epochs[shard] > 0) {
      epochs[shard]--;
      nonces[shard] = null;
      rows = List.of();
    }
  }

  long epoch(int shard) {
    return epochs[shard];
  }

  @Nullable UUID nonce(int shard) {
    return nonces[shard];
  }

  List<NodeRow> nodes() {
    return List.copyOf(nodes.values());
  }
}
