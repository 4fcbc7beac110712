package dev.boathook.signatures;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Pulls single fields out of an {@code application/x-www-form-urlencoded} body. Of fields with the
 * same name the first counts. Only names without escapes are found.
 */
final class FormFields {
  private FormFields() {}

  /** The text of a field, or null if it is not there or is not UTF-8. */
  static @Nullable String text(byte[] body, String name) {
    byte[] bytes = bytes(body, name);
    return bytes == null ? null : Utf8.strict(bytes, 0, bytes.length);
  }

  /** The decoded bytes of a field, or null if it is not there or badly escaped. */
  static byte @Nullable [] bytes(byte[] body, String name) {
    byte[] wanted = name.getBytes(StandardCharsets.US_ASCII);
    int from = 0;
    while (from < body.length) {
      int to = indexOf(body, '&', from, body.length);
      int equals = indexOf(body, '=', from, to);
      if (java.util.Arrays.equals(body, from, equals, wanted, 0, wanted.length)) {
        return equals == to ? new byte[0] : decode(body, equals + 1, to);
      }
      from = to + 1;
    }
    return null;
  }

  private static byte @Nullable [] decode(byte[] body, int from, int to) {
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(to - from);
    for (int i = from; i < to; i++) {
      byte b = body[i];
      if (b == '+') {
        decoded.write(' ');
      } else if (b == '%') {
        if (i + 2 >= to) {
          return null;
        }
        int high = Character.digit(body[i + 1], 16);
        int low = Character.digit(body[i + 2], 16);
        if (high < 0 || low < 0) {
          return null;
        }
        decoded.write(high << 4 | low);
        i += 2;
      } else {
        decoded.write(b);
      }
    }
    return decoded.toByteArray();
  }

  private static int indexOf(byte[] body, char wanted, int from, int to) {
    int at = from;
    while (at < to && body[at] != wanted) {
      at++;
    }
    return at;
  }
}
