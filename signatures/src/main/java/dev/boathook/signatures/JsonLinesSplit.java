package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events are the lines of the body, each a JSON document (JSON Lines); or the elements of an
 * array, which each part then is with one element; or the body is one event.
 */
enum JsonLinesSplit implements Split {
  INSTANCE;

  private static final String WHOLE = "";

  @Override
  public @Nullable List<byte[]> parts(byte[] body) {
    JsonScanner.Range document = JsonScanner.range(body, WHOLE);
    if (document != null) {
      return body[document.from()] == '[' ? JsonSplit.of(WHOLE).parts(body) : null;
    }
    List<byte[]> lines = new ArrayList<>();
    int from = 0;
    while (from < body.length) {
      int to = from;
      while (to < body.length && body[to] != '\n') {
        to++;
      }
      byte[] line = Arrays.copyOfRange(body, from, to);
      from = to + 1;
      if (isBlank(line)) {
        continue;
      }
      if (JsonScanner.range(line, WHOLE) == null) {
        return null;
      }
      if (lines.size() == Reading.Batch.MAX_ITEMS) {
        return TOO_MANY;
      }
      lines.add(line);
    }
    return lines.isEmpty() ? null : lines;
  }

  private static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return true;
  }
}
