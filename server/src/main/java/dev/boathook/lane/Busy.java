package dev.boathook.lane;

/**
 * Attempts that are under way, or whose outcome is not recorded yet.
 *
 * @param attempts how many
 * @param bytes of their bodies
 * @param largeBytes of those bodies that are large: see {@link Shares}
 */
record Busy(int attempts, long bytes, long largeBytes) {
  static final Busy NONE = new Busy(0, 0, 0);

  Busy plus(Busy more) {
    return new Busy(attempts + more.attempts, bytes + more.bytes, largeBytes + more.largeBytes);
  }

  Busy minus(Busy less) {
    return new Busy(attempts - less.attempts, bytes - less.bytes, largeBytes - less.largeBytes);
  }
}
