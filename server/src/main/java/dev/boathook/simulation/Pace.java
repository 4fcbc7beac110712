package dev.boathook.simulation;

import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Rate;
import dev.boathook.lane.Engine;
import dev.boathook.lane.Shards;
import dev.boathook.simulation.Store.EndpointRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Judges how much each holder of an endpoint sends to it, by what this node knows of the endpoint's
 * terms: how many at once, how fast, and how much beside what it sends to others.
 */
final class Pace {
  /** A node's time goes by at five quarters at most; the rest is what tickers are wrong by. */
  private static final double FASTEST_TIME = 1.26;

  private static final double NANOS = 1e9;

  /** Sums of fractions are not exact. */
  private static final double ROUNDING = 1e-6;

  private final Agenda agenda;
  private final Map<Key, Holder> holders = new HashMap<>();

  /** Of each node, over all endpoints: begun and not yet written. */
  private final Map<NodeProcess, List<Attempt>> busy = new HashMap<>();

  Pace(Agenda agenda) {
    this.agenda = agenda;
  }

  private record Key(NodeProcess node, UUID endpointId) {}

  private static final class Holder {
    private DeliveryPolicy policy;
    private long epoch;

    /** Of the endpoint, as the node knows it. */
    private long version;

    /** Which version has said that it is gone, and under which epoch. */
    private long goneVersion;

    private long goneEpoch;
    private @Nullable Bucket bucket;
    private @Nullable Bucket resumeBucket;

    /** Begun under this epoch, and not yet written. */
    private final List<Attempt> busy = new ArrayList<>();

    Holder(DeliveryPolicy policy) {
      this.policy = policy;
    }
  }

  /** What may be sent at a rate, when time goes by as fast as it ever does. */
  private static final class Bucket {
    private final Rate rate;
    private double tokens;
    private long filledAt;

    Bucket(Rate rate, long now) {
      this.rate = rate;
      this.tokens = rate.burst();
      this.filledAt = now;
    }

    void fill() {
      tokens = rate.burst();
    }

    /** Whether one more may be sent. */
    boolean take(long now) {
      double more = (now - filledAt) / NANOS * rate.perSecond() * FASTEST_TIME;
      filledAt = now;
      tokens = Math.min(rate.burst(), tokens + more) - 1;
      return tokens > -ROUNDING;
    }
  }

  /** A node knows the endpoint's terms from now on. */
  void configured(NodeProcess node, EndpointRow row) {
    Holder holder =
        holders.computeIfAbsent(new Key(node, row.endpointId()), key -> new Holder(row.policy()));
    holder.policy = row.policy();
    holder.version = row.version();
    holder.bucket = renewed(holder.bucket, row.policy().rate());
    holder.resumeBucket = renewed(holder.resumeBucket, row.resumeRate());
  }

  private @Nullable Bucket renewed(@Nullable Bucket before, @Nullable Rate rate) {
    if (rate == null) {
      return null;
    }
    return before != null && before.rate.equals(rate) ? before : new Bucket(rate, agenda.now());
  }

  /** A node's time has leapt to that of another. */
  void leapt(NodeProcess node) {
    holders.forEach((key, holder) -> {
      if (key.node == node) {
        fill(holder);
      }
    });
  }

  private static void fill(Holder holder) {
    if (holder.bucket != null) {
      holder.bucket.fill();
    }
    if (holder.resumeBucket != null) {
      holder.resumeBucket.fill();
    }
  }

  /** An endpoint says that it is gone. */
  void gone(Attempt attempt) {
    Holder holder = holders.get(new Key(attempt.sender, attempt.delivery().endpointId()));
    if (holder != null) {
      holder.goneVersion = attempt.version;
      holder.goneEpoch = attempt.send.epoch();
    }
  }

  /** Whether a node that holds the endpoint takes it for gone. */
  boolean isGone(UUID endpointId) {
    return holders.entrySet().stream()
        .anyMatch(entry ->
            entry.getKey().endpointId.equals(endpointId)
                && entry.getKey().node.isAlive()
                && isGone(
                    entry.getValue(), entry.getKey().node.engine().epochOf(Shards.of(endpointId))));
  }

  private static boolean isGone(Holder holder, long epoch) {
    return holder.goneVersion == holder.version && holder.goneEpoch == epoch;
  }

  /** A node has decided to send. */
  void decided(Attempt attempt, Engine.Limits limits) {
    UUID endpointId = attempt.delivery().endpointId();
    Holder holder = holders.get(new Key(attempt.sender, endpointId));
    if (holder == null) {
      throw new BrokenPromise(
          Promise.ONLY_WHAT_WAS_ACCEPTED, "%s is not known".formatted(Wording.of(endpointId)));
    }
    if (holder.epoch != attempt.send.epoch()) {
      // It holds the shard anew.
      holder.epoch = attempt.send.epoch();
      holder.busy.clear();
      fill(holder);
    }
    if (isGone(holder, attempt.send.epoch())) {
      throw new BrokenPromise(
          Promise.GONE, "%s is sent although it is".formatted(Wording.of(attempt.delivery())));
    }
    checkShare(attempt, holder, limits);
    checkAtOnce(attempt, holder);
    checkRate(attempt, holder.bucket, Promise.RATE);
    checkRate(attempt, holder.resumeBucket, Promise.RESUME_RATE);
  }

  /** Before it, the endpoint had less out than was free. */
  private void checkShare(Attempt attempt, Holder holder, Engine.Limits limits) {
    List<Attempt> all = busy.computeIfAbsent(attempt.sender, node -> new ArrayList<>());
    removeEnded(all);
    removeEnded(holder.busy);
    int free = limits.maxBusy() - all.size();
    long freeBytes = limits.maxBusyBytes() - bytes(all);
    if (holder.busy.size() >= free || bytes(holder.busy) >= freeBytes) {
      throw new BrokenPromise(
          Promise.SHARE,
          "%s is sent beside %d with %d bytes, while %d and %d bytes were free"
              .formatted(
                  Wording.of(attempt.delivery()),
                  holder.busy.size(),
                  bytes(holder.busy),
                  free,
                  freeBytes));
    }
    all.add(attempt);
  }

  private static long bytes(List<Attempt> attempts) {
    return attempts.stream().mapToLong(attempt -> attempt.delivery().bodyBytes()).sum();
  }

  /** As the engine counts: until it knows that the outcome is written. */
  private static void removeEnded(List<Attempt> attempts) {
    attempts.removeIf(attempt -> attempt.isWritten || attempt.unsent);
  }

  private static void checkAtOnce(Attempt attempt, Holder holder) {
    holder.busy.add(attempt);
    if (holder.busy.size() > holder.policy.maxInFlight()) {
      throw new BrokenPromise(
          Promise.MAX_IN_FLIGHT,
          "%s is sent as one of %d, not of %d"
              .formatted(
                  Wording.of(attempt.delivery()), holder.busy.size(), holder.policy.maxInFlight()));
    }
  }

  private void checkRate(Attempt attempt, @Nullable Bucket bucket, Promise promise) {
    if (bucket != null && !bucket.take(agenda.now())) {
      throw new BrokenPromise(
          promise,
          "%s is sent faster than by %s".formatted(Wording.of(attempt.delivery()), bucket.rate));
    }
  }
}
