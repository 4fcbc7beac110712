package dev.boathook.signatures;

import java.util.List;

/** Markets and coins. */
final class Trading {
  private Trading() {}

  static List<ProviderEntry> entries() {
    return List.of();
  }
}
