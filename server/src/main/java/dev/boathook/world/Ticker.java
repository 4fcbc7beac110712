package dev.boathook.world;

/** A source of elapsed time: nanoseconds from an arbitrary origin, never going back. */
@FunctionalInterface
public interface Ticker {
  /** Nanoseconds since an arbitrary but fixed moment; only differences mean something. */
  long nanoTime();

  /** The machine's monotonic clock. */
  static Ticker system() {
    return System::nanoTime;
  }
}
