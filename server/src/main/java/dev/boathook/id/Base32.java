package dev.boathook.id;

import java.util.Optional;
import java.util.UUID;

/**
 * Base32 in Crockford's alphabet, lower case, without padding: no letter that reads as a digit, and
 * texts sort as the numbers do, so ids sort by time wherever they are shown.
 */
public final class Base32 {
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int UUID_CHARACTERS = 26;

  private Base32() {}

  /** The 128 bits as 26 characters, the first of which carries three bits. */
  public static String encode(UUID id) {
    char[] text = new char[UUID_CHARACTERS];
    long high = id.getMostSignificantBits();
    long low = id.getLeastSignificantBits();
    for (int i = UUID_CHARACTERS - 1; i >= 0; i--) {
      text[i] = ALPHABET.charAt((int) (low & 31));
      low = low >>> 5 | high << 59;
      high >>>= 5;
    }
    return new String(text);
  }

  /** The 128 bits of {@link #encode}'s text; empty when it is not of that form. */
  public static Optional<UUID> decodeUuid(String text) {
    if (text.length() != UUID_CHARACTERS || text.charAt(0) > '7') {
      return Optional.empty();
    }
    long high = 0;
    long low = 0;
    for (int i = 0; i < UUID_CHARACTERS; i++) {
      int value = ALPHABET.indexOf(text.charAt(i));
      if (value < 0) {
        return Optional.empty();
      }
      high = high << 5 | low >>> 59;
      low = low << 5 | value;
    }
    return Optional.of(new UUID(high, low));
  }

  /** Bytes as base32, five bits a character, the last padded with zero bits. */
  public static String encode(byte[] bytes) {
    StringBuilder text = new StringBuilder((bytes.length * 8 + 4) / 5);
    int held = 0;
    int bits = 0;
    for (byte b : bytes) {
      held = held << 8 | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt(held >>> bits & 31));
      }
      held &= (1 << bits) - 1;
    }
    if (bits > 0) {
      text.append(ALPHABET.charAt(held << (5 - bits) & 31));
    }
    return text.toString();
  }
}
