package dev.boathook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
  private static final Instant MADE = Instant.parse("2026-01-01T00:00:00Z");
  private static final RetrySchedule SCHEDULE =
      new RetrySchedule(List.of(Duration.ofSeconds(3), Duration.ofSeconds(10), Duration.ofDays(1)));

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // tries, jitter, maximum age, longest Retry-After, Retry-After, chance: seconds to the next
        "1, 0.2, -, 86400, -, 0, 10",
        "1, 0.2, -, 86400, -, 1, 8",
        "1, 0.2, -, 86400, -, 0.5, 9",
        "1, 0, -, 86400, -, 1, 10",
        "1, 1, -, 86400, -, 1, 0",
        "2, 0.2, -, 86400, -, 0, 86400",
        "3, 0.2, -, 86400, -, 0, -",
        "50, 0.2, -, 86400, -, 0, -",
        "1, 0.2, -, 86400, 30, 1, 30",
        "1, 0.2, -, 86400, 1, 0, 10",
        "1, 0.2, -, 86400, 1, 1, 8",
        "1, 0.2, -, 86400, -5, 1, 8",
        "1, 0.2, -, 20, 30, 0, 20",
        "1, 0.2, -, 0, 30, 0, 10",
        "1, 0.2, -, 86400, 9223372036854775807, 0, 86400",
        "3, 0.2, -, 86400, 30, 0, -",
        "1, 0.2, 10, 86400, -, 0, 10",
        "1, 0.2, 9, 86400, -, 0, -",
        "1, 0.2, 9, 86400, -, 1, 8",
        "1, 0.2, 29, 86400, 30, 1, -",
      })
  void the_next_try_is_due(
      int tries,
      double jitter,
      @Nullable Long maxAge,
      long maxRetryAfter,
      @Nullable Long retryAfter,
      double chance,
      @Nullable Long seconds) {
    RetryPolicy policy =
        new RetryPolicy(SCHEDULE, jitter, seconds(maxAge), Duration.ofSeconds(maxRetryAfter));

    assertThat(policy.nextDue(tries, MADE, MADE, seconds(retryAfter), chance))
        .isEqualTo(seconds == null ? null : MADE.plusSeconds(seconds));
  }

  @Test
  void the_age_is_counted_from_the_making_and_not_from_the_last_try() {
    RetryPolicy policy =
        new RetryPolicy(SCHEDULE, 0, Duration.ofSeconds(60), RetryPolicy.DEFAULT_MAX_RETRY_AFTER);

    assertThat(policy.nextDue(1, MADE, MADE.plusSeconds(50), null, 0))
        .isEqualTo(MADE.plusSeconds(60));
    assertThat(policy.nextDue(1, MADE, MADE.plusSeconds(51), null, 0)).isNull();
  }

  @Test
  void the_first_try_is_due_after_the_first_wait() {
    assertThat(RetryPolicy.of(SCHEDULE).firstDue(MADE)).isEqualTo(MADE.plusSeconds(3));
  }

  @Test
  void chance_never_lengthens_a_wait_and_shortens_it_by_the_jitter_at_most() {
    Random random = new Random(18);
    for (int i = 0; i < 10_000; i++) {
      double jitter = random.nextDouble();
      int tries = 1 + random.nextInt(RetrySchedule.DEFAULT.waits().size() - 1);
      long wait = RetrySchedule.DEFAULT.waits().get(tries).toMillis();
      RetryPolicy policy =
          new RetryPolicy(RetrySchedule.DEFAULT, jitter, null, RetryPolicy.DEFAULT_MAX_RETRY_AFTER);

      Instant due = policy.nextDue(tries, MADE, MADE, null, random.nextDouble());

      assertThat(due)
          .isBetween(MADE.plusMillis((long) (wait * (1 - jitter))), MADE.plusMillis(wait));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN, Double.POSITIVE_INFINITY})
  void a_jitter_that_is_no_share_is_refused(double jitter) {
    assertThatThrownBy(() -> new RetryPolicy(SCHEDULE, jitter, null, Duration.ZERO))
        .hasMessage("jitter is 0 to 1");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"0, 0", "-1, 0", "2592001, 0", "-, -1", "-, 86401"})
  void ages_and_longest_waits_out_of_bounds_are_refused(@Nullable Long maxAge, long maxRetryAfter) {
    assertThatThrownBy(
            () -> new RetryPolicy(SCHEDULE, 0, seconds(maxAge), Duration.ofSeconds(maxRetryAfter)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static @Nullable Duration seconds(@Nullable Long seconds) {
    return seconds == null ? null : Duration.ofSeconds(seconds);
  }
}
