package dev.boathook.signatures;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The providers known by name. */
public final class Providers {
  private Providers() {}

  /** The names of all providers, in alphabetical order. */
  public static List<String> all() {
    return Catalogue.NAMES;
  }

  /**
   * The provider of this name, with its settings as they are by default.
   *
   * @throws IllegalArgumentException if there is no such provider; the message names those that are
   *     alike
   * @throws InvalidSettings if the provider cannot be used without settings
   */
  public static Provider named(String name) {
    return named(name, Map.of());
  }

  /**
   * The provider of this name with settings of its own.
   *
   * @param settings only for configurable providers; docs/providers names them
   * @throws IllegalArgumentException if there is no such provider; the message names those that are
   *     alike
   * @throws InvalidSettings if a setting is missing, unknown or wrong
   */
  public static Provider named(String name, Map<String, String> settings) {
    return entry(name).definition().apply(settings);
  }

  /**
   * The provider of this name with settings made up where it cannot be without, so that it can be
   * described. Not for verifying.
   *
   * @throws IllegalArgumentException if there is no such provider
   */
  public static Provider described(String name) {
    ProviderEntry entry = entry(name);
    return entry.definition().apply(entry.example());
  }

  private static ProviderEntry entry(String name) {
    ProviderEntry entry = Catalogue.BY_NAME.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no provider '" + name + "'; " + alike(name));
    }
    return entry;
  }

  /** All names would be too many to read. */
  private static String alike(String name) {
    String initial = name.isEmpty() ? "" : name.substring(0, 1).toLowerCase(Locale.ROOT);
    List<String> alike =
        Catalogue.NAMES.stream().filter(other -> other.startsWith(initial)).toList();
    return name.isEmpty() || alike.isEmpty()
        ? "there are " + Catalogue.NAMES.size() + ", and none begins so"
        : "those with '" + initial + "' are " + String.join(", ", alike);
  }
}
