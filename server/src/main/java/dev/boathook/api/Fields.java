package dev.boathook.api;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The fields of a request's JSON object, each read with its limits. A field that is absent has the
 * value that the reader names; the first that is wrong ends the call.
 */
final class Fields {
  /** The longest name, in characters. */
  static final int MAX_NAME_CHARACTERS = 100;

  private static final int MAX_DECIMALS = 9;

  private final JsonNode object;

  private Fields(JsonNode object) {
    this.object = object;
  }

  static Fields of(byte[] body, Set<String> known) throws Refusal {
    JsonNode object = Json.read(body);
    for (String field : object.propertyNames()) {
      if (!known.contains(field)) {
        throw Problem.unknownField(field).refusal();
      }
    }
    return new Fields(object);
  }

  boolean has(String field) {
    return object.has(field);
  }

  /** Whether the field is there and is null. */
  boolean isNull(String field) {
    JsonNode value = object.get(field);
    return value != null && value.isNull();
  }

  /** Whether the field is there and is this text. */
  boolean isText(String field, String text) {
    JsonNode value = object.get(field);
    return value != null && value.isString() && value.stringValue().equals(text);
  }

  /** Whether the field is there and is a list. */
  boolean isList(String field) {
    JsonNode value = object.get(field);
    return value != null && value.isArray();
  }

  void require(String field) throws Refusal {
    if (!has(field)) {
      throw Problem.invalid(field, "is missing").refusal();
    }
  }

  /** A name for people: one line, not empty. */
  String name(String field) throws Refusal {
    return text(field, MAX_NAME_CHARACTERS);
  }

  /** A text without control characters, not empty. */
  String text(String field, int maxCharacters) throws Refusal {
    require(field);
    return text(field, object.get(field), maxCharacters);
  }

  private static String text(String field, JsonNode value, int maxCharacters) throws Refusal {
    if (!value.isString()) {
      throw Problem.invalid(field, "is not a text").refusal();
    }
    String text = value.stringValue();
    if (text.isEmpty() || text.length() > maxCharacters) {
      throw Problem.invalid(field, "has 1 to " + maxCharacters + " characters").refusal();
    }
    if (text.codePoints()
        .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
      throw Problem.invalid(field, "has a control character or half a surrogate pair").refusal();
    }
    return text;
  }

  boolean flag(String field, boolean absent) throws Refusal {
    if (!has(field)) {
      return absent;
    }
    JsonNode value = object.get(field);
    if (!value.isBoolean()) {
      throw Problem.invalid(field, "is not true or false").refusal();
    }
    return value.booleanValue();
  }

  int integer(String field, int min, int max, int absent) throws Refusal {
    if (!has(field)) {
      return absent;
    }
    JsonNode value = object.get(field);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < min
        || value.intValue() > max) {
      throw Problem.invalid(field, "is a whole number from " + min + " to " + max).refusal();
    }
    return value.intValue();
  }

  /** Whole seconds, at least one. */
  Duration wholeSeconds(String field, Duration max, Duration absent) throws Refusal {
    return Duration.ofSeconds(integer(field, 1, (int) max.toSeconds(), (int) absent.toSeconds()));
  }

  /** Seconds with at most three decimals. */
  Duration seconds(String field, Duration min, Duration max, Duration absent) throws Refusal {
    return has(field) ? seconds(field, object.get(field), min, max) : absent;
  }

  /** A list of seconds with at most three decimals. */
  List<Duration> secondsList(String field, int maxItems, Duration max, List<Duration> absent)
      throws Refusal {
    if (!has(field)) {
      return absent;
    }
    List<Duration> list = new ArrayList<>();
    for (JsonNode value : items(field, maxItems)) {
      list.add(seconds(field, value, Duration.ZERO, max));
    }
    return list;
  }

  private static Duration seconds(String field, JsonNode value, Duration min, Duration max)
      throws Refusal {
    BigDecimal most = BigDecimal.valueOf(max.toMillis(), 3);
    BigDecimal least = BigDecimal.valueOf(min.toMillis(), 3);
    // The scale is bounded before anything is computed: 1e-999999999 is a number too.
    if (!value.isNumber()
        || value.decimalValue().scale() > MAX_DECIMALS
        || value.decimalValue().compareTo(least) < 0
        || value.decimalValue().compareTo(most) > 0) {
      throw Problem.invalid(field, "is " + plain(least) + " to " + plain(most) + " seconds")
          .refusal();
    }
    BigDecimal millis = value.decimalValue().setScale(3, RoundingMode.HALF_UP).movePointRight(3);
    return Duration.ofMillis(Math.max(millis.longValueExact(), min.toMillis()));
  }

  private static String plain(BigDecimal seconds) {
    return seconds.stripTrailingZeros().toPlainString();
  }

  /** A list of one or more texts. */
  List<String> texts(String field, int maxItems, int maxCharacters) throws Refusal {
    require(field);
    List<String> list = new ArrayList<>();
    for (JsonNode value : items(field, maxItems)) {
      list.add(text(field, value, maxCharacters));
    }
    if (list.isEmpty()) {
      throw Problem.invalid(field, "is empty").refusal();
    }
    return list;
  }

  /** A list of texts that may be empty. */
  List<String> textsOrNone(String field, int maxItems, int maxCharacters) throws Refusal {
    return items(field, maxItems).isEmpty() ? List.of() : texts(field, maxItems, maxCharacters);
  }

  private JsonNode items(String field, int maxItems) throws Refusal {
    JsonNode value = object.get(field);
    if (!value.isArray() || value.size() > maxItems) {
      throw Problem.invalid(field, "is a list of at most " + maxItems).refusal();
    }
    return value;
  }

  /** An object of texts. */
  Map<String, String> textMap(
      String field, int maxItems, int maxCharacters, Map<String, String> absent) throws Refusal {
    if (!has(field)) {
      return absent;
    }
    JsonNode value = object.get(field);
    if (!value.isObject() || value.size() > maxItems) {
      throw Problem.invalid(field, "is an object of at most " + maxItems + " texts").refusal();
    }
    Map<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      map.put(entry.getKey(), text(field + "." + entry.getKey(), entry.getValue(), maxCharacters));
    }
    return map;
  }

  /** A name, or null when the field is null. */
  @Nullable String nameOrNull(String field, @Nullable String absent) throws Refusal {
    if (!has(field)) {
      return absent;
    }
    return isNull(field) ? null : name(field);
  }
}
