package dev.boathook.demo;

import dev.boathook.world.Ticker;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Waits until something is so. Looks again at every {@link #changed}, and every {@value
 * #LOOK_EVERY_MILLIS} ms for what nobody tells us, which is all that happens in the server.
 */
final class Watch {
  /** The longest wait for one thing; generous, for a machine that is busy with other work. */
  static final int PATIENCE_SECONDS = 20;

  private static final int LOOK_EVERY_MILLIS = 10;

  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean stopped;

  /** What is waited for. */
  @FunctionalInterface
  interface Check {
    boolean isSo() throws IOException, InterruptedException;
  }

  Watch(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Something has happened that somebody may wait for. */
  void changed() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody is to wait any more. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns when it is so.
   *
   * @param what that is, in the words of a complaint
   */
  void until(String what, Check check) throws IOException, InterruptedException, TooLate {
    long began = ticker.nanoTime();
    while (!check.isSo()) {
      if (ticker.nanoTime() - began > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
        throw new TooLate("expected within " + PATIENCE_SECONDS + " s: " + what);
      }
      lock.lock();
      try {
        if (stopped) {
          throw new TooLate("stopped while waiting for: " + what);
        }
        // Whether it was told or it is only time to look again makes no difference.
        boolean _ = changed.await(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      } finally {
        lock.unlock();
      }
    }
  }
}
