package dev.boathook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.endpoint.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void the_burst_goes_at_once_and_no_more() {
    TokenBucket bucket = new TokenBucket(new Rate(2, 5), START);
    for (int i = 0; i < 5; i++) {
      assertThat(bucket.nextAfter(START)).isNull();
      bucket.take(START);
    }
    assertThat(bucket.nextAfter(START)).isEqualTo(START.plusMillis(500));
  }

  @Test
  void the_next_may_happen_at_the_moment_that_is_said_and_not_a_nanosecond_before() {
    TokenBucket bucket = emptied(new Rate(3, 1));
    Instant next = START.plusNanos(333_333_334);
    assertThat(bucket.nextAfter(START)).isEqualTo(next);
    assertThat(bucket.nextAfter(next.minusNanos(1))).isEqualTo(next);
    assertThat(bucket.nextAfter(next)).isNull();
  }

  @Test
  void the_slowest_and_the_fastest_rates_are_kept() {
    assertThat(emptied(new Rate(Rate.MIN_PER_SECOND, 1)).nextAfter(START))
        .isEqualTo(START.plusSeconds(1_000));
    assertThat(emptied(new Rate(Rate.MAX_PER_SECOND, 1)).nextAfter(START))
        .isEqualTo(START.plusNanos(100_000));
  }

  @Test
  void whoever_takes_at_the_moments_that_are_said_has_the_rate_over_any_time() {
    int count = 100_000;
    TokenBucket bucket = emptied(new Rate(7, 1));
    Instant now = START;
    for (int i = 0; i < count; i++) {
      Instant next = bucket.nextAfter(now);
      // Rounding may leave a nanosecond.
      for (int step = 0; next != null; step++) {
        assertThat(step).isLessThan(2);
        assertThat(next).isAfter(now);
        now = next;
        next = bucket.nextAfter(now);
      }
      bucket.take(now);
    }
    Duration exact = Duration.ofSeconds(count).dividedBy(7);
    assertThat(Duration.between(START, now)).isBetween(exact, exact.plusNanos(2L * count));
  }

  @Test
  void whoever_looks_late_loses_nothing_that_the_burst_holds() {
    TokenBucket bucket = emptied(new Rate(100, 10));
    int taken = 0;
    for (int millis = 0; millis <= 60_000; millis += 35) {
      Instant now = START.plusMillis(millis);
      while (bucket.nextAfter(now) == null) {
        bucket.take(now);
        taken++;
      }
    }
    assertThat(taken).isBetween(5_995, 6_000);
  }

  @Test
  void looking_often_changes_nothing() {
    TokenBucket bucket = emptied(new Rate(1, 1));
    for (int micros = 0; micros < 1_000_000; micros += 10) {
      Instant next = Objects.requireNonNull(bucket.nextAfter(START.plusNanos(micros * 1_000L)));
      assertThat(next)
          .isBetween(START.plusSeconds(1).minusNanos(100), START.plusSeconds(1).plusNanos(100));
    }
  }

  @Test
  void a_long_rest_gives_the_burst_and_no_more() {
    TokenBucket bucket = emptied(new Rate(10, 3));
    Instant rested = START.plus(Duration.ofDays(365));
    for (int i = 0; i < 3; i++) {
      assertThat(bucket.nextAfter(rested)).isNull();
      bucket.take(rested);
    }
    assertThat(bucket.nextAfter(rested)).isEqualTo(rested.plusMillis(100));
  }

  @Test
  void a_clock_that_is_set_back_neither_fills_nor_empties() {
    TokenBucket bucket = new TokenBucket(new Rate(1, 2), START);
    bucket.take(START);
    Instant back = START.minus(Duration.ofHours(1));
    assertThat(bucket.nextAfter(back)).isNull();
    bucket.take(back);
    assertThat(bucket.nextAfter(back)).as("it goes on from there").isEqualTo(back.plusSeconds(1));
  }

  /** One whose burst is used up at the start. */
  private static TokenBucket emptied(Rate rate) {
    TokenBucket bucket = new TokenBucket(rate, START);
    for (int i = 0; i < rate.burst(); i++) {
      bucket.take(START);
    }
    return bucket;
  }
}
