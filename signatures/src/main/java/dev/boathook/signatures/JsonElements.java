package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where in a JSON document the elements of one array are. */
final class JsonElements {
  private final byte[] document;
  private final JsonScanner.Range array;
  private final List<JsonScanner.Range> elements = new ArrayList<>();

  private JsonElements(byte[] document, JsonScanner.Range array) {
    this.document = document;
    this.array = array;
  }

  /** The elements of the array there; null if there is none, or the document is malformed. */
  static @Nullable JsonElements of(byte[] document, String pointer) {
    JsonScanner.Range range = JsonScanner.range(document, pointer);
    if (range == null || document[range.from()] != '[') {
      return null;
    }
    JsonElements found = new JsonElements(document, range);
    JsonScanner.elements(document, range, found.elements::add);
    return found;
  }

  int count() {
    return elements.size();
  }

  /** The bytes of all documents that {@link #only} makes. */
  long bytesOfAll() {
    int around = document.length - (array.to() - array.from()) + 2;
    long bytes = 0;
    for (JsonScanner.Range element : elements) {
      bytes += (long) around + (element.to() - element.from());
    }
    return bytes;
  }

  /** The element alone. */
  byte[] element(int index) {
    JsonScanner.Range element = elements.get(index);
    return Arrays.copyOfRange(document, element.from(), element.to());
  }

  /** Whether an element has a JSON object there. */
  boolean anyHasObject(String pointer) {
    for (int i = 0; i < elements.size(); i++) {
      byte[] element = element(i);
      JsonScanner.Range object = JsonScanner.range(element, pointer);
      if (object != null && element[object.from()] == '{') {
        return true;
      }
    }
    return false;
  }

  /** The document with this element as the only one of the array. */
  byte[] only(int index) {
    JsonScanner.Range element = elements.get(index);
    return JsonSplice.join(
        Arrays.copyOf(document, array.from() + 1),
        Arrays.copyOfRange(document, element.from(), element.to()),
        Arrays.copyOfRange(document, array.to() - 1, document.length));
  }
}
