package dev.boathook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final RetryPolicy POLICY =
      RetryPolicy.of(
          new RetrySchedule(List.of(Duration.ZERO, Duration.ofSeconds(10), Duration.ofMinutes(1))));

  @Test
  void jitter_only_shortens_and_by_a_fifth_at_most() {
    assertThat(POLICY.nextDue(1, NOW, NOW, null, 0)).isEqualTo(NOW.plusSeconds(10));
    assertThat(POLICY.nextDue(1, NOW, NOW, null, 1)).isEqualTo(NOW.plusSeconds(8));
    assertThat(POLICY.nextDue(2, NOW, NOW, null, 0.5)).isEqualTo(NOW.plusSeconds(54));
  }

  @Test
  void there_are_as_many_tries_as_waits() {
    assertThat(POLICY.nextDue(2, NOW, NOW, null, 0)).isNotNull();
    assertThat(POLICY.nextDue(3, NOW, NOW, null, 0)).isNull();
  }

  @Test
  void what_the_receiver_asks_for_lengthens_a_wait_and_never_shortens_it() {
    assertThat(POLICY.nextDue(1, NOW, NOW, Duration.ofSeconds(30), 1))
        .isEqualTo(NOW.plusSeconds(30));
    assertThat(POLICY.nextDue(1, NOW, NOW, Duration.ofSeconds(1), 0))
        .isEqualTo(NOW.plusSeconds(10));
  }

  @Test
  void the_default_is_that_of_standard_webhooks() {
    assertThat(RetrySchedule.DEFAULT.waits())
        .extracting(Duration::toSeconds)
        .containsExactly(0L, 5L, 300L, 1_800L, 7_200L, 18_000L, 36_000L, 50_400L, 72_000L, 86_400L);
  }

  @Test
  void schedules_without_tries_with_too_many_or_with_odd_waits_are_refused() {
    List<Duration> tooMany = java.util.Collections.nCopies(51, Duration.ZERO);
    assertThatThrownBy(() -> new RetrySchedule(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RetrySchedule(tooMany))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RetrySchedule(List.of(Duration.ofMillis(-1))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RetrySchedule(List.of(Duration.ofDays(8))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
