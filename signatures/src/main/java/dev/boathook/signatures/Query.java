package dev.boathook.signatures;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the query of a URL, whose parameters are written as in a form. */
final class Query {
  private Query() {}

  /** What follows the first {@code ?}, without a fragment; empty if there is none. */
  static String of(String url) {
    int hash = url.indexOf('#');
    String whole = hash < 0 ? url : url.substring(0, hash);
    int mark = whole.indexOf('?');
    return mark < 0 ? "" : whole.substring(mark + 1);
  }

  /**
   * The decoded value of a parameter, or null if it is not there, is empty, is badly escaped, or
   * occurs more than once.
   */
  static @Nullable String single(String url, String name) {
    String found = null;
    for (String parameter : of(url).split("&", -1)) {
      int equals = parameter.indexOf('=');
      String key = equals < 0 ? parameter : parameter.substring(0, equals);
      if (!name.equals(decoded(key))) {
        continue;
      }
      if (found != null || equals < 0) {
        return null;
      }
      found = decoded(parameter.substring(equals + 1));
    }
    return found == null || found.isEmpty() ? null : found;
  }

  /** Whether there is a parameter of this name, with or without a value. */
  static boolean holds(String url, String name) {
    for (String parameter : of(url).split("&", -1)) {
      if (name.equals(decoded(parameter.split("=", 2)[0]))) {
        return true;
      }
    }
    return false;
  }

  /**
   * What {@link #of} answers, without the parameters of these names; the others stay as written.
   */
  static String without(String url, Set<String> names) {
    return Arrays.stream(of(url).split("&", -1))
        .filter(parameter -> {
          String name = decoded(parameter.split("=", 2)[0]);
          return name == null || !names.contains(name);
        })
        .collect(Collectors.joining("&"));
  }

  /** The URL with one more parameter. */
  static String plus(String url, String name, String value) {
    return url
        + (url.indexOf('?') < 0 ? "?" : "&")
        + name
        + "="
        + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /**
   * A text without its escapes.
   *
   * @throws IllegalArgumentException if they are malformed
   */
  static String unescaped(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static @Nullable String decoded(String text) {
    try {
      return unescaped(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
