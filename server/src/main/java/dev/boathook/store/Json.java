package dev.boathook.store;

import dev.boathook.signatures.Headers;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** How headers, lists and settings are written into text columns. */
public final class Json {
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final TypeReference<List<String>> STRINGS = new TypeReference<>() {};
  private static final TypeReference<Map<String, String>> STRING_MAP = new TypeReference<>() {};

  private Json() {}

  /** Headers as a flat array: name, value, name, value. */
  public static String of(Headers headers) {
    String[] flat = new String[headers.size() * 2];
    int i = 0;
    for (Headers.Line line : headers) {
      flat[i++] = line.name();
      flat[i++] = line.value();
    }
    return MAPPER.writeValueAsString(flat);
  }

  /** The headers that {@link #of(Headers)} wrote. */
  public static Headers headers(String json) {
    return Headers.of(MAPPER.readValue(json, String[].class));
  }

  /** A list of strings as an array. */
  public static String of(List<String> strings) {
    return MAPPER.writeValueAsString(strings);
  }

  /** The list that {@link #of(List)} wrote. */
  public static List<String> strings(String json) {
    return MAPPER.readValue(json, STRINGS);
  }

  /** Settings as an object. */
  public static String of(Map<String, String> settings) {
    return MAPPER.writeValueAsString(settings);
  }

  /** The settings that {@link #of(Map)} wrote. */
  public static Map<String, String> settings(String json) {
    return MAPPER.readValue(json, STRING_MAP);
  }
}
