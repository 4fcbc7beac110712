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
          return OffsetDateTime.parse(text).toInstant();
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
    String text = text(headers, amongSignatures);
    if (text == null) {
      return header == null
          ? refused(Reason.MALFORMED_HEADER, name + " is missing")
          : refused(Reason.MISSING_HEADER, name + " is missing");
    }
    if (header != null && headers.count(header) > 1) {
      return refused(Reason.MALFORMED_HEADER, name + " occurs more than once");
    }
    Instant time = unit.parse(text);
    if (time == null) {
      return refused(Reason.MALFORMED_TIMESTAMP, name + " is not a " + unit.description);
    }
    Duration age = Duration.between(time, now);
    if (age.compareTo(tolerance) > 0) {
      return refused(
          Reason.TIMESTAMP_TOO_OLD,
          "timestamp %s is %d s old, tolerance %d s"
              .formatted(text, roundedUp(age), tolerance.toSeconds()));
    }
    if (age.negated().compareTo(tolerance) > 0) {
      return refused(
          Reason.TIMESTAMP_IN_FUTURE,
          "timestamp %s is %d s in the future, tolerance %d s"
              .formatted(text, roundedUp(age.negated()), tolerance.toSeconds()));
    }
    return new Outcome.InTime(text);
  }

  private static long roundedUp(Duration duration) {
    return duration.plusNanos(999_999_999).toSeconds();
  }

  private static Outcome refused(Reason reason, String detail) {
    return new Outcome.Refused(new Verdict.Rejected(reason, detail));
  }
}
