package dev.boathook.simulation;

import dev.boathook.lane.Leases;
import java.util.List;

/** Says long things shortly. */
final class Wording {
  private Wording() {}

  /** Of hundreds of shards the first few. */
  static String of(List<Leases.Change> changes) {
    return changes.size() + " changes of shards: " + changes.stream().limit(4).toList();
  }
}
