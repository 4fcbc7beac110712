package dev.boathook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryScheduleTest {
  @Test
  void the_default_is_that_of_standard_webhooks() {
    assertThat(RetrySchedule.DEFAULT.waits())
        .extracting(Duration::toSeconds)
        .containsExactly(0L, 5L, 300L, 1_800L, 7_200L, 18_000L, 36_000L, 50_400L, 72_000L, 86_400L);
  }

  @Test
  void schedules_without_tries_with_too_many_or_with_odd_waits_are_refused() {
    for (List<Duration> waits :
        List.of(
            List.<Duration>of(),
            Collections.nCopies(RetrySchedule.MAX_TRIES + 1, Duration.ZERO),
            List.of(Duration.ofMillis(-1)),
            List.of(RetrySchedule.MAX_WAIT.plusMillis(1)))) {
      assertThatThrownBy(() -> new RetrySchedule(waits))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(
            new RetrySchedule(Collections.nCopies(RetrySchedule.MAX_TRIES, RetrySchedule.MAX_WAIT))
                .waits())
        .hasSize(RetrySchedule.MAX_TRIES);
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 2, 60000, 8, '0 1000 2000 4000 8000 16000 32000 60000'",
    "1, 1.5, 10, 8, '0 1 1 2 3 5 7 10'",
    "5000, 1, 5000, 3, '0 5000 5000'",
    "5000, 100, 604800000, 5, '0 5000 500000 50000000 604800000'",
    "9000, 2, 5000, 3, '0 5000 5000'",
    "1000, 2, 1000, 1, '0'",
  })
  void exponential_waits_grow_up_to_the_cap(
      long base, double factor, long cap, int tries, String waits) {
    assertThat(
            RetrySchedule.exponential(
                    Duration.ofMillis(base), factor, Duration.ofMillis(cap), tries)
                .waits())
        .extracting(wait -> String.valueOf(wait.toMillis()))
        .containsExactly(waits.split(" "));
  }

  @Test
  void every_exponential_schedule_is_within_a_millisecond_of_what_it_says() {
    Random random = new Random(17);
    for (int i = 0; i < 1_000; i++) {
      long base = random.nextLong(1, 100_001);
      double factor = 1 + random.nextInt(400) / 100.0;
      long cap = random.nextLong(base, RetrySchedule.MAX_WAIT.toMillis() + 1);
      int tries = 1 + random.nextInt(RetrySchedule.MAX_TRIES);

      List<Duration> waits =
          RetrySchedule.exponential(Duration.ofMillis(base), factor, Duration.ofMillis(cap), tries)
              .waits();

      assertThat(waits).hasSize(tries).isSorted().startsWith(Duration.ZERO);
      for (int k = 1; k < tries; k++) {
        assertThat((double) waits.get(k).toMillis())
            .as("wait %s of %s ms times %s up to %s ms", k, base, factor, cap)
            .isCloseTo(Math.min((double) cap, base * Math.pow(factor, k - 1)), within(1.01));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 0.99, 1000, 2",
    "1000, 100.01, 1000, 2",
    "1000, NaN, 1000, 2",
    "1000, 2, 1000, 0",
    "1000, 2, 1000, 51",
    "-1, 2, 1000, 2",
    "1000, 2, -1, 2",
    "604800001, 2, 604800001, 2",
  })
  void exponential_schedules_out_of_bounds_are_refused(
      long base, double factor, long cap, int tries) {
    assertThatThrownBy(() ->
            RetrySchedule.exponential(
                Duration.ofMillis(base), factor, Duration.ofMillis(cap), tries))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
