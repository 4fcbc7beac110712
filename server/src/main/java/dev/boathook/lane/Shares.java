package dev.boathook.lane;

/**
 * How much of what all endpoints use together one may take: of the attempts at once, and of the
 * bytes of their bodies. Each amount counts as the part that it is of the whole, and of the two
 * parts the greater one counts.
 *
 * <p>An endpoint may begin another attempt only while what is busy for it, together with what is
 * busy for its group, is less than eight times what is free, for each unit of the group's weight.
 * So a few that are greedy leave room for the others: N groups of weight 1, each of many endpoints,
 * that take all they can have 8 parts in 8 N + 1 each, one part stays free, and who comes then has
 * a claim to as much as they. A group of one endpoint has half as much, since its own part counts
 * twice.
 *
 * <p>Endpoints that have not proven themselves, since they are new or fail, may hold what they have
 * until it times out. So they have half of the whole among themselves and are judged by what is
 * free of that, and what is busy for them is not counted against the others of their group.
 *
 * <p>What is free now says nothing of what is left when a large body has begun: so large bodies
 * have half of all bytes among themselves, and half of that half again among those that have not
 * proven themselves.
 *
 * <p>From: A. K. Choudhury, E. L. Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet
 * Switches", 1998; A. Ghodsi et al., "Dominant Resource Fairness", 2011.
 */
final class Shares {
  private static final int TIMES_WHAT_IS_FREE = 8;

  /** A body is large that takes more than this part of all bytes: a few would take all. */
  private static final int LARGE_PART = 64;

  /** One body alone does not count for more than this part of all bytes: others go on beside it. */
  private static final int GREATEST_PART = 4;

  private final long maxBusy;
  private final long maxUnproven;
  private final long maxBusyBytes;
  private Busy all = Busy.NONE;

  /** Of endpoints of shards that are held; what is lost with a shard counts for all only. */
  private Busy unproven = Busy.NONE;

  Shares(EngineLimits limits) {
    this.maxBusy = limits.maxBusy();
    this.maxUnproven = limits.maxUnproven();
    this.maxBusyBytes = limits.maxBusyBytes();
  }

  /** What an attempt with such a body is. */
  Busy attempt(int bytes) {
    long counted = counted(bytes);
    return new Busy(1, counted, isLarge(bytes) ? counted : 0);
  }

  private long counted(int bytes) {
    return Math.min(bytes, maxBusyBytes / GREATEST_PART);
  }

  boolean isLarge(int bytes) {
    return bytes > maxBusyBytes / LARGE_PART;
  }

  /** One more is busy, with such a body. */
  void begun(int bytes) {
    all = all.plus(attempt(bytes));
  }

  void ended(int bytes) {
    all = all.minus(attempt(bytes));
  }

  /** What is busy for one that has not proven itself has become other than it was. */
  void changeUnproven(Busy before, Busy after) {
    unproven = unproven.minus(before).plus(after);
  }

  Busy all() {
    return all;
  }

  Busy unproven() {
    return unproven;
  }

  /** How great a part of the whole that is, of which there are {@code maxBusy * maxBusyBytes}. */
  long part(Busy busy) {
    return Math.max(busy.attempts() * maxBusyBytes, busy.bytes() * maxBusy);
  }

  /** What a claim must be less than for another attempt. */
  long limit(boolean isProven) {
    long free = free(maxBusy, all);
    return TIMES_WHAT_IS_FREE * (isProven ? free : Math.min(free, free(maxUnproven, unproven)));
  }

  /** Of so many attempts, and as great a part of all bytes; negative when there are more. */
  private long free(long most, Busy busy) {
    return Math.min(
        (most - busy.attempts()) * maxBusyBytes, most * maxBusyBytes - busy.bytes() * maxBusy);
  }

  /** Whether one more large body leaves to others what they are to have, or is alone. */
  boolean hasPlaceForLarge(boolean isProven, int more) {
    Busy busy = isProven ? all.minus(unproven) : unproven;
    long most = isProven ? maxBusyBytes / 2 : maxBusyBytes / 4;
    return busy.largeBytes() == 0 || busy.largeBytes() + counted(more) <= most;
  }
}
