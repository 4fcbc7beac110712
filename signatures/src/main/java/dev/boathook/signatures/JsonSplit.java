package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events are the elements of an array in a JSON document.
 *
 * @param arrays pointers to the array; a second one leads, in a document that has one element left
 *     of the first, to an array within it, as {@code /batches}, {@code /batches/0/events}
 */
record JsonSplit(List<String> arrays) implements Split {

  static JsonSplit of(String... arrays) {
    return new JsonSplit(List.of(arrays));
  }

  @Override
  public @Nullable List<byte[]> parts(byte[] body) {
    List<byte[]> parts = List.of(body);
    for (String array : arrays) {
      List<byte[]> smaller = new ArrayList<>();
      long bytes = 0;
      for (byte[] part : parts) {
        JsonElements elements = JsonElements.of(part, array);
        if (elements == null) {
          return null;
        }
        bytes += elements.bytesOfAll();
        if (smaller.size() + elements.count() > Reading.Batch.MAX_ITEMS || bytes > MAX_BYTES) {
          return TOO_MANY;
        }
        for (int i = 0; i < elements.count(); i++) {
          smaller.add(elements.only(i));
        }
      }
      parts = smaller;
    }
    return parts;
  }
}
