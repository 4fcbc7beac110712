package dev.boathook.api;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The API's JSON: strict when read, snake case and complete when written. */
final class Json {
  /** The deepest nesting of a request. */
  static final int MAX_DEPTH = 64;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  private Json() {}

  static byte[] bytes(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** A record as an object to which more can be added. */
  static ObjectNode object(Object value) {
    return MAPPER.valueToTree(value);
  }

  /** The object in a request's body; no body is an empty object. */
  static JsonNode read(byte[] body) throws Refusal {
    if (body.length == 0) {
      return MAPPER.createObjectNode();
    }
    JsonNode read;
    try {
      read =
          MAPPER.readTree(
              StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      throw Problem.malformedJson("the body is not UTF-8").refusal();
    } catch (JacksonException e) {
      throw Problem.malformedJson(wrong(e)).refusal();
    }
    if (!read.isObject()) {
      throw Problem.malformedJson("the body is not a JSON object").refusal();
    }
    return read;
  }

  /** What is wrong in our own words: those of the reader are its own affair and may change. */
  private static String wrong(JacksonException e) {
    String what =
        switch (e) {
          case StreamConstraintsException _ ->
              "the body is nested deeper than "
                  + MAX_DEPTH
                  + " levels, or has a name or number that is too long";
          case DatabindException _ -> "something follows the JSON object";
          case JacksonException _ -> "the body is not JSON, or names a field twice";
        };
    TokenStreamLocation at = e.getLocation();
    return at == null
        ? what
        : what + " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")";
  }
}
