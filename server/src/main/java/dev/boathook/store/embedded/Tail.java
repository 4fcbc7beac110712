package dev.boathook.store.embedded;

import java.nio.charset.StandardCharsets;

/** The last bytes of a stream, for messages that must say what a program said before it ended. */
final class Tail {
  static final int MAX_BYTES = 4096;

  private final byte[] ring = new byte[MAX_BYTES];
  private long seenBytes;

  synchronized void append(byte[] bytes, int length) {
    for (int i = Math.max(0, length - MAX_BYTES); i < length; i++) {
      ring[(int) ((seenBytes + i) % MAX_BYTES)] = bytes[i];
    }
    seenBytes += length;
  }

  synchronized String text() {
    int length = (int) Math.min(seenBytes, MAX_BYTES);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = ring[(int) ((seenBytes - length + i) % MAX_BYTES)];
    }
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }
}
