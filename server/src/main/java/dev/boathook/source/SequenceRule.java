package dev.boathook.source;

import dev.boathook.key.Hash;
import dev.boathook.signatures.Place;
import dev.boathook.store.Text;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a source numbers the events of one resource, so that what comes in the wrong order can be put
 * right or told apart.
 *
 * @param kind what the positions are
 * @param at where an event's position stands; an event without one is in no sequence
 * @param resource where the name of the resource stands that the positions are of; null for the
 *     ordering key. What has no name there is in one sequence of the source.
 * @param startsAt the first position of every resource; null if it is whatever comes first. Only
 *     for numbers.
 * @param maxWait how long an event waits for what is missing before it; only for numbers
 * @param maxHeld how many events of one resource wait at most; only for numbers
 * @param late what becomes of an event that comes too late
 */
public record SequenceRule(
    Kind kind,
    Place at,
    @Nullable Place resource,
    @Nullable Long startsAt,
    Duration maxWait,
    int maxHeld,
    Late late) {
  /** How long an event waits when nothing else is said. */
  public static final Duration DEFAULT_WAIT = Duration.ofSeconds(60);

  /** The longest that an event can wait. */
  public static final Duration MAX_WAIT = Duration.ofDays(1);

  /** How many events of a resource wait at most when nothing else is said. */
  public static final int DEFAULT_MAX_HELD = 100;

  /** The most events of a resource that can wait. */
  public static final int MAX_MAX_HELD = 1_000;

  private static final int NANOS_PER_SECOND = 1_000_000_000;

  /** What the positions are. */
  public enum Kind {
    /** A whole number that rises by exactly one, so that one sees what is missing. */
    NUMBER("number"),
    /** A whole number that rises by any amount: one sees only what is late. */
    VERSION("version"),
    /** A time: the same, but two events may have the same, and neither is late. */
    TIME("time");

    private final String code;

    Kind(String code) {
      this.code = code;
    }

    /**
     * The one with this word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Kind of(String code) {
      return Stream.of(values())
          .filter(each -> each.code.equals(code))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("is number, version or time"));
    }

    /** The word in the API and in files. */
    public String code() {
      return code;
    }
  }

  /** What becomes of a late event. */
  public enum Late {
    /** It is delivered, with a header that says so. */
    DELIVER("deliver"),
    /** It is kept and its deliveries are cancelled. */
    DROP("drop");

    private final String code;

    Late(String code) {
      this.code = code;
    }

    /**
     * The one with this word.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Late of(String code) {
      return Stream.of(values())
          .filter(each -> each.code.equals(code))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException("is deliver or drop"));
    }

    /** The word in the API and in files. */
    public String code() {
      return code;
    }
  }

  /** Checks the limits. */
  public SequenceRule {
    if (startsAt != null && (kind != Kind.NUMBER || startsAt < 0)) {
      throw new IllegalArgumentException("starts_at is not negative, and only for kind number");
    }
    if (maxWait.compareTo(Duration.ofSeconds(1)) < 0 || maxWait.compareTo(MAX_WAIT) > 0) {
      throw new IllegalArgumentException("wait_seconds is 1 to " + MAX_WAIT.toSeconds());
    }
    if (maxHeld < 1 || maxHeld > MAX_MAX_HELD) {
      throw new IllegalArgumentException("max_held is 1 to " + MAX_MAX_HELD);
    }
  }

  /** The position that a text says, never negative; empty if it says none of this kind. */
  public OptionalLong position(String text) {
    return switch (kind) {
      case NUMBER, VERSION -> number(text.strip());
      case TIME -> {
        Instant time = Place.time(text.strip());
        yield time == null ? OptionalLong.empty() : nanos(time);
      }
    };
  }

  private static OptionalLong number(String text) {
    try {
      long number = Long.parseLong(text);
      return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static OptionalLong nanos(Instant time) {
    try {
      return OptionalLong.of(
          Math.addExact(
              Math.multiplyExact(time.getEpochSecond(), NANOS_PER_SECOND), time.getNano()));
    } catch (ArithmeticException e) {
      // After the year 2262.
      return OptionalLong.empty();
    }
  }

  /**
   * Tells apart the positions of two rules: what was seen by one says nothing to another that looks
   * elsewhere, or starts elsewhere.
   */
  public long series() {
    String places = kind.code + "\n" + at + "\n" + resource + "\n" + startsAt;
    return ByteBuffer.wrap(Hash.sha256(Text.utf8(places))).getLong();
  }
}
