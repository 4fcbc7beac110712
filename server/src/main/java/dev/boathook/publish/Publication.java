package dev.boathook.publish;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * What a platform publishes: {@code {"id"?, "type", "key"?, "data"}}.
 *
 * @param id the publisher's own id, by which a repetition is known; null when none was given
 * @param type what happened
 * @param key what it happened to, the ordering key; null when none was given
 * @param data the value of {@code data}, byte by byte as it was written
 */
@SuppressWarnings("ArrayRecordComponent") // The payload, on its way to the store.
public record Publication(@Nullable String id, String type, @Nullable String key, byte[] data) {
  /** The largest request, in bytes. */
  public static final int MAX_BYTES = 256 << 10;

  /** The deepest nesting, the request's own braces included. */
  public static final int MAX_DEPTH = 64;

  /** The longest id, type and key, in characters. */
  public static final int MAX_NAME_CHARACTERS = 255;

  private static final Set<String> FIELDS = Set.of("id", "type", "key", "data");

  /** The numbers and texts in the data are not ours to limit: the size of the request does. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(MAX_BYTES)
                  .maxStringLength(MAX_BYTES)
                  .maxNameLength(MAX_BYTES)
                  .build())
          .build();

  /** What came of reading a request. */
  public sealed interface Read {
    /** It can be published. */
    record Complete(Publication publication) implements Read {}

    /** It is not JSON, or not an object, or too deep, or names a field twice. */
    record Malformed(String detail) implements Read {}

    /** It has a field that means nothing here. */
    record UnknownField(String field) implements Read {}

    /** A field is missing or wrong. */
    record Invalid(String field, String message) implements Read {}
  }

  /** Reads a request's body: strict JSON in strict UTF-8. */
  public static Read read(byte[] body) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      return new Read.Malformed("the body is not UTF-8");
    }
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      return read(parser, text);
    } catch (JacksonException e) {
      return new Read.Malformed(wrong(e));
    }
  }

  /** What is wrong in our own words: those of the reader are its own affair and may change. */
  private static String wrong(JacksonException e) {
    String what =
        e instanceof StreamConstraintsException
            ? "the body is nested deeper than " + MAX_DEPTH + " levels"
            : "the body is not JSON";
    TokenStreamLocation at = e.getLocation();
    return at == null
        ? what
        : what + " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
  }

  private static Read read(JsonParser parser, String text) {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      return new Read.Malformed("the body is not a JSON object");
    }
    Set<String> seen = new HashSet<>();
    Map<String, String> names = new HashMap<>();
    byte[] data = null;
    for (String field = parser.nextName(); field != null; field = parser.nextName()) {
      if (!FIELDS.contains(field)) {
        return new Read.UnknownField(field);
      }
      if (!seen.add(field)) {
        return new Read.Malformed("the field '" + field + "' is there twice");
      }
      JsonToken token = parser.nextToken();
      if (field.equals("data")) {
        data = raw(parser, text);
      } else if (token == JsonToken.VALUE_STRING) {
        String name = parser.getString();
        if (!isName(name)) {
          return new Read.Invalid(field, "has 1 to 255 characters, none of them a control");
        }
        if (field.equals("type") && name.indexOf('*') >= 0) {
          return new Read.Invalid(field, "has no '*', which stands for any type in a pattern");
        }
        names.put(field, name);
      } else if (token != JsonToken.VALUE_NULL || field.equals("type")) {
        return new Read.Invalid(field, "is not a text");
      }
    }
    if (parser.nextToken() != null) {
      return new Read.Malformed("there is more after the JSON object");
    }
    String type = names.get("type");
    if (type == null) {
      return new Read.Invalid("type", "is missing");
    }
    if (data == null) {
      return new Read.Invalid("data", "is missing");
    }
    return new Read.Complete(new Publication(names.get("id"), type, names.get("key"), data));
  }

  /**
   * The value at which the parser stands, as it was written. The text was decoded strictly, so that
   * encoding a part of it again gives the very bytes.
   */
  private static byte[] raw(JsonParser parser, String text) {
    int start = (int) parser.currentTokenLocation().getCharOffset();
    parser.skipChildren();
    parser.finishToken();
    int end = (int) parser.currentLocation().getCharOffset();
    return text.substring(start, end).getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_NAME_CHARACTERS
        && text.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }
}
