package dev.boathook.signatures;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A set of JSON pointers (RFC 6901), arranged so that one pass over a document finds them all. */
final class JsonPointers {

  /** A place in a document that a pointer leads to or through. */
  static final class Node {
    private final byte[] name;
    private final List<Node> children = new ArrayList<>();
    private int index = -1;

    private Node(String name) {
      this.name = name.getBytes(StandardCharsets.UTF_8);
    }

    /** The pointer that ends here, or -1. */
    int index() {
      return index;
    }

    /** The place one step further, or null if no pointer leads there. */
    @Nullable Node child(byte[] document, int from, int to) {
      for (int i = 0; i < children.size(); i++) {
        Node child = children.get(i);
        if (Arrays.equals(document, from, to, child.name, 0, child.name.length)) {
          return child;
        }
      }
      return null;
    }

    /** The place one step further, or null if no pointer leads there. */
    @Nullable Node child(String name) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      return child(bytes, 0, bytes.length);
    }

    /** The name of the place one step further that is called so in some case; null if none is. */
    @Nullable String nameInAnyCase(String text) {
      for (Node child : children) {
        String wanted = new String(child.name, StandardCharsets.UTF_8);
        if (wanted.equalsIgnoreCase(text)) {
          return wanted;
        }
      }
      return null;
    }

    /** Whether any pointer leads further. */
    boolean hasChildren() {
      return !children.isEmpty();
    }

    /** Forgets what was found here and below. */
    void clear(@Nullable Object[] values) {
      if (index >= 0) {
        values[index] = null;
      }
      for (int i = 0; i < children.size(); i++) {
        children.get(i).clear(values);
      }
    }
  }

  private final Node root = new Node("");
  private final List<String> pointers;

  /**
   * Arranges the pointers.
   *
   * @throws IllegalArgumentException if one is not a pointer; the message says why
   */
  JsonPointers(Collection<String> pointers) {
    this.pointers = List.copyOf(pointers);
    for (int i = 0; i < this.pointers.size(); i++) {
      Node node = root;
      for (String step : steps(this.pointers.get(i))) {
        Node child = node.child(step);
        if (child == null) {
          child = new Node(step);
          node.children.add(child);
        }
        node = child;
      }
      node.index = i;
    }
  }

  private static List<String> steps(String pointer) {
    List<String> steps = new ArrayList<>();
    if (pointer.isEmpty()) {
      return steps; // The whole document.
    }
    if (!pointer.startsWith("/")) {
      throw new IllegalArgumentException("a JSON pointer begins with '/', as in /data/id");
    }
    int from = 1;
    while (from <= pointer.length()) {
      int slash = pointer.indexOf('/', from);
      int to = slash < 0 ? pointer.length() : slash;
      steps.add(pointer.substring(from, to).replace("~1", "/").replace("~0", "~"));
      from = to + 1;
    }
    return steps;
  }

  Node root() {
    return root;
  }

  int size() {
    return pointers.size();
  }

  int indexOf(String pointer) {
    return pointers.indexOf(pointer);
  }
}
