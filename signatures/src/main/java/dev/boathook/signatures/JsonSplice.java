package dev.boathook.signatures;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Puts a string into a JSON document in place of a value, and leaves every other byte alone. */
final class JsonSplice {
  private JsonSplice() {}

  /**
   * The document with this text there.
   *
   * @throws IllegalArgumentException if the document has no value there
   */
  static byte[] string(byte[] document, String pointer, String text) {
    JsonScanner.Range range = JsonScanner.range(document, pointer);
    if (range == null) {
      throw new IllegalArgumentException("the body is no JSON with a value at " + pointer);
    }
    return join(
        Arrays.copyOf(document, range.from()),
        quoted(text).getBytes(StandardCharsets.UTF_8),
        Arrays.copyOfRange(document, range.to(), document.length));
  }

  /** The text as a JSON string. */
  static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        default -> {
          if (c < ' ' || c == 0x7f) {
            quoted.append("\\u%04x".formatted((int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  static byte[] join(byte[]... pieces) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      joined.writeBytes(piece);
    }
    return joined.toByteArray();
  }
}
