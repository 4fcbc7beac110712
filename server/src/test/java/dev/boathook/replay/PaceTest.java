package dev.boathook.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.replay.ReplayRunner.Pace;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @Test
  void without_a_rate_all_are_due_now() {
    Pace pace = Pace.of(null, NOW.minusSeconds(60), NOW);
    assertThat(pace.allowed()).isEqualTo(Integer.MAX_VALUE);
    assertThat(pace.due(1_000)).isEqualTo(NOW);
  }

  @Test
  void deliveries_are_due_one_after_another() {
    Pace pace = Pace.of(10.0, NOW, NOW);
    assertThat(pace.due(0)).isEqualTo(NOW);
    assertThat(pace.due(3)).isEqualTo(NOW.plusMillis(300));
    assertThat(pace.due(pace.allowed() - 1)).isBeforeOrEqualTo(NOW.plusSeconds(2));
    assertThat(pace.due(pace.allowed())).isAfter(NOW.plusSeconds(2));
  }

  @Test
  void nothing_is_made_further_ahead() {
    Pace first = Pace.of(10.0, NOW, NOW);
    Instant next = first.due(first.allowed());
    assertThat(Pace.of(10.0, next, NOW).allowed()).isZero();
    assertThat(Pace.of(10.0, next, NOW.plusMillis(100)).allowed()).isEqualTo(1);
    assertThat(Pace.of(0.001, NOW.plusSeconds(3), NOW).allowed()).isZero();
    assertThat(Pace.of(0.001, NOW.plusSeconds(2), NOW).allowed()).isEqualTo(1);
  }

  @Test
  void what_was_not_made_in_time_is_not_made_up_for() {
    Pace late = Pace.of(10.0, NOW.minus(Duration.ofHours(1)), NOW);
    assertThat(late.allowed()).isEqualTo(Pace.of(10.0, NOW, NOW).allowed());
    assertThat(late.due(0)).isEqualTo(NOW);
  }

  @Test
  void a_minute_at_a_rate_makes_what_the_rate_allows() {
    int made = 0;
    Instant next = NOW;
    for (int second = 0; second < 60; second++) {
      Pace pace = Pace.of(7.5, next, NOW.plusSeconds(second));
      made += pace.allowed();
      next = pace.due(pace.allowed());
    }
    assertThat(made).isBetween(450, 450 + 16);
  }
}
