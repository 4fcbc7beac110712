package dev.boathook.lane;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides which shards a node holds. A node has a lease in the store, on the store's clock, and
 * renews it; it holds shards under it. Whether the lease still holds the node judges by its own
 * monotonic clock, and gives up well before others may take over. Has no clock, chance or I/O of
 * its own, like {@link Engine}: {@link #next} says what to ask the store, and the answers say what
 * has changed. Not safe for use by several threads at once.
 */
public final class Leases {
  private final Term term;
  private final long[] epochs = new long[Shards.COUNT];
  private final long[] highestEpochs = new long[Shards.COUNT];
  private final BitSet leavingShards = new BitSet(Shards.COUNT);
  private final BitSet toGiveBack = new BitSet(Shards.COUNT);
  private UUID nonce;
  private boolean joined;
  private boolean hasBeaten;
  private boolean stopping;
  private long goodSinceNanos;
  private long nextBeatNanos;
  private List<Integer> claims = List.of();

  /**
   * How long a lease lasts.
   *
   * @param length how long after its renewal others may take the shards
   * @param renewEvery how often it is renewed
   * @param giveUpAfter how long after the beginning of the last renewal nothing more is begun
   */
  public record Term(Duration length, Duration renewEvery, Duration giveUpAfter) {
    /** Six seconds, renewed every two, given up after four. */
    public static final Term DEFAULT =
        new Term(Duration.ofSeconds(6), Duration.ofSeconds(2), Duration.ofSeconds(4));

    /** Checks that a node gives up before others take over. */
    public Term {
      if (!renewEvery.isPositive()
          || renewEvery.compareTo(giveUpAfter) >= 0
          || giveUpAfter.compareTo(length) >= 0) {
        throw new IllegalArgumentException(
            "a lease is renewed before it is given up, and given up before it ends");
      }
    }
  }

  /** No lease yet. */
  public Leases(Term term, UUID nonce, long nowNanos) {
    this.term = term;
    this.nonce = nonce;
    this.nextBeatNanos = nowNanos;
  }

  /** What to ask the store. */
  public sealed interface Step {
    /** Enter the node with a new lease; tell {@link #joined}. */
    record Join(UUID nonce) implements Step {}

    /**
     * Renew the lease, give these shards back, and read who holds what; tell {@link #beat}.
     *
     * @param giveBack shards of this node
     * @param endExpired whether to end the leases of others that were not renewed in time, and to
     *     shorten those that last longer than a lease can. Not after a time in which the store may
     *     have been away: then nobody could renew
     * @param stopping whether the node is about to end: it has no share from then on, and the
     *     others may have the whole at once, however long it is busy with its last attempts
     */
    record Beat(UUID nonce, List<Integer> giveBack, boolean endExpired, boolean stopping)
        implements Step {}

    /** Take those of these shards that nobody alive holds; tell {@link #claimed}. */
    record Claim(UUID nonce, List<Integer> shards) implements Step {}

    /** Nothing before this time. */
    record Wait(long untilNanos) implements Step {}
  }

  /** What has changed for this node. */
  public sealed interface Change {
    /** The shard is ours. */
    record Own(int shard, long epoch) implements Change {}

    /** The shard is ours no more. */
    record Lose(int shard) implements Change {}

    /** Others are to have the shard: finish what is busy, then say {@link #drained}. */
    record Release(int shard) implements Change {}

    /** The shard was given back. */
    record Released(int shard, long epoch) implements Change {}
  }

  /**
   * A shard as the store has it.
   *
   * @param holder the nonce of the node that holds it; null when nobody does whose lease is there
   */
  public record Row(int shard, long epoch, @Nullable UUID holder) {}

  /**
   * What the store says to a beat.
   *
   * @param alive whether this node's lease was still there, and is renewed
   * @param nodes how many nodes share the shards: all that have a lease and do not stop
   * @param shards every shard
   */
  public record Beaten(boolean alive, int nodes, List<Row> shards) {}

  /** What to do now. */
  public Step next(long nowNanos) {
    if (!joined) {
      return nowNanos - nextBeatNanos < 0 ? new Step.Wait(nextBeatNanos) : new Step.Join(nonce);
    }
    if (!claims.isEmpty() && !stopping) {
      return new Step.Claim(nonce, claims);
    }
    if (nowNanos - nextBeatNanos < 0) {
      return new Step.Wait(nextBeatNanos);
    }
    boolean storeWasThere = hasBeaten && nowNanos - goodSinceNanos < term.giveUpAfter.toNanos();
    return new Step.Beat(nonce, toGiveBack.stream().boxed().toList(), storeWasThere, stopping);
  }

  /** The node is entered. */
  public void joined(long startedNanos) {
    joined = true;
    hasBeaten = false;
    goodSinceNanos = startedNanos;
    nextBeatNanos = startedNanos;
  }

  /**
   * The answer to a beat.
   *
   * @param startedNanos when it was begun
   * @param fresh a nonce that was never used, should a new lease be needed
   */
  public List<Change> beat(Step.Beat asked, Beaten answer, long startedNanos, UUID fresh) {
    List<Change> changes = new ArrayList<>();
    if (!answer.alive()) {
      loseAll(changes);
      nonce = fresh;
      joined = false;
      nextBeatNanos = startedNanos;
      return changes;
    }
    hasBeaten = true;
    goodSinceNanos = startedNanos;
    nextBeatNanos = startedNanos + term.renewEvery.toNanos();
    List<Integer> free = new ArrayList<>();
    for (Row row : answer.shards()) {
      see(row, changes);
      if (row.holder() == null) {
        free.add(row.shard());
      }
    }
    // A shard that was given back may be anybody's; it is dealt with by the next beat.
    free.removeAll(asked.giveBack());
    share(answer.nodes(), free, changes);
    return changes;
  }

  private void see(Row row, List<Change> changes) {
    int shard = row.shard();
    boolean ours = nonce.equals(row.holder());
    long epoch = epochs[shard];
    if (epoch != 0 && !ours && toGiveBack.get(shard)) {
      forget(shard);
      changes.add(new Change.Released(shard, epoch));
    } else if (epoch != 0 && (!ours || row.epoch() != epoch)) {
      forget(shard);
      changes.add(new Change.Lose(shard));
      epoch = 0;
    }
    if (ours && epochs[shard] == 0) {
      own(shard, row.epoch(), changes);
    } else if (!ours) {
      toGiveBack.clear(shard);
    }
  }

  private void own(int shard, long epoch, List<Change> changes) {
    if (epoch <= highestEpochs[shard]) {
      // The store has gone back, as by a failover to a replica that lagged. What was begun
      // under the same epoch before must not pass for what is begun now: only a higher one will do.
      toGiveBack.set(shard);
      return;
    }
    highestEpochs[shard] = epoch;
    epochs[shard] = epoch;
    changes.add(new Change.Own(shard, epoch));
    if (stopping) {
      release(shard, changes);
    }
  }

  private void forget(int shard) {
    epochs[shard] = 0;
    toGiveBack.clear(shard);
    leavingShards.clear(shard);
  }

  /** Nobody is to have more than an equal share, rounded up. */
  private void share(int nodes, List<Integer> free, List<Change> changes) {
    int fair = stopping ? 0 : Math.ceilDiv(Shards.COUNT, Math.max(1, nodes));
    int kept = 0;
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      kept += isKept(shard) ? 1 : 0;
    }
    for (int shard = Shards.COUNT - 1; kept > fair; shard--) {
      if (isKept(shard)) {
        release(shard, changes);
        kept--;
      }
    }
    // Nodes begin at different places, so that they seldom want the same ones.
    int begin = free.isEmpty() ? 0 : Math.floorMod(nonce.hashCode(), free.size());
    List<Integer> wanted = new ArrayList<>(free.subList(begin, free.size()));
    wanted.addAll(free.subList(0, begin));
    claims = List.copyOf(wanted.subList(0, Math.clamp(fair - kept, 0, wanted.size())));
  }

  private boolean isKept(int shard) {
    return epochs[shard] != 0 && !leavingShards.get(shard);
  }

  private void release(int shard, List<Change> changes) {
    if (!leavingShards.get(shard)) {
      leavingShards.set(shard);
      changes.add(new Change.Release(shard));
    }
  }

  /** These were free and are ours now. */
  public List<Change> claimed(Map<Integer, Long> taken) {
    claims = List.of();
    List<Change> changes = new ArrayList<>();
    taken.forEach((shard, epoch) -> own(shard, epoch, changes));
    return changes;
  }

  /** Nothing is busy any more in a shard that is to be released. */
  public void drained(int shard, long epoch, long nowNanos) {
    if (epochs[shard] == epoch && leavingShards.get(shard)) {
      toGiveBack.set(shard);
      nextBeatNanos = Math.min(nextBeatNanos, nowNanos);
    }
  }

  /** The store could not be asked, or its answer was lost. */
  public void failed(long nowNanos) {
    claims = List.of();
    nextBeatNanos = nowNanos + term.renewEvery.toNanos() / 4;
  }

  /** A writing under this epoch has shown that the shard is not ours under it. */
  public void fenced(int shard, long epoch, long nowNanos) {
    if (epochs[shard] == epoch) {
      forget(shard);
    }
    nextBeatNanos = Math.min(nextBeatNanos, nowNanos);
  }

  /** Somebody says that shards are free, or that nodes have come. */
  public void hurry(long nowNanos) {
    nextBeatNanos = Math.min(nextBeatNanos, nowNanos);
  }

  /** The node is about to end: every shard is released. */
  public List<Change> stop(long nowNanos) {
    stopping = true;
    claims = List.of();
    nextBeatNanos = Math.min(nextBeatNanos, nowNanos);
    List<Change> changes = new ArrayList<>();
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      if (epochs[shard] != 0) {
        release(shard, changes);
      }
    }
    return changes;
  }

  /** Whether the node, as far as its own clock tells, may begin something under its lease. */
  public boolean holds(long nowNanos) {
    return joined && nowNanos - goodSinceNanos < term.giveUpAfter.toNanos();
  }

  /** Whether it holds any shard, or may. */
  public boolean holdsAny() {
    for (long epoch : epochs) {
      if (epoch != 0) {
        return true;
      }
    }
    return false;
  }

  /** The nonce of the lease. */
  public UUID nonce() {
    return nonce;
  }

  private void loseAll(List<Change> changes) {
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      if (epochs[shard] != 0) {
        forget(shard);
        changes.add(new Change.Lose(shard));
      }
    }
    claims = List.of();
  }
}
