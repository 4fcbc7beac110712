package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events are elements that follow one another in an XML document.
 *
 * @param parent the path of the element that holds them; there must be one
 * @param name the name of those elements, without a prefix
 */
record XmlSplit(String parent, String name) implements Split {

  @Override
  public @Nullable List<byte[]> parts(byte[] body) {
    List<XmlScanner.Range> parents = XmlScanner.elements(body, parent);
    List<XmlScanner.Range> events = XmlScanner.elements(body, parent + "/" + name);
    if (parents == null || events == null || parents.size() != 1) {
      return null;
    }
    if (events.size() > Reading.Batch.MAX_ITEMS) {
      return TOO_MANY;
    }
    if (events.isEmpty()) {
      return List.of();
    }
    byte[] before = Arrays.copyOf(body, events.getFirst().from());
    byte[] after = Arrays.copyOfRange(body, events.getLast().to(), body.length);
    long bytes = (long) events.size() * (before.length + after.length) + body.length;
    if (bytes > MAX_BYTES) {
      return TOO_MANY;
    }
    List<byte[]> parts = new ArrayList<>(events.size());
    for (XmlScanner.Range event : events) {
      parts.add(JsonSplice.join(before, Arrays.copyOfRange(body, event.from(), event.to()), after));
    }
    return parts;
  }
}
