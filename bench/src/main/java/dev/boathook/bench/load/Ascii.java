package dev.boathook.bench.load;

import java.nio.charset.StandardCharsets;

/** Numbers and texts as bytes in ASCII, read and written in place. */
public final class Ascii {
  /** So many digits fit into a long, whatever they are. */
  private static final int MAX_DIGITS = 18;

  private static final byte[] HEX = bytes("0123456789abcdef");

  private Ascii() {}

  /** A text's bytes. */
  public static byte[] bytes(String ascii) {
    return ascii.getBytes(StandardCharsets.US_ASCII);
  }

  /** The number of 1 to 18 decimal digits in these bytes; -1 if that is not what is there. */
  public static long number(byte[] bytes, int from, int to) {
    if (from >= to || to - from > MAX_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = from; i < to; i++) {
      if (bytes[i] < '0' || bytes[i] > '9') {
        return -1;
      }
      number = number * 10 + (bytes[i] - '0');
    }
    return number;
  }

  /** Writes a number that is not negative, right-aligned behind blanks or zeros. */
  static void putNumber(byte[] bytes, int from, int to, long number, char filling) {
    long rest = number;
    int at = to;
    do {
      bytes[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0 && at > from);
    while (at > from) {
      bytes[--at] = (byte) filling;
    }
  }

  /** Writes bytes as lower-case hexadecimal. */
  static void putHex(byte[] bytes, int from, byte[] value) {
    int at = from;
    for (byte b : value) {
      bytes[at++] = HEX[b >> 4 & 15];
      bytes[at++] = HEX[b & 15];
    }
  }
}
