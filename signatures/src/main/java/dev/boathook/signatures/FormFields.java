package dev.boathook.signatures;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Pulls single fields out of an {@code application/x-www-form-urlencoded} body. Of fields with the
 * same name the first counts. Only names without escapes are found.
 */
final class FormFields {

  /** The most fields that are sorted. */
  static final int MAX_SORTED = 1024;

  private FormFields() {}

  /** One field, decoded. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by its bytes, below.
  private record Decoded(byte[] name, byte[] value) {
    static final Comparator<Decoded> BY_BYTES =
        Comparator.comparing(Decoded::name, Arrays::compareUnsigned)
            .thenComparing(Decoded::value, Arrays::compareUnsigned);
  }

  /**
   * Names and values without anything between them, sorted by name and then by value, each pair
   * once; null if anything is badly escaped or there are more than {@value #MAX_SORTED} fields.
   */
  static byte @Nullable [] sorted(byte[] body) {
    SortedSet<Decoded> fields = new TreeSet<>(Decoded.BY_BYTES);
    int count = 0;
    int from = 0;
    while (from < body.length) {
      int to = indexOf(body, '&', from, body.length);
      int equals = indexOf(body, '=', from, to);
      byte[] name = decode(body, from, equals);
      byte[] value = equals == to ? new byte[0] : decode(body, equals + 1, to);
      if (name == null || value == null || ++count > MAX_SORTED) {
        return null;
      }
      if (to > from) {
        fields.add(new Decoded(name, value));
      }
      from = to + 1;
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream(body.length);
    for (Decoded field : fields) {
      text.writeBytes(field.name);
      text.writeBytes(field.value);
    }
    return text.toByteArray();
  }

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
      if (Arrays.equals(body, from, equals, wanted, 0, wanted.length)) {
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
