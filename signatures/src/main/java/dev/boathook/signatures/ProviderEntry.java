package dev.boathook.signatures;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** One line of the catalogue: a name, and the definition that its settings lead to. */
record ProviderEntry(String name, Function<Map<String, String>, Definition> definition) {

  /** A provider without settings. */
  static ProviderEntry provider(String name, Supplier<Definition> definition) {
    Definition made = definition.get();
    return new ProviderEntry(
        name,
        settings -> {
          if (!settings.isEmpty()) {
            throw new InvalidSettings("provider '" + name + "' has no settings");
          }
          return made;
        });
  }

  /** A provider with settings. */
  static ProviderEntry configurable(String name, Function<Settings, Definition> definition) {
    return new ProviderEntry(
        name,
        texts -> {
          Settings settings = new Settings(name, texts);
          Definition made = definition.apply(settings);
          settings.done();
          return made;
        });
  }
}
