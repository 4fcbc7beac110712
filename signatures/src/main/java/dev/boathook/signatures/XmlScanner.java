package dev.boathook.signatures;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads an XML document once from front to back and keeps what stands at one path, as {@code
 * /Envelope/Body/notifications/Notification} or {@code /list/entry/@kind}: ASCII names without
 * their namespace prefixes.
 *
 * <p>Nothing is ever fetched or expanded: a document type declaration, an entity other than the
 * five of XML and the numeric ones, and any encoding but UTF-8 make the document malformed. So do
 * tags that do not match and more than {@value #MAX_DEPTH} nested elements. A malformed document
 * has nothing anywhere. Nothing makes it throw.
 */
final class XmlScanner {

  /** The most elements that are told; any more are not looked at. */
  static final int MAX_ELEMENTS = Reading.Batch.MAX_ITEMS + 1;

  /** The deepest nesting of elements. */
  static final int MAX_DEPTH = 64;

  /** The longest reference to a character, without its {@code &} and {@code ;}. */
  private static final int MAX_REFERENCE_LENGTH = 8;

  /**
   * Where an element stands.
   *
   * @param from the first byte of its start tag
   * @param to the byte after its end tag
   */
  record Range(int from, int to) {}

  private final byte[] document;

  /** The names of the elements that lead to the place. */
  private final String[] steps;

  /** The attribute that is wanted; null if it is the element. */
  private final @Nullable String attribute;

  private final List<Range> elements = new ArrayList<>();
  private @Nullable String value;

  private int at;

  /** Where the names in the start tags of the open elements stand, and where their tags begin. */
  private final List<Range> open = new ArrayList<>();

  private final int[] starts = new int[MAX_DEPTH];

  /** How many of the steps the open elements have taken. */
  private int matched;

  private boolean hasRoot;
  private @Nullable StringBuilder text;

  private XmlScanner(byte[] document, String path) {
    this.document = document;
    int mark = path.indexOf("/@");
    this.attribute = mark < 0 ? null : path.substring(mark + 2);
    this.steps = path.substring(1, mark < 0 ? path.length() : mark).split("/", -1);
  }

  /**
   * The first {@value #MAX_ELEMENTS} elements at this path, in order; null if the document is
   * malformed.
   */
  static @Nullable List<Range> elements(byte[] document, String path) {
    XmlScanner scanner = new XmlScanner(document, path);
    return scanner.document() ? scanner.elements : null;
  }

  /** The text of the first element or attribute at this path; null if there is none. */
  static @Nullable String text(byte[] document, String path) {
    XmlScanner scanner = new XmlScanner(document, path);
    return scanner.document() ? scanner.value : null;
  }

  private boolean document() {
    if (Utf8.strict(document, 0, document.length) == null) {
      return false;
    }
    if (startsWith("\u00ef\u00bb\u00bf")) {
      at = 3;
    }
    if (startsWith("<?xml") && !declaration()) {
      return false;
    }
    while (at < document.length) {
      if (!(document[at] == '<' ? markup() : characters())) {
        return false;
      }
    }
    return hasRoot && open.isEmpty();
  }

  private boolean declaration() {
    int end = indexOf("?>", at);
    if (end < 0) {
      return false;
    }
    String text = ascii(at, end).toLowerCase(Locale.ROOT).replace('\'', '"').replace(" ", "");
    at = end + 2;
    return !text.contains("encoding=") || text.contains("encoding=\"utf-8\"");
  }

  private boolean markup() {
    if (startsWith("<?")) {
      return skipPast("?>", at + 2);
    }
    if (startsWith("<!--")) {
      return skipPast("-->", at + 4);
    }
    if (startsWith("<![CDATA[")) {
      int from = at + 9;
      if (open.isEmpty() || !skipPast("]]>", from)) {
        return false;
      }
      keep(from, at - 3);
      return true;
    }
    if (startsWith("</")) {
      return endTag();
    }
    return startTag(); // A "<!" is no name, and so a document type is malformed.
  }

  private boolean startTag() {
    int from = at++;
    Range name = name();
    if (name == null || open.size() == MAX_DEPTH || (open.isEmpty() && hasRoot)) {
      return false;
    }
    hasRoot = true;
    starts[open.size()] = from;
    if (matched == open.size() && matched < steps.length && isLocal(name, steps[matched])) {
      matched++;
    }
    open.add(name);
    boolean isWanted = matched == steps.length && open.size() == steps.length;
    while (true) {
      boolean spaced = skipSpace();
      if (take('>')) {
        text = isWanted && attribute == null && value == null ? new StringBuilder() : text;
        return true;
      }
      if (take('/')) {
        text = isWanted && attribute == null && value == null ? new StringBuilder() : text;
        return take('>') && close();
      }
      if (!spaced || !attribute(isWanted)) {
        return false;
      }
    }
  }

  private boolean attribute(boolean ofWanted) {
    Range name = name();
    if (name == null) {
      return false;
    }
    skipSpace();
    if (!take('=')) {
      return false;
    }
    skipSpace();
    if (at == document.length || (document[at] != '"' && document[at] != '\'')) {
      return false;
    }
    byte quote = document[at++];
    boolean isWanted = ofWanted && attribute != null && value == null && isLocal(name, attribute);
    StringBuilder read = isWanted ? new StringBuilder() : null;
    while (at < document.length && document[at] != quote) {
      int from = at;
      while (at < document.length && document[at] != quote && document[at] != '&') {
        if (document[at] == '<') {
          return false;
        }
        at++;
      }
      if (read != null) {
        read.append(utf8(from, at));
      }
      if (at < document.length && document[at] == '&' && !reference(read)) {
        return false;
      }
    }
    if (read != null) {
      value = read.toString();
    }
    return at++ < document.length;
  }

  private boolean endTag() {
    at += 2;
    Range name = name();
    skipSpace();
    if (name == null || !take('>') || open.isEmpty()) {
      return false;
    }
    Range opened = open.getLast();
    return Arrays.equals(document, name.from, name.to, document, opened.from, opened.to) && close();
  }

  private boolean close() {
    int depth = open.size();
    if (matched == depth && depth == steps.length) {
      if (elements.size() < MAX_ELEMENTS) {
        elements.add(new Range(starts[depth - 1], at));
      }
      if (text != null) {
        value = text.toString();
        text = null;
      }
    }
    open.removeLast();
    matched = Math.min(matched, open.size());
    return true;
  }

  private boolean characters() {
    if (document[at] == '&') {
      return !open.isEmpty() && reference(isKept() ? text : null);
    }
    int from = at;
    while (at < document.length && document[at] != '<' && document[at] != '&') {
      if (open.isEmpty() && !isSpace(document[at])) {
        return false;
      }
      at++;
    }
    keep(from, at);
    return true;
  }

  /** Whether text that stands here is wanted: directly in the wanted element. */
  private boolean isKept() {
    return open.size() == steps.length;
  }

  private void keep(int from, int to) {
    if (text != null && isKept()) {
      text.append(utf8(from, to));
    }
  }

  /** Reads an ampersand, what names a character, and a semicolon. */
  private boolean reference(@Nullable StringBuilder into) {
    int end = at + 1;
    while (end < document.length && document[end] != ';' && end - at <= MAX_REFERENCE_LENGTH) {
      end++;
    }
    if (end == document.length || document[end] != ';') {
      return false;
    }
    String name = ascii(at + 1, end);
    at = end + 1;
    int character =
        switch (name) {
          case "amp" -> '&';
          case "lt" -> '<';
          case "gt" -> '>';
          case "quot" -> '"';
          case "apos" -> '\'';
          default -> name.startsWith("#") ? number(name.substring(1)) : -1;
        };
    if (character < 0) {
      return false;
    }
    if (into != null) {
      into.appendCodePoint(character);
    }
    return true;
  }

  /** The character of this number, decimal or hex behind an x; -1 if there is none. */
  private static int number(String digits) {
    try {
      int character =
          digits.startsWith("x")
              ? Integer.parseUnsignedInt(digits.substring(1), 16)
              : Integer.parseUnsignedInt(digits);
      return Character.isValidCodePoint(character) ? character : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private @Nullable Range name() {
    int from = at;
    while (at < document.length && isNamePart(document[at], at == from)) {
      at++;
    }
    return at == from ? null : new Range(from, at);
  }

  /** Whether a name without its prefix is this one. */
  private boolean isLocal(Range name, String local) {
    int from = name.from;
    for (int i = name.from; i < name.to; i++) {
      if (document[i] == ':') {
        from = i + 1;
        break;
      }
    }
    return name.to - from == local.length() && startsWith(local, from);
  }

  private static boolean isNamePart(byte b, boolean first) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || b == '_'
        || b == ':'
        || b < 0 // Letters beyond ASCII.
        || (!first && ((b >= '0' && b <= '9') || b == '-' || b == '.'));
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  private boolean skipSpace() {
    int from = at;
    while (at < document.length && isSpace(document[at])) {
      at++;
    }
    return at > from;
  }

  private boolean take(char wanted) {
    if (at < document.length && document[at] == wanted) {
      at++;
      return true;
    }
    return false;
  }

  private boolean skipPast(String end, int from) {
    int found = indexOf(end, from);
    at = found < 0 ? document.length : found + end.length();
    return found >= 0;
  }

  private int indexOf(String wanted, int from) {
    for (int i = from; i <= document.length - wanted.length(); i++) {
      if (startsWith(wanted, i)) {
        return i;
      }
    }
    return -1;
  }

  private boolean startsWith(String wanted) {
    return startsWith(wanted, at);
  }

  /** Whether these bytes, one for each character, stand there. */
  private boolean startsWith(String wanted, int from) {
    if (document.length - from < wanted.length()) {
      return false;
    }
    for (int i = 0; i < wanted.length(); i++) {
      if (document[from + i] != (byte) wanted.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String ascii(int from, int to) {
    return new String(document, from, to - from, StandardCharsets.US_ASCII);
  }

  private String utf8(int from, int to) {
    return new String(document, from, to - from, StandardCharsets.UTF_8);
  }
}
