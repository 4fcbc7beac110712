package dev.boathook.lane;

/**
 * How much of what all endpoints use together one may take: of the attempts at once, and of the
 * bytes of their bodies. Each amount counts as the part that it is of the whole, and of the two
 * parts the greater one counts.
 *
 * <p>An endpoint may begin another attempt only while what it has out, together with what its group
 * has out, is less than eight times what is free, for each unit of the group's weight. So a few
 * that are greedy leave room for the others: N groups of weight 1, each of many endpoints, that
 * take all they can have 8 parts in 8 N + 1 each, one part stays free, and who comes then has a
 * claim to as much as they. A group of one endpoint has half as much, since its own part counts
 * twice.
 *
 * <p>What is free now says nothing of what is left when a large body has begun: so large bodies
 * have half of all bytes among themselves.
 *
 * <p>From: A. K. Choudhury, E. L. Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet
 * Switches", 1998; A. Ghodsi et al., "Dominant Resource Fairness", 2011.
 */
final class Shares {
  private static final int TIMES_WHAT_IS_FREE = 8;

  /** A body is large that takes more than this part of all bytes: a few would take all. */
  private static final int LARGE_PART = 64;

  private final long maxBusy;
  private final long maxBusyBytes;

  Shares(EngineLimits limits) {
    this.maxBusy = limits.maxBusy();
    this.maxBusyBytes = limits.maxBusyBytes();
  }

  /** How great a part of the whole that is, of which there are {@code maxBusy * maxBusyBytes}. */
  long part(int attempts, long bytes) {
    return Math.max(attempts * maxBusyBytes, bytes * maxBusy);
  }

  boolean isLarge(int bytes) {
    return bytes > maxBusyBytes / LARGE_PART;
  }

  /** Whether one more large body leaves half of all bytes to others, or goes out alone. */
  boolean hasPlaceForLarge(long largeBytes, int more) {
    return largeBytes == 0 || largeBytes + more <= maxBusyBytes / 2;
  }

  /** What a claim must be less than for another attempt, while so much is out in all. */
  long limit(int attempts, long bytes) {
    return TIMES_WHAT_IS_FREE
        * Math.min((maxBusy - attempts) * maxBusyBytes, (maxBusyBytes - bytes) * maxBusy);
  }
}
