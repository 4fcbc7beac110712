package dev.boathook.signatures;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Where in a request a fact about the event stands. */
sealed interface Field {

  /** A header. */
  record Header(String name) implements Field {}

  /** A JSON pointer (RFC 6901) into the body, or into the form field that holds JSON. */
  record Json(String pointer) implements Field {}

  /**
   * A path in an XML body, as {@code /list/entry/@kind}; see {@link XmlScanner}. The first of
   * several counts.
   */
  record Xml(String path) implements Field {}

  /** A field of a form body. */
  record Form(String name) implements Field {}

  /** A parameter in the query of the URL. */
  record InQuery(String name) implements Field {}

  /** The HTTP method. */
  record Method() implements Field {}

  /** SHA-256 of the body. */
  record BodyHash() implements Field {}

  /**
   * Several with colons between them, those that are not there left empty. Not there if the first
   * is not.
   */
  record Joined(List<Field> fields) implements Field {}

  /** The first of several that is there. */
  record FirstOf(List<Field> fields) implements Field {}

  /** A time that may be written without its zone, and is in UTC then. */
  record InUtc(Field field) implements Field {}

  /** A text that stands for another, as a number for a word; itself if it is none of these. */
  record Worded(Field field, Map<String, String> words) implements Field {}

  /** The name of the first member of the JSON document that is not this one. */
  record MemberBeside(String name) implements Field {}

  /** A string in a JSON document that a text holds in base64 of either alphabet. */
  record InBase64(Field field, JsonPointers pointer) implements Field {}

  /** A text and, if it is there, a second one behind a dot. */
  record Refined(Field field, Field refinement) implements Field {}

  /** Nowhere. */
  record Nowhere() implements Field {}

  /**
   * A field as people write it: {@code header:NAME}, {@code json:/pointer}, {@code form:FIELD} or
   * {@code query:NAME}; null if it is none of these.
   */
  static @Nullable Field parse(String place) {
    int colon = place.indexOf(':');
    String what = place.substring(colon + 1);
    if (colon < 0 || what.isEmpty()) {
      return null;
    }
    return switch (place.substring(0, colon)) {
      case "header" -> Ascii.isVisible(what) && !what.contains(":") ? header(what) : null;
      case "form" -> Ascii.isVisible(what) ? form(what) : null;
      case "query" -> Ascii.isVisible(what) ? query(what) : null;
      case "json" -> what.startsWith("/") ? json(what) : null;
      default -> null;
    };
  }

  static Field header(String name) {
    return new Header(name);
  }

  static Field json(String pointer) {
    return new Json(pointer);
  }

  static Field xml(String path) {
    return new Xml(path);
  }

  static Field form(String name) {
    return new Form(name);
  }

  static Field query(String name) {
    return new InQuery(name);
  }

  static Field method() {
    return new Method();
  }

  static Field bodyHash() {
    return new BodyHash();
  }

  static Field joined(Field... fields) {
    return new Joined(List.of(fields));
  }

  static Field firstOf(Field... fields) {
    return new FirstOf(List.of(fields));
  }

  static Field inUtc(Field field) {
    return new InUtc(field);
  }

  static Field memberBeside(String name) {
    return new MemberBeside(name);
  }

  /** The string at this JSON pointer in the document that the field holds in base64. */
  static Field inBase64(Field field, String pointer) {
    return new InBase64(field, new JsonPointers(List.of(pointer)));
  }

  static Field nowhere() {
    return new Nowhere();
  }

  /** This text and, if it is there, the other one behind a dot. */
  default Field refinedBy(Field refinement) {
    return new Refined(this, refinement);
  }

  /** The word that this text stands for. */
  default Field worded(Map<String, String> words) {
    return new Worded(this, words);
  }

  /** The text in a request that is read for nothing else; null if it is not there or empty. */
  default @Nullable String in(WebhookRequest request) {
    Set<String> pointers = new LinkedHashSet<>();
    pointers(pointers);
    return in(new Facts(request, new JsonPointers(pointers), null));
  }

  /** The text in this request; null if it is not there or empty. */
  default @Nullable String in(Facts facts) {
    return switch (this) {
      case Header(String name) -> nullIfEmpty(facts.header(name));
      case Json(String pointer) -> nullIfEmpty(facts.json(pointer));
      case Xml(String path) -> nullIfEmpty(XmlScanner.text(facts.request().body(), path));
      case Form(String name) -> nullIfEmpty(facts.form(name));
      case InQuery(String name) -> facts.query(name);
      case Method() -> facts.method();
      case BodyHash() -> facts.bodyHash();
      case Joined(List<Field> fields) -> joined(fields, facts);
      case FirstOf(List<Field> fields) -> {
        for (Field field : fields) {
          String text = field.in(facts);
          if (text != null) {
            yield text;
          }
        }
        yield null;
      }
      case Refined(Field field, Field refinement) -> {
        String text = field.in(facts);
        String more = text == null ? null : refinement.in(facts);
        yield more == null ? text : text + "." + more;
      }
      case InUtc(Field field) -> EventTime.inUtc(field.in(facts));
      case Worded(Field field, Map<String, String> words) -> {
        String text = field.in(facts);
        yield text == null ? null : words.getOrDefault(text, text);
      }
      case MemberBeside(String name) -> nullIfEmpty(facts.memberBeside(name));
      case InBase64(Field field, JsonPointers pointer) -> {
        String base64 = field.in(facts);
        byte[] document =
            base64 == null
                ? null
                : Encoding.BASE64URL.decode(base64.replace('+', '-').replace('/', '_'));
        yield document == null ? null : nullIfEmpty(JsonScanner.scan(document, pointer)[0]);
      }
      case Nowhere() -> null;
    };
  }

  /** Adds the JSON pointers in this field to those to be read. */
  default void pointers(Set<String> into) {
    switch (this) {
      case Json(String pointer) -> into.add(pointer);
      case FirstOf(List<Field> fields) -> fields.forEach(field -> field.pointers(into));
      case Joined(List<Field> fields) -> fields.forEach(field -> field.pointers(into));
      case InBase64(Field field, JsonPointers _) -> field.pointers(into);
      case Refined(Field field, Field refinement) -> {
        field.pointers(into);
        refinement.pointers(into);
      }
      case InUtc(Field field) -> field.pointers(into);
      case Worded(Field field, Map<String, String> _) -> field.pointers(into);
      case Header _, Xml _, Form _, InQuery _, Method _, BodyHash _, MemberBeside _, Nowhere _ -> {}
    }
  }

  private static @Nullable String joined(List<Field> fields, Facts facts) {
    if (fields.getFirst().in(facts) == null) {
      return null;
    }
    StringJoiner joined = new StringJoiner(":");
    for (Field field : fields) {
      String text = field.in(facts);
      joined.add(text == null ? "" : text);
    }
    return joined.toString();
  }

  private static @Nullable String nullIfEmpty(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }
}
