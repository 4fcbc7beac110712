package dev.boathook.faults;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits for what can only be asked for, not listened to. */
final class Eventually {
  private static final long POLL_MILLIS = 20;

  private Eventually() {}

  /** A question whose answer changes. */
  @FunctionalInterface
  interface Question {
    boolean holds() throws Exception;
  }

  /** Returns when it holds; fails when it does not in time. */
  static void holds(String what, Duration limit, Question question) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    long began = System.nanoTime();
    while (!question.holds()) {
      if (System.nanoTime() - began > limit.toNanos()) {
        throw new AssertionError("not in " + limit.toSeconds() + " s: " + what);
      }
      boolean ignored = never.await(POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Lets this much time pass, in which others work. */
  static void pass(Duration time) throws InterruptedException {
    boolean ignored = new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
  }
}
