package dev.boathook.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.world.Ticker;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SpacingTest {
  private static final Duration GAP = Duration.ofMillis(20);
  private static final Duration LONG = Duration.ofHours(1);

  @Test
  void the_first_need_not_wait_and_the_others_keep_apart() {
    Spacing spacing = new Spacing(Ticker.system(), GAP);
    long start = System.nanoTime();
    for (int i = 0; i < 4; i++) {
      spacing.begin(true);
    }
    assertThat(System.nanoTime() - start).isBetween(GAP.multipliedBy(3).toNanos(), LONG.toNanos());
  }

  @Test
  void who_is_hurried_while_it_waits_waits_no_longer() throws Exception {
    Spacing spacing = new Spacing(Ticker.system(), LONG);
    spacing.begin(true);
    Thread waits = Thread.ofPlatform().start(() -> spacing.begin(true));
    while (waits.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    spacing.hurry();

    waits.join();
  }

  @Test
  void who_was_hurried_before_does_not_wait_but_once() {
    Ticker stands = () -> 0;
    Spacing spacing = new Spacing(stands, LONG);
    spacing.begin(true);
    spacing.hurry();
    spacing.hurry();

    spacing.begin(true);

    Thread waits = Thread.ofPlatform().daemon().start(() -> spacing.begin(true));
    while (waits.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    waits.interrupt();
  }

  @Test
  void who_need_not_keep_apart_does_not_wait_and_others_keep_apart_from_it() {
    Spacing spacing = new Spacing(() -> 0, LONG);
    spacing.begin(true);
    spacing.begin(false);

    Thread waits = Thread.ofPlatform().daemon().start(() -> spacing.begin(true));
    while (waits.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    waits.interrupt();
  }

  @Test
  void who_is_interrupted_does_not_wait() {
    Spacing spacing = new Spacing(Ticker.system(), LONG);
    spacing.begin(true);
    Thread.currentThread().interrupt();

    spacing.begin(true);

    assertThat(Thread.interrupted()).isTrue();
  }
}
