package dev.boathook.world;

import java.time.Instant;
import java.util.UUID;

/**
 * The time in our ids: the first 48 bits of a UUIDv7 are Unix milliseconds, RFC 9562 section 5.7.
 */
public final class Uuid7 {
  /** Less than every id. */
  public static final UUID FIRST = new UUID(0, 0);

  private static final int BITS_AFTER_TIME = 16;

  private Uuid7() {}

  /** When an id was made, to the millisecond, by the clock of who made it. */
  public static Instant time(UUID id) {
    return Instant.ofEpochMilli(id.getMostSignificantBits() >>> BITS_AFTER_TIME);
  }

  /** Less than every id of this moment or later; not before 1970. */
  public static UUID firstOf(Instant moment) {
    return new UUID(Math.max(0, moment.toEpochMilli()) << BITS_AFTER_TIME, 0);
  }
}
