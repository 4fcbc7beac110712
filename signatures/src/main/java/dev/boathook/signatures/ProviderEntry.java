package dev.boathook.signatures;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One line of the catalogue: a name, and the definition that its settings lead to.
 *
 * @param example settings made up, where the provider cannot be without
 */
record ProviderEntry(
    String name,
    Map<String, String> example,
    Function<Map<String, String>, Definition> definition) {

  /** A provider without settings. */
  static ProviderEntry provider(String name, Supplier<Definition> definition) {
    Definition made = definition.get();
    return new ProviderEntry(
        name,
        Map.of(),
        settings -> {
          if (!settings.isEmpty()) {
            throw new InvalidSettings("provider '" + name + "' has no settings");
          }
          return made;
        });
  }

  /** A provider with settings, all of which may be left out. */
  static ProviderEntry configurable(String name, Function<Settings, Definition> definition) {
    return configurable(name, Map.of(), definition);
  }

  /** A provider that needs settings such as these. */
  static ProviderEntry configurable(
      String name, Map<String, String> example, Function<Settings, Definition> definition) {
    return new ProviderEntry(
        name,
        example,
        texts -> {
          Settings settings = new Settings(name, texts);
          Definition made = definition.apply(settings);
          settings.done();
          return made;
        });
  }
}
