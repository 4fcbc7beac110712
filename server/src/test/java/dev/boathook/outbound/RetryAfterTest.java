package dev.boathook.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

  private static final Instant NOW = Instant.parse("1994-11-06T08:49:00Z");

  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "120, PT2M",
    "' 5 ', PT5S",
    "86401, PT24H",
    "99999999999999999999999999, PT24H",
    "'Sun, 06 Nov 1994 08:49:37 GMT', PT37S",
    "'Sunday, 06-Nov-94 08:49:37 GMT', ",
    "'Sun, 06 Nov 1994 08:00:00 GMT', PT0S",
    "'Sat, 06 Nov 2094 08:49:37 GMT', PT24H",
    "-1, ",
    "1.5, ",
    "soon, ",
    "'', ",
  })
  void both_forms_are_read_and_bounded(String value, Duration expected) {
    assertThat(RetryAfter.parse(value, NOW)).isEqualTo(expected);
  }
}
