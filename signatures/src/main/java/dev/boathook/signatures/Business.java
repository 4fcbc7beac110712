package dev.boathook.signatures;

import java.util.List;

/** Books, customers and stock. */
final class Business {
  private Business() {}

  static List<ProviderEntry> entries() {
    return List.of();
  }
}
