package dev.boathook.outbound;

import dev.boathook.outbound.Outcome.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * The Retry-After header (RFC 9110, section 10.2.3): seconds, or a date. Of the three forms of a
 * date, the two that nobody may write any more are not read.
 */
final class RetryAfter {

  private RetryAfter() {}

  /** How long to wait, from 0 to one day, or null if the value is neither form. */
  static @Nullable Duration parse(String value, Instant now) {
    String text = value.strip();
    if (text.matches("[0-9]+")) {
      // More digits than these are more than a day, and might not fit a long.
      return text.length() > 9
          ? Refused.MAX_RETRY_AFTER
          : bounded(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant date = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
      return bounded(Duration.between(now, date));
    } catch (DateTimeParseException neitherForm) {
      return null;
    }
  }

  private static Duration bounded(Duration wait) {
    if (wait.isNegative()) {
      return Duration.ZERO;
    }
    return wait.compareTo(Refused.MAX_RETRY_AFTER) > 0 ? Refused.MAX_RETRY_AFTER : wait;
  }
}
