package dev.boathook.api;

import dev.boathook.address.Cidr;
import dev.boathook.store.Text;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private static final int MAX_NET_CHARACTERS = 50;

  private final JsonNode object;
  private final String prefix;

  private Fields(JsonNode object, String prefix) {
    this.object = object;
    this.prefix = prefix;
  }

  static Fields of(byte[] body, Set<String> known) throws Refusal {
    return of(Json.read(body), "", known);
  }

  private static Fields of(JsonNode object, String prefix, Set<String> known) throws Refusal {
    for (String field : object.propertyNames()) {
      if (!known.contains(field)) {
        throw Problem.unknownField(prefix + field).refusal();
      }
    }
    return new Fields(object, prefix);
  }

  /** What is wrong with a field of this object. */
  Refusal wrong(String field, String message) {
    return Problem.invalid(prefix + field, message).refusal();
  }

  /** What is wrong with a field of this object, in the words of whoever could not use it. */
  Refusal wrong(String field, IllegalArgumentException e) {
    return wrong(field, String.valueOf(e.getMessage()));
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
      throw wrong(field, "is missing");
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

  private String text(String field, JsonNode value, int maxCharacters) throws Refusal {
    if (!value.isString()) {
      throw wrong(field, "is not a text");
    }
    String text = value.stringValue();
    if (text.isEmpty() || text.length() > maxCharacters) {
      throw wrong(field, "has 1 to " + maxCharacters + " characters");
    }
    if (text.codePoints()
        .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
      throw wrong(field, "has a control character or half a surrogate pair");
    }
    return text;
  }

  boolean flag(String field, boolean absent) throws Refusal {
    if (!has(field)) {
      return absent;
    }
    JsonNode value = object.get(field);
    if (!value.isBoolean()) {
      throw wrong(field, "is not true or false");
    }
    return value.booleanValue();
  }

  int integer(String field, int min, int max, int absent) throws Refusal {
    return Math.toIntExact(wholeNumber(field, min, max, absent));
  }

  long wholeNumber(String field, long min, long max, long absent) throws Refusal {
    if (!has(field)) {
      return absent;
    }
    JsonNode value = object.get(field);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < min
        || value.longValue() > max) {
      throw wrong(field, "is a whole number from " + min + " to " + max);
    }
    return value.longValue();
  }

  /** A number with at most nine decimals. */
  double number(String field, double min, double max, double absent) throws Refusal {
    if (!has(field)) {
      return absent;
    }
    BigDecimal least = BigDecimal.valueOf(min);
    BigDecimal most = BigDecimal.valueOf(max);
    JsonNode value = object.get(field);
    if (!isBetween(value, least, most)) {
      throw wrong(field, "is " + plain(least) + " to " + plain(most));
    }
    return value.decimalValue().doubleValue();
  }

  /** Whole seconds, at least one. */
  Duration wholeSeconds(String field, Duration max, Duration absent) throws Refusal {
    return Duration.ofSeconds(integer(field, 1, (int) max.toSeconds(), (int) absent.toSeconds()));
  }

  /** Seconds with at most three decimals. */
  Duration seconds(String field, Duration min, Duration max, Duration absent) throws Refusal {
    return has(field) ? seconds(field, object.get(field), min, max) : absent;
  }

  /** Seconds with at most three decimals, or null when the field is null. */
  @Nullable Duration secondsOrNull(
      String field, Duration min, Duration max, @Nullable Duration absent) throws Refusal {
    if (!has(field)) {
      return absent;
    }
    return isNull(field) ? null : seconds(field, object.get(field), min, max);
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

  private Duration seconds(String field, JsonNode value, Duration min, Duration max)
      throws Refusal {
    BigDecimal most = BigDecimal.valueOf(max.toMillis(), 3);
    BigDecimal least = BigDecimal.valueOf(min.toMillis(), 3);
    if (!isBetween(value, least, most)) {
      throw wrong(field, "is " + plain(least) + " to " + plain(most) + " seconds");
    }
    BigDecimal millis = value.decimalValue().setScale(3, RoundingMode.HALF_UP).movePointRight(3);
    return Duration.ofMillis(Math.max(millis.longValueExact(), min.toMillis()));
  }

  private static boolean isBetween(JsonNode value, BigDecimal least, BigDecimal most) {
    // The scale is bounded before anything is computed: 1e-999999999 is a number too.
    return value.isNumber()
        && value.decimalValue().scale() <= MAX_DECIMALS
        && value.decimalValue().compareTo(least) >= 0
        && value.decimalValue().compareTo(most) <= 0;
  }

  private static String plain(BigDecimal number) {
    return number.stripTrailingZeros().toPlainString();
  }

  /** A list of one or more texts. */
  List<String> texts(String field, int maxItems, int maxCharacters) throws Refusal {
    require(field);
    List<String> list = new ArrayList<>();
    for (JsonNode value : items(field, maxItems)) {
      list.add(text(field, value, maxCharacters));
    }
    if (list.isEmpty()) {
      throw wrong(field, "is empty");
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
      throw wrong(field, "is a list of at most " + maxItems);
    }
    return value;
  }

  /** An object of texts, each as {@link #lines(String, int)}. */
  Map<String, String> textMap(String field, int maxItems, int maxCharacters) throws Refusal {
    return textMap(field, maxItems, maxCharacters, false);
  }

  /** The settings of a provider: an object of texts, where a number and a flag are texts too. */
  Map<String, String> settings(
      String field, int maxItems, int maxCharacters, Map<String, String> absent) throws Refusal {
    return has(field) ? textMap(field, maxItems, maxCharacters, true) : absent;
  }

  private Map<String, String> textMap(
      String field, int maxItems, int maxCharacters, boolean plainValues) throws Refusal {
    require(field);
    JsonNode value = object.get(field);
    if (!value.isObject() || value.size() > maxItems) {
      throw wrong(field, "is an object of at most " + maxItems + " texts");
    }
    Map<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      JsonNode item = entry.getValue();
      map.put(
          entry.getKey(),
          plainValues && (item.isNumber() || item.isBoolean())
              ? item.asString()
              : lines(field + "." + entry.getKey(), item, maxCharacters));
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

  /** A text, or null when the field is null. */
  @Nullable String textOrNull(String field, int maxCharacters, @Nullable String absent)
      throws Refusal {
    if (!has(field)) {
      return absent;
    }
    return isNull(field) ? null : text(field, maxCharacters);
  }

  /** A text of any characters that can be stored, lines too; may be empty. */
  String lines(String field, int maxCharacters) throws Refusal {
    require(field);
    return lines(field, object.get(field), maxCharacters);
  }

  /** A list of such texts; may be empty. */
  List<String> linesOrNone(String field, int maxItems, int maxCharacters) throws Refusal {
    List<String> list = new ArrayList<>();
    for (JsonNode value : items(field, maxItems)) {
      list.add(lines(field, value, maxCharacters));
    }
    return list;
  }

  private String lines(String field, JsonNode value, int maxCharacters) throws Refusal {
    if (!value.isString() || value.stringValue().length() > maxCharacters) {
      throw wrong(field, "is a text of at most " + maxCharacters + " characters");
    }
    String text = value.stringValue();
    if (!Text.storable(text).equals(text)) {
      throw wrong(field, "has a NUL or half a surrogate pair");
    }
    return text;
  }

  /** A list of ranges of addresses; may be empty. */
  List<Cidr> nets(String field, int maxItems, List<Cidr> absent) throws Refusal {
    if (!has(field)) {
      return absent;
    }
    List<Cidr> nets = new ArrayList<>();
    for (String text : textsOrNone(field, maxItems, MAX_NET_CHARACTERS)) {
      try {
        nets.add(Cidr.parse(text));
      } catch (IllegalArgumentException e) {
        throw wrong(field, e);
      }
    }
    return nets;
  }

  /** A time of RFC 3339; null when it is absent or null. */
  @Nullable Instant time(String field) throws Refusal {
    if (!has(field) || isNull(field)) {
      return null;
    }
    JsonNode value = object.get(field);
    return (value.isString() ? Times.parse(value.stringValue()) : Optional.<Instant>empty())
        .orElseThrow(() -> wrong(field, Times.EXPECTED));
  }

  /** An object with some of these fields; null when it is null. */
  @Nullable Fields objectOrNull(String field, Set<String> known) throws Refusal {
    return isNull(field) ? null : object(field, known);
  }

  /** An object with some of these fields. */
  Fields object(String field, Set<String> known) throws Refusal {
    require(field);
    return object(field, object.get(field), known);
  }

  /** A list of objects, each with some of these fields; may be empty. */
  List<Fields> objects(String field, int maxItems, Set<String> known) throws Refusal {
    List<Fields> list = new ArrayList<>();
    for (JsonNode value : items(field, maxItems)) {
      list.add(object(field + "[" + list.size() + "]", value, known));
    }
    return list;
  }

  private Fields object(String field, JsonNode value, Set<String> known) throws Refusal {
    if (!value.isObject()) {
      throw wrong(field, "is not an object");
    }
    return of(value, prefix + field + ".", known);
  }
}
