package dev.boathook.replay;

import java.time.Instant;
import java.util.UUID;

/**
 * The time in our ids: the first 48 bits of a UUIDv7 are Unix milliseconds, RFC 9562 section 5.7.
 */
final class Uuid7 {
  /** Less than every id. */
  static final UUID FIRST = new UUID(0, 0);

  private Uuid7() {}

  /** The time of an id, in Unix milliseconds. */
  static long millis(UUID id) {
    return id.getMostSignificantBits() >>> 16;
  }

  /** Less than every id of this moment or later; not before 1970. */
  static UUID firstOf(Instant moment) {
    return new UUID(Math.max(0, moment.toEpochMilli()) << 16, 0);
  }
}
