package dev.boathook.bench.load;

/** Whole HTTP/1.1 requests, made one after another by the thread of one connection. */
@FunctionalInterface
public interface Requests {
  /**
   * The next one, head and body; the caller's until it asks for another.
   *
   * @param intendedNanos when it was to begin, as {@link System#nanoTime} tells it
   */
  byte[] next(long intendedNanos);
}
