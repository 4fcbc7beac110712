package dev.boathook.store;

/**
 * Tries transactions again that PostgreSQL has given up since others waited for them in a circle.
 */
public final class Deadlocks {
  /** How often a transaction is tried. */
  public static final int MAX_TRIES = 3;

  private Deadlocks() {}

  /** A whole transaction, from its beginning to its commit. */
  @FunctionalInterface
  public interface Work<T, X extends Exception> {
    /** Does it. */
    T run() throws X;
  }

  /** Does it, and does it again when it ends in a deadlock, up to {@value #MAX_TRIES} times. */
  public static <T, X extends Exception> T retried(Work<T, X> work) throws X {
    int tries = 1;
    while (true) {
      try {
        return work.run();
      } catch (Exception e) {
        if (tries == MAX_TRIES || !Outage.isDeadlock(e)) {
          throw e;
        }
        tries++;
      }
    }
  }
}
