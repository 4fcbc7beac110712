package dev.boathook.signatures;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All providers. A definition reads like the provider's own documentation; a new provider is one
 * more method in the class of its group, a line in that class's entries, its vectors, its samples
 * and its page in the documentation.
 */
final class Catalogue {
  private Catalogue() {}

  static final Map<String, ProviderEntry> BY_NAME =
      Stream.of(
              Payments.entries(),
              Commerce.entries(),
              Logistics.entries(),
              Communication.entries(),
              Trading.entries(),
              Development.entries(),
              Business.entries(),
              Office.entries(),
              Generic.entries())
          .flatMap(List::stream)
          .collect(Collectors.toUnmodifiableMap(ProviderEntry::name, Function.identity()));

  /** The names of all providers, in alphabetical order. */
  static final List<String> NAMES = BY_NAME.keySet().stream().sorted().toList();
}
