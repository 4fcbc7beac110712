package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON document (RFC 8259) once from front to back and keeps the few values that pointers
 * lead to: strings unescaped, numbers and booleans as they are written. An object, an array and
 * null count as not there, and so does a string that is no Unicode (bad UTF-8, half a surrogate
 * pair).
 *
 * <p>Of equal keys in one object the last wins, as with nearly every parser that will read the same
 * body later. A document that is malformed anywhere, or nested deeper than {@value #MAX_DEPTH}, has
 * no values at all. Nothing makes it throw.
 */
final class JsonScanner {

  /** The deepest nesting of objects and arrays. */
  static final int MAX_DEPTH = 64;

  /** The most members whose names are told. */
  static final int MAX_MEMBER_NAMES = 16;

  /**
   * Where a value stands.
   *
   * @param from its first byte
   * @param to the byte after its last
   */
  record Range(int from, int to) {}

  private final byte[] document;
  private final @Nullable String[] values;

  /** Where the values stand, if that is asked for. */
  private final @Nullable Range @Nullable [] ranges;

  /** The names of the outermost object's members, if that is asked for. */
  private final @Nullable List<String> memberNames;

  /** Whether two members on the way to a pointer's end have one name, if that is asked for. */
  private boolean refusesTwins;

  private int at;

  /** Where the string read last begins and ends, without its quotes, and whether it has escapes. */
  private int stringFrom;

  private int stringTo;
  private boolean stringEscaped;

  private JsonScanner(
      byte[] document, @Nullable String[] values, @Nullable Range @Nullable [] ranges) {
    this(document, values, ranges, null);
  }

  private JsonScanner(
      byte[] document,
      @Nullable String[] values,
      @Nullable Range @Nullable [] ranges,
      @Nullable List<String> memberNames) {
    this.document = document;
    this.values = values;
    this.ranges = ranges;
    this.memberNames = memberNames;
  }

  /** The values at the pointers, in their order; null where there is none. */
  static @Nullable String[] scan(byte[] document, JsonPointers pointers) {
    JsonScanner scanner = new JsonScanner(document, new @Nullable String[pointers.size()], null);
    return scanner.document(pointers.root())
        ? scanner.values
        : new @Nullable String[pointers.size()];
  }

  /**
   * Whether every reader of the document finds the same at the pointers: no object on the way has
   * two members of one name, in whatever case, as some readers take the first of them, and some do
   * not tell {@code id} from {@code ID}. For documents of which only some members are signed.
   */
  static boolean isUnambiguous(byte[] document, JsonPointers pointers) {
    JsonScanner scanner = new JsonScanner(document, new @Nullable String[pointers.size()], null);
    scanner.refusesTwins = true;
    return scanner.document(pointers.root());
  }

  /** Where the value of any kind stands that this pointer leads to; null if there is none. */
  static @Nullable Range range(byte[] document, String pointer) {
    JsonPointers pointers = new JsonPointers(List.of(pointer));
    @Nullable Range[] ranges = new @Nullable Range[1];
    JsonScanner scanner = new JsonScanner(document, new @Nullable String[1], ranges);
    return scanner.document(pointers.root()) ? ranges[0] : null;
  }

  /**
   * The names of the first {@value #MAX_MEMBER_NAMES} members of a document that is an object, in
   * order; empty if it is none.
   */
  static List<String> memberNames(byte[] document) {
    List<String> names = new ArrayList<>();
    JsonScanner scanner = new JsonScanner(document, new @Nullable String[0], null, names);
    return scanner.document(new JsonPointers(List.of()).root()) ? names : List.of();
  }

  /** Where the elements of the array stand that {@link #range} found. */
  static void elements(byte[] document, Range array, Consumer<Range> into) {
    JsonScanner scanner = new JsonScanner(document, new @Nullable String[0], null);
    scanner.at = array.from + 1;
    scanner.skipSpace();
    while (scanner.at < array.to - 1) {
      int from = scanner.at;
      scanner.value(null, 0);
      into.accept(new Range(from, scanner.at));
      scanner.skipSpace();
      scanner.take(',');
      scanner.skipSpace();
    }
  }

  private boolean document(JsonPointers.Node root) {
    if (document.length >= 3
        && document[0] == (byte) 0xef
        && document[1] == (byte) 0xbb
        && document[2] == (byte) 0xbf) {
      at = 3; // A byte order mark.
    }
    if (!value(root, 0)) {
      return false;
    }
    skipSpace();
    return at == document.length;
  }

  /** Reads a value; true unless it is malformed. */
  private boolean value(JsonPointers.@Nullable Node node, int depth) {
    skipSpace();
    if (at == document.length) {
      return false;
    }
    int from = at;
    boolean wellFormed = value(node, depth, from);
    if (ranges != null && node != null && node.index() >= 0) {
      ranges[node.index()] = new Range(from, at);
    }
    return wellFormed;
  }

  private boolean value(JsonPointers.@Nullable Node node, int depth, int from) {
    return switch (document[at]) {
      case '{' -> depth < MAX_DEPTH && object(node, depth + 1);
      case '[' -> depth < MAX_DEPTH && array(node, depth + 1);
      case '"' -> string() && keepText(node);
      case 'n' -> literal("null");
      case 't' -> literal("true") && keep(node, from);
      case 'f' -> literal("false") && keep(node, from);
      default -> number() && keep(node, from);
    };
  }

  private boolean object(JsonPointers.@Nullable Node node, int depth) {
    at++;
    skipSpace();
    if (take('}')) {
      return true;
    }
    Set<String> seen = refusesTwins && node != null ? new HashSet<>() : null;
    while (true) {
      skipSpace();
      if (at == document.length || document[at] != '"' || !string()) {
        return false;
      }
      if (seen != null && node != null && isTwin(node, seen)) {
        return false;
      }
      JsonPointers.Node child = node == null || !node.hasChildren() ? null : member(node);
      if (memberNames != null && depth == 1 && memberNames.size() < MAX_MEMBER_NAMES) {
        String name = text();
        if (name != null) {
          memberNames.add(name);
        }
      }
      if (child != null) {
        child.clear(values);
        if (ranges != null) {
          child.clear(ranges);
        }
      }
      skipSpace();
      if (!take(':') || !value(child, depth)) {
        return false;
      }
      skipSpace();
      if (take('}')) {
        return true;
      }
      if (!take(',')) {
        return false;
      }
    }
  }

  /** Whether the string read last names a member that was there before. */
  private boolean isTwin(JsonPointers.Node node, Set<String> seen) {
    String name = text();
    String wanted = name == null ? null : node.nameInAnyCase(name);
    return wanted != null && !seen.add(wanted);
  }

  private JsonPointers.@Nullable Node member(JsonPointers.Node node) {
    if (!stringEscaped) {
      return node.child(document, stringFrom, stringTo);
    }
    String name = text();
    return name == null ? null : node.child(name);
  }

  private boolean array(JsonPointers.@Nullable Node node, int depth) {
    at++;
    skipSpace();
    if (take(']')) {
      return true;
    }
    boolean wanted = node != null && node.hasChildren();
    for (int i = 0; ; i++) {
      JsonPointers.Node child = wanted && node != null ? node.child(Integer.toString(i)) : null;
      if (!value(child, depth)) {
        return false;
      }
      skipSpace();
      if (take(']')) {
        return true;
      }
      if (!take(',')) {
        return false;
      }
    }
  }

  /** Reads a string and notes where it is; true unless it is malformed. */
  private boolean string() {
    at++;
    stringFrom = at;
    stringEscaped = false;
    while (at < document.length) {
      byte b = document[at];
      if (b == '"') {
        stringTo = at++;
        return true;
      }
      if (b == '\\') {
        stringEscaped = true;
        at++;
        if (!escape()) {
          return false;
        }
      } else if (b >= 0 && b < ' ') {
        return false;
      } else {
        at++;
      }
    }
    return false;
  }

  private boolean escape() {
    if (at == document.length) {
      return false;
    }
    return switch (document[at++]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> true;
      case 'u' -> hexDigits(4);
      default -> false;
    };
  }

  private boolean hexDigits(int count) {
    for (int i = 0; i < count; i++) {
      if (at == document.length || Character.digit(document[at++], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /** The string read last, or null if it is no Unicode. */
  private @Nullable String text() {
    String raw = Utf8.strict(document, stringFrom, stringTo);
    if (raw == null || !stringEscaped) {
      return raw;
    }
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escaped = raw.charAt(++i);
      switch (escaped) {
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        case 'u' -> {
          text.append((char) Integer.parseInt(raw, i + 1, i + 5, 16));
          i += 4;
        }
        default -> text.append(escaped);
      }
    }
    return hasLoneSurrogate(text) ? null : text.toString();
  }

  private static boolean hasLoneSurrogate(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }

  private boolean number() {
    take('-');
    if (!take('0') && !digits()) {
      return false;
    }
    if (take('.') && !digits()) {
      return false;
    }
    if (take('e') || take('E')) {
      if (!take('+')) {
        take('-');
      }
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int from = at;
    while (at < document.length && document[at] >= '0' && document[at] <= '9') {
      at++;
    }
    return at > from;
  }

  private boolean literal(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (!take(word.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Keeps the number or word that begins there and ends here. */
  private boolean keep(JsonPointers.@Nullable Node node, int from) {
    if (node != null && node.index() >= 0) {
      values[node.index()] = Utf8.strict(document, from, at);
    }
    return true;
  }

  /** Keeps the string read last. */
  private boolean keepText(JsonPointers.@Nullable Node node) {
    if (node != null && node.index() >= 0) {
      values[node.index()] = text();
    }
    return true;
  }

  private boolean take(char wanted) {
    if (at < document.length && document[at] == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (at < document.length) {
      byte b = document[at];
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return;
      }
      at++;
    }
  }
}
