package dev.boathook.signatures;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the time of an event in whatever form it comes; what is not understood is no time. */
final class EventTime {

  /** 9999-12-31T23:59:59Z: no provider means a later time, and no database must take it. */
  private static final Instant LATEST = Instant.ofEpochSecond(253_402_300_799L);

  private static final int MAX_LENGTH = 40;

  /** Unix seconds have 10 digits until the year 2286, milliseconds 12 or 13. */
  private static final int MAX_DIGITS_OF_SECONDS = 11;

  private static final int MAX_DIGITS_OF_MILLISECONDS = 15;

  /** ISO 8601 with an offset that may be written without its colon. */
  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
          .optionalStart()
          .appendOffset("+HH:MM", "Z")
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HHMM", "Z")
          .optionalEnd()
          .toFormatter(Locale.ROOT);

  private EventTime() {}

  /**
   * The time in Unix seconds (a fraction is dropped), Unix milliseconds or ISO 8601 with an offset;
   * null if it is none of these or outside 1970 to 9999.
   */
  static @Nullable Instant parse(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > MAX_LENGTH) {
      return null;
    }
    Instant time = number(text);
    if (time == null) {
      try {
        time = OffsetDateTime.parse(text, ISO).toInstant();
      } catch (DateTimeException e) {
        return null;
      }
    }
    return time.isBefore(Instant.EPOCH) || time.isAfter(LATEST) ? null : time;
  }

  /** The text, with a {@code Z} behind it if it is a date and time in ISO 8601 without a zone. */
  static @Nullable String inUtc(@Nullable String text) {
    if (text == null || text.length() > MAX_LENGTH) {
      return text;
    }
    try {
      return LocalDateTime.parse(text) + "Z";
    } catch (DateTimeException e) {
      return text;
    }
  }

  private static @Nullable Instant number(String text) {
    int digits = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      digits++;
    }
    boolean whole = digits == text.length() || text.charAt(digits) == '.';
    if (!whole || digits == 0 || digits > MAX_DIGITS_OF_MILLISECONDS) {
      return null;
    }
    long number = Long.parseLong(text, 0, digits, 10);
    return digits <= MAX_DIGITS_OF_SECONDS
        ? Instant.ofEpochSecond(number)
        : Instant.ofEpochMilli(number);
  }
}
