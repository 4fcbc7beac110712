package dev.boathook.signatures;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Where the signed time of an attempt stands, and how far it may be from now in either direction.
 *
 * @param header the header that holds it; null if it stands among the signatures
 * @param name what to call it in messages
 */
record TimeRule(@Nullable String header, String name, Unit unit, Duration tolerance) {

  private static final int MAX_DIGITS = 13;
  private static final int MAX_ISO_LENGTH = 40;

  /** As many digits as the other units may have; in milliseconds they still fit a long. */
  private static final long MAX_SECONDS = 9_999_999_999_999L;

  /** How a time is written. */
  enum Unit {
    SECONDS("Unix time in seconds") {
      @Override
      String format(Instant time) {
        return Long.toString(time.getEpochSecond());
      }

      @Override
      @Nullable Instant parse(String text) {
        return isDigits(text) ? Instant.ofEpochSecond(Long.parseLong(text)) : null;
      }
    },
    MILLISECONDS("Unix time in milliseconds") {
      @Override
      String format(Instant time) {
        return Long.toString(time.toEpochMilli());
      }

      @Override
      @Nullable Instant parse(String text) {
        return isDigits(text) ? Instant.ofEpochMilli(Long.parseLong(text)) : null;
      }
    },
    ISO8601("time in ISO 8601") {
      @Override
      String format(Instant time) {
        return time.toString();
      }

      @Override
      @Nullable Instant parse(String text) {
        if (text.length() > MAX_ISO_LENGTH) {
          return null;
        }
        try {
          Instant time = OffsetDateTime.parse(text).toInstant();
          return Math.abs(time.getEpochSecond()) > MAX_SECONDS ? null : time;
        } catch (DateTimeException e) {
          return null;
        }
      }
    };

    private final String description;

    Unit(String description) {
      this.description = description;
    }

    abstract String format(Instant time);

    /** The time, or null if the text is not strictly of this form. */
    abstract @Nullable Instant parse(String text);

    private static boolean isDigits(String text) {
      if (text.isEmpty() || text.length() > MAX_DIGITS) {
        return false;
      }
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) < '0' || text.charAt(i) > '9') {
          return false;
        }
      }
      return true;
    }
  }

  /** The outcome of a look at the time. */
  sealed interface Outcome {
    /** The time is near enough; this is how it was written. */
    record InTime(String text) implements Outcome {}

    /** It is not. */
    record Refused(Verdict.Rejected verdict) implements Outcome {}
  }

  /** The time as the request states it, or null. */
  @Nullable String text(Headers headers, @Nullable String amongSignatures) {
    return header == null ? amongSignatures : headers.first(header);
  }

  /** Compares the stated time with now. */
  Outcome check(Headers headers, @Nullable String amongSignatures, Instant now) {
    String text = header == null ? amongSignatures : headers.only(header);
    if (text == null) {
      if (header == null) {
        return refused(Reason.MALFORMED_HEADER, name + " is missing");
      }
      return headers.count(header) == 0
          ? refused(Reason.MISSING_HEADER, name + " is missing")
          : refused(Reason.MALFORMED_HEADER, name + " occurs more than once");
    }
    Instant time = unit.parse(text);
    if (time == null) {
      return refused(Reason.MALFORMED_TIMESTAMP, name + " is not a " + unit.description);
    }
    long ageMillis = now.toEpochMilli() - time.toEpochMilli();
    if (ageMillis > tolerance.toMillis()) {
      return refused(
          Reason.TIMESTAMP_TOO_OLD,
          "timestamp %s is %d s old, tolerance %d s"
              .formatted(text, secondsRoundedUp(ageMillis), tolerance.toSeconds()));
    }
    if (-ageMillis > tolerance.toMillis()) {
      return refused(
          Reason.TIMESTAMP_IN_FUTURE,
          "timestamp %s is %d s in the future, tolerance %d s"
              .formatted(text, secondsRoundedUp(-ageMillis), tolerance.toSeconds()));
    }
    return new Outcome.InTime(text);
  }

  private static long secondsRoundedUp(long millis) {
    return Math.ceilDiv(millis, 1000L);
  }

  private static Outcome refused(Reason reason, String detail) {
    return new Outcome.Refused(new Verdict.Rejected(reason, detail));
  }
}
