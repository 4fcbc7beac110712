package dev.boathook.api;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Times as callers write them: RFC 3339; and how long something takes, in seconds. */
final class Times {
  /** What is said when a time is something else. */
  static final String EXPECTED = "is not a time of RFC 3339 from 1970 on";

  /** What is said when no time can be meant: an empty answer would pass for a true one. */
  static final String BEFORE_SINCE = "is before since";

  /** RFC 3339 has years of four digits, and ids have room for no more. */
  private static final Instant END_OF_TIMES = Instant.parse("9999-12-31T00:00:00Z");

  private Times() {}

  /** Seconds, with decimals only where there are some. */
  static Number seconds(Duration duration) {
    return duration.toMillisPart() == 0
        ? (Number) duration.toSeconds()
        : BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros();
  }

  /** Seconds; null stays null. */
  static @Nullable Number secondsOrNull(@Nullable Duration duration) {
    return duration == null ? null : seconds(duration);
  }

  /** The moment, from 1970 to the year 9999. */
  static Optional<Instant> parse(String text) {
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      return Optional.of(time)
          .filter(it -> !it.isBefore(Instant.EPOCH) && it.isBefore(END_OF_TIMES));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
