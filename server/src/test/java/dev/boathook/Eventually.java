package dev.boathook;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for what comes by itself, and fails when it does not. */
public final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final Duration BETWEEN = Duration.ofMillis(20);

  private Eventually() {}

  /** Asks again and again until the answer is yes. */
  public static void until(Callable<Boolean> condition) throws Exception {
    var _ = get(() -> condition.call() ? Boolean.TRUE : null);
  }

  /** Asks again and again until there is something. */
  public static <T> T get(Callable<@Nullable T> wanted) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    for (long waited = 0; waited < LIMIT.toMillis(); waited += BETWEEN.toMillis()) {
      T found = wanted.call();
      if (found != null) {
        return found;
      }
      never.await(BETWEEN.toMillis(), TimeUnit.MILLISECONDS);
    }
    throw new AssertionError("it did not come in " + LIMIT.toSeconds() + " s");
  }
}
