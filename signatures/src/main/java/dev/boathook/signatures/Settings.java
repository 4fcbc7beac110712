package dev.boathook.signatures;

import static java.util.stream.Collectors.joining;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The settings of one source of a configurable provider, read one by one. */
final class Settings {

  /** The longest value, in characters. */
  private static final int MAX_LENGTH = 4096;

  private final String provider;

  /** The settings not yet used: what is left in the end is unknown. */
  private final Map<String, String> left;

  Settings(String provider, Map<String, String> settings) {
    this.provider = provider;
    settings.forEach((name, value) -> {
      if (value.length() > MAX_LENGTH) {
        throw invalid(name, "has more than " + MAX_LENGTH + " characters");
      }
    });
    this.left = new TreeMap<>(settings);
  }

  /** The text, or null if it is not set. */
  @Nullable String text(String name) {
    return left.remove(name);
  }

  /** The text, or this one if it is not set. */
  String text(String name, String usual) {
    String text = text(name);
    return text == null ? usual : text;
  }

  /** The text, which must be set. */
  String required(String name, String what) {
    String text = text(name);
    if (text == null) {
      throw new InvalidSettings(provider + " needs the setting '" + name + "': " + what);
    }
    return text;
  }

  /** Whether a setting that is still to be read is there. */
  boolean isSet(String name) {
    return left.containsKey(name);
  }

  /** Whether a setting that is still to be read has this value. */
  boolean is(String name, String value) {
    return value.equals(left.get(name));
  }

  /** Whether a setting that is still to be read is set to a place. */
  boolean isPlace(String name) {
    return left.containsKey(name) && !is(name, "none");
  }

  /** The name of a header, which must be set. */
  String requiredHeaderName(String name, String what) {
    return checkedHeaderName(name, required(name, what));
  }

  /** The name of a header, or null if it is not set. */
  @Nullable String headerName(String name) {
    String header = text(name);
    return header == null ? null : checkedHeaderName(name, header);
  }

  /** The name of a header, or this one if it is not set. */
  String headerName(String name, String usual) {
    String header = headerName(name);
    return header == null ? usual : header;
  }

  /** One of several. */
  <T> T choice(String name, Map<String, T> choices, String usual) {
    T chosen = choices.get(text(name, usual));
    if (chosen == null) {
      throw invalid(name, "is none of " + quoted(choices));
    }
    return chosen;
  }

  /** {@code true} or {@code false}. */
  boolean flag(String name, boolean usual) {
    return choice(name, Map.of("true", true, "false", false), Boolean.toString(usual));
  }

  /** A whole number within bounds. */
  long number(String name, long min, long max, long usual) {
    String text = text(name);
    if (text == null) {
      return usual;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw invalid(name, "is not a number from " + min + " to " + max);
  }

  /**
   * The public keys of a provider, so that none are fetched, as {@link PemKeys#publicKeys}, at most
   * {@value Algorithm#MAX_ASYMMETRIC_SIGNATURES}; none if the setting is not there.
   */
  List<PublicKey> publicKeys(String name, PemKeys.Kind kind) {
    String pem = text(name);
    if (pem == null) {
      return List.of();
    }
    try {
      List<PublicKey> keys = List.copyOf(PemKeys.publicKeys(pem, kind));
      if (keys.size() > Algorithm.MAX_ASYMMETRIC_SIGNATURES) {
        throw invalid(name, "holds more than " + Algorithm.MAX_ASYMMETRIC_SIGNATURES + " keys");
      }
      return keys;
    } catch (InvalidSecret e) {
      throw invalid(name, String.valueOf(e.getMessage()));
    }
  }

  /** The same for an algorithm; null if the setting is not there. */
  @Nullable PublishedKeys pinnedKeys(String name, PublicKeyAlgorithm algorithm) {
    List<PublicKey> keys = publicKeys(name, algorithm.kind());
    return keys.isEmpty() ? null : PublishedKeys.pinned(algorithm, keys);
  }

  /** Certificates in PEM; none if the setting is not there. */
  List<X509Certificate> certificates(String name) {
    String pem = text(name);
    try {
      return pem == null ? List.of() : PemKeys.certificates(pem);
    } catch (InvalidSecret e) {
      throw invalid(name, String.valueOf(e.getMessage()));
    }
  }

  /** Where something stands, or the usual place if it is not set. */
  Field field(String name, Field usual) {
    String place = text(name);
    return place == null ? usual : field(name, place);
  }

  /** Several places, separated by commas; none if it is not set. */
  List<Field> fields(String name) {
    String places = text(name);
    if (places == null) {
      return List.of();
    }
    List<Field> fields = new ArrayList<>();
    for (String place : places.split(",", -1)) {
      fields.add(field(name, place.strip()));
    }
    return fields;
  }

  private Field field(String name, String place) {
    if (place.equals("none")) {
      return Field.nowhere();
    }
    Field field = Field.parse(place);
    if (field == null) {
      throw invalid(name, "is not header:NAME, json:/pointer, form:FIELD, query:NAME or none");
    }
    return field;
  }

  private String checkedHeaderName(String setting, String header) {
    if (header.isEmpty() || !Ascii.isVisible(header) || header.contains(":")) {
      throw invalid(setting, "is not the name of a header");
    }
    return header;
  }

  /** A JSON pointer, or null if it is not set. */
  @Nullable String pointer(String name) {
    String pointer = text(name);
    if (pointer != null && (!pointer.startsWith("/") || !Ascii.isPrintable(pointer))) {
      throw invalid(name, "is no JSON pointer, as /token");
    }
    return pointer;
  }

  /** What is wrong with a setting, in words that follow its name. */
  InvalidSettings invalid(String name, String problem) {
    return new InvalidSettings("%s setting '%s' %s".formatted(provider, name, problem));
  }

  /** Throws unless every setting was used. */
  void done() {
    if (!left.isEmpty()) {
      throw new InvalidSettings(provider + " has no setting " + quoted(left));
    }
  }

  private static String quoted(Map<String, ?> named) {
    return named.keySet().stream().sorted().map(name -> "'" + name + "'").collect(joining(", "));
  }
}
