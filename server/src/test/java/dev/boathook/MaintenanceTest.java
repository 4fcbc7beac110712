package dev.boathook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MaintenanceTest {
  private final CountDownLatch runs = new CountDownLatch(2);

  /** Whether it is run a second time. */
  private boolean isRunAgain(Maintenance.Chore chore) throws InterruptedException {
    try (Maintenance maintenance = new Maintenance()) {
      maintenance.every(
          Duration.ofMillis(1),
          "a chore of the test",
          () -> {
            runs.countDown();
            chore.run();
          });
      return runs.await(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void a_chore_that_fails_is_tried_again() throws Exception {
    assertThat(
            isRunAgain(() -> {
              throw new IllegalStateException("failed");
            }))
        .isTrue();
  }

  @Test
  void a_chore_that_met_an_error_is_tried_again() throws Exception {
    assertThat(
            isRunAgain(() -> {
              throw new StackOverflowError();
            }))
        .isTrue();
  }
}
