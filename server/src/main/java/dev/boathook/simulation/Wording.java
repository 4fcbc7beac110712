package dev.boathook.simulation;

import dev.boathook.lane.Leases;
import dev.boathook.lane.LoadedLane;
import dev.boathook.lane.Place;
import dev.boathook.lane.Resolution;
import dev.boathook.lane.Waiting;
import java.util.List;
import java.util.UUID;

/** Says long things shortly, and the same ones the same way in every process. */
final class Wording {
  private static final int FEW = 4;

  private Wording() {}

  /** The end of an id, in which the ids of a history differ. */
  static String of(UUID id) {
    return Long.toHexString(id.getLeastSignificantBits() & 0xffff_ffffL);
  }

  static String of(Waiting delivery) {
    Place place = delivery.place();
    return "%s to %s%s after %d tries, due %s"
        .formatted(
            of(delivery.deliveryId()),
            of(delivery.endpointId()),
            place == null ? "" : " at place %d of '%s'".formatted(place.number(), place.key()),
            delivery.attempts(),
            delivery.dueAt());
  }

  static String of(Resolution resolution) {
    return "%s %s after %d tries, due %s%s"
        .formatted(
            of(resolution.delivery().deliveryId()),
            resolution.state().code(),
            resolution.attempts(),
            resolution.dueAt(),
            resolution.haltsLane() ? ", which halts its lane" : "");
  }

  static String of(LoadedLane lane) {
    return "lane '%s' up to %d: %s".formatted(lane.key(), lane.lastNumber(), all(lane.items()));
  }

  static String all(List<Waiting> deliveries) {
    return deliveries.stream().map(Wording::of).toList().toString();
  }

  /** Of hundreds of shards the first few. */
  static String changes(List<Leases.Change> changes) {
    return changes.size() + " changes of shards: " + changes.stream().limit(FEW).toList();
  }
}
