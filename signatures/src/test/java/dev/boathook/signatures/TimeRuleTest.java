package dev.boathook.signatures;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times at the ends of what can be written. */
class TimeRuleTest {

  @ParameterizedTest
  @CsvSource({
    "ISO8601, +999999999-12-31T23:59:59Z, malformed_timestamp",
    "ISO8601, -999999999-01-01T00:00:00Z, malformed_timestamp",
    "ISO8601, 9999-12-31T23:59:59Z, timestamp_in_future",
    "ISO8601, 0000-01-01T00:00:00Z, timestamp_too_old",
    "SECONDS, 9999999999999, timestamp_in_future",
    "MILLISECONDS, 0, timestamp_too_old",
  })
  void a_time_however_far_away_is_refused_and_nothing_is_thrown(
      TimeRule.Unit unit, String text, String code) {
    TimeRule rule = new TimeRule("X-Time", "X-Time", unit, Duration.ofMinutes(5));
    TimeRule.Outcome outcome =
        rule.check(Headers.of("X-Time", text), null, Instant.ofEpochSecond(1_700_000_000));
    assertThat(outcome)
        .isInstanceOfSatisfying(
            TimeRule.Outcome.Refused.class,
            refused -> assertThat(refused.verdict().reason().code()).isEqualTo(code));
  }
}
