package dev.boathook.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.world.SeededChance;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SteadyClockTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private long nanos = 12_345;
  private final SteadyClock clock = new SteadyClock(() -> nanos, START);

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void storeSays(Instant time) {
    clock.observe(time, nanos, nanos);
  }

  private Duration passed() {
    return Duration.between(START, clock.instant());
  }

  @Test
  void it_goes_on_as_the_ticker_does() {
    pass(HOUR);

    assertThat(passed()).isEqualTo(HOUR);
  }

  @Test
  void it_gains_a_quarter_of_what_passes_until_it_has_come_to_the_store() {
    storeSays(START.plusSeconds(60));

    assertThat(passed()).isZero();
    pass(Duration.ofSeconds(100));
    assertThat(passed()).isEqualTo(Duration.ofSeconds(125));
    pass(Duration.ofMinutes(5));
    assertThat(passed()).isEqualTo(Duration.ofSeconds(460));
  }

  @Test
  void it_loses_a_quarter_of_what_passes_until_the_store_has_come_to_it() {
    storeSays(START.minusSeconds(60));

    assertThat(passed()).isZero();
    pass(Duration.ofSeconds(100));
    assertThat(passed()).isEqualTo(Duration.ofSeconds(75));
    pass(Duration.ofMinutes(5));
    assertThat(passed()).isEqualTo(Duration.ofSeconds(340));
  }

  @Test
  void the_store_is_taken_to_have_spoken_in_the_middle_of_the_question() {
    long asked = nanos;
    pass(Duration.ofSeconds(2));
    long answered = nanos;
    pass(Duration.ofSeconds(3));
    clock.observe(START.plusSeconds(1), asked, answered);

    pass(HOUR);
    assertThat(passed()).as("the two agree").isEqualTo(HOUR.plusSeconds(5));
  }

  @Test
  void it_leaps_to_who_is_far_ahead_and_then_comes_to_the_store_slowly() {
    pass(Duration.ofSeconds(10));
    clock.follow(START.plus(HOUR));

    assertThat(passed()).isEqualTo(HOUR);
    storeSays(START.plusSeconds(10));
    assertThat(passed()).isEqualTo(HOUR);
    pass(Duration.ofSeconds(40));
    assertThat(passed()).isEqualTo(HOUR.plusSeconds(30));
  }

  @Test
  void a_leap_takes_it_nearer_to_the_store_or_further_from_it() {
    storeSays(START.plusSeconds(100));
    clock.follow(START.plusSeconds(60));

    pass(Duration.ofSeconds(200));
    assertThat(passed()).as("the store's time").isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void it_does_not_leap_to_who_is_near_or_behind() {
    clock.follow(START.plus(SteadyClock.MAX_APART));
    assertThat(passed()).isZero();
    clock.follow(START.minus(HOUR));
    assertThat(passed()).isZero();
    clock.follow(START.plus(SteadyClock.MAX_APART).plusNanos(1));
    assertThat(passed()).isEqualTo(SteadyClock.MAX_APART.plusNanos(1));
  }

  @Test
  void it_never_goes_back_whatever_the_store_and_others_say() {
    SeededChance chance = new SeededChance(7);
    Instant before = clock.instant();
    for (int i = 0; i < 10_000; i++) {
      Instant said = START.plusSeconds(chance.below(7_200) - 3_600L).plusNanos(nanos);
      switch (chance.below(4)) {
        case 0 -> storeSays(said);
        case 1 -> clock.follow(said);
        default -> pass(Duration.ofMillis(chance.below(3_000)));
      }
      Instant now = clock.instant();
      assertThat(now).isAfterOrEqualTo(before);
      before = now;
    }
  }
}
