package dev.boathook.store.embedded;

/** Hears of each time that PostgreSQL ended by itself and was started again. */
@FunctionalInterface
public interface RestartListener {
  /** A listener that does nothing. */
  RestartListener NONE = pid -> {};

  /**
   * PostgreSQL answers again, on the same port. Called on the supervisor's thread, which watches
   * nothing meanwhile; what it throws is logged.
   *
   * @param pid of the new postmaster
   */
  void onRestart(long pid);
}
