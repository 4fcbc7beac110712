package dev.boathook.faults;

/** How often each fault is tried: a few times with every build, many times when asked. */
final class Rounds {
  /** The system property that asks for so many rounds of {@code kill -9}. */
  private static final String PROPERTY = "boathook.faults.rounds";

  private Rounds() {}

  /**
   * How many rounds.
   *
   * @param few with every build
   * @param share the part of those asked for, in percent
   */
  static int of(int few, int share) {
    int asked = Integer.getInteger(PROPERTY, 0);
    return asked == 0 ? few : Math.max(1, Math.ceilDiv(asked * share, 100));
  }
}
