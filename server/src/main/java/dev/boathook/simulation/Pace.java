package dev.boathook.simulation;

import dev.boathook.endpoint.Rate;
import dev.boathook.lane.EngineLimits;
import dev.boathook.lane.Shards;
import dev.boathook.lane.Terms;
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

  /** Who has so many times what is free leaves others too little. */
  private static final int GREED = 8;

  /** Of all bytes; a body that takes more is large. */
  private static final int LARGE_PART = 64;

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
    private Terms terms;
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

    Holder(Terms terms) {
      this.terms = terms;
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
  void configured(NodeProcess node, Terms terms, long version) {
    Holder holder =
        holders.computeIfAbsent(new Key(node, terms.endpointId()), key -> new Holder(terms));
    holder.terms = terms;
    holder.version = version;
    holder.bucket = renewed(holder.bucket, terms.policy().rate());
    holder.resumeBucket = renewed(holder.resumeBucket, terms.resumeRate());
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
  void decided(Attempt attempt, EngineLimits limits) {
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
    removeEnded(holder.busy);
    checkShare(attempt, holder, limits);
    checkAtOnce(attempt, holder, limits);
    checkRate(attempt, holder.bucket, Promise.RATE);
    checkRate(attempt, holder.resumeBucket, Promise.RESUME_RATE);
  }

  /**
   * Before it, the endpoint and its consumer had no more out than leaves room for others: of those
   * that have proven themselves, or of those that have not.
   */
  private void checkShare(Attempt attempt, Holder holder, EngineLimits limits) {
    List<Attempt> all = busy.computeIfAbsent(attempt.sender, node -> new ArrayList<>());
    removeEnded(all);
    boolean isProven = attempt.sender.engine().isProven(attempt.delivery().endpointId());
    List<Attempt> alike = all.stream().filter(other -> isHeld(other, isProven)).toList();
    double free = 1 - part(all, limits);
    if (!isProven) {
      double most = limits.maxUnproven() / (double) limits.maxBusy();
      free = Math.min(free, most - part(alike, limits));
    }
    double claim =
        (part(holder.busy, limits) + part(ofGroup(alike, holder), limits)) / holder.terms.weight();
    if (claim >= GREED * free + ROUNDING) {
      throw new BrokenPromise(
          Promise.SHARE,
          "%s is sent with a claim of %.3f, while %.3f of all was free"
              .formatted(Wording.of(attempt.delivery()), claim, free));
    }
    checkLarge(attempt, alike, isProven ? 2 : 4, limits);
    all.add(attempt);
  }

  /** Large bodies have half of all bytes, or half of that. */
  private static void checkLarge(
      Attempt attempt, List<Attempt> alike, int part, EngineLimits limits) {
    long most = limits.maxBusyBytes() / LARGE_PART;
    long before =
        alike.stream()
            .filter(other -> other.delivery().bodyBytes() > most)
            .mapToLong(other -> counted(other, limits))
            .sum();
    long bytes = counted(attempt, limits);
    boolean isLarge = attempt.delivery().bodyBytes() > most;
    if (isLarge && before > 0 && part * (before + bytes) > limits.maxBusyBytes()) {
      throw new BrokenPromise(
          Promise.SHARE,
          "%s with %d bytes is sent beside large ones of %d"
              .formatted(Wording.of(attempt.delivery()), bytes, before));
    }
  }

  /**
   * Whether it is for one that has proven itself, or has not, of a shard that is held as it was.
   */
  private static boolean isHeld(Attempt attempt, boolean isProven) {
    return attempt.sender.engine().epochOf(attempt.shard()) == attempt.send.epoch()
        && attempt.sender.engine().isProven(attempt.delivery().endpointId()) == isProven;
  }

  private List<Attempt> ofGroup(List<Attempt> attempts, Holder holder) {
    return attempts.stream()
        .filter(attempt -> {
          Holder other = holders.get(new Key(attempt.sender, attempt.delivery().endpointId()));
          return other != null && other.terms.groupId().equals(holder.terms.groupId());
        })
        .toList();
  }

  private static double part(List<Attempt> attempts, EngineLimits limits) {
    return Math.max(attempts(attempts, limits), bodies(attempts, limits));
  }

  private static double attempts(List<Attempt> attempts, EngineLimits limits) {
    return attempts.size() / (double) limits.maxBusy();
  }

  /** One body counts for a quarter of all at most. */
  private static long counted(Attempt attempt, EngineLimits limits) {
    return Math.min(attempt.delivery().bodyBytes(), limits.maxBusyBytes() / 4);
  }

  private static double bodies(List<Attempt> attempts, EngineLimits limits) {
    return attempts.stream().mapToLong(attempt -> counted(attempt, limits)).sum()
        / (double) limits.maxBusyBytes();
  }

  /** As the engine counts: until it knows that the outcome is written. */
  private static void removeEnded(List<Attempt> attempts) {
    attempts.removeIf(attempt -> attempt.isWritten || attempt.unsent);
  }

  /** So many requests are under way, and some attempts wait for their outcome to be written. */
  private static void checkAtOnce(Attempt attempt, Holder holder, EngineLimits limits) {
    holder.busy.add(attempt);
    int most = holder.terms.policy().maxInFlight();
    long out = holder.busy.stream().filter(Attempt::isOut).count();
    if (out > most || holder.busy.size() > most * limits.busyPerRequest()) {
      throw new BrokenPromise(
          Promise.MAX_IN_FLIGHT,
          "%s is sent as one of %d, and of %d that are busy, not of %d"
              .formatted(Wording.of(attempt.delivery()), out, holder.busy.size(), most));
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
