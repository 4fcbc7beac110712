package dev.boathook.lane;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A delivery that the engine knows, and where it is. */
final class Held {
  final UUID deliveryId;
  final @Nullable Lane lane;
  Stage stage;

  /** Called off while it was busy or being committed: not to be taken up again. */
  boolean withdrawn;

  /** Was read from the store while it was being committed, perhaps with others behind it. */
  boolean followed;

  private @Nullable Waiting delivery;

  Held(UUID deliveryId, @Nullable Lane lane, @Nullable Waiting delivery, Stage stage) {
    this.deliveryId = deliveryId;
    this.lane = lane;
    this.delivery = delivery;
    this.stage = stage;
  }

  enum Stage {
    /** About to be committed. */
    RESERVED,
    /** Due, and the first of its lane if it has one. */
    READY,
    /** Due later, and the first of its lane if it has one. */
    LATER,
    /** Behind another in its lane. */
    BEHIND,
    /** Being tried, or the outcome is being recorded. */
    BUSY,
    /** Known no more; may still stand in a row that it left. */
    GONE
  }

  Waiting delivery() {
    if (delivery == null) {
      throw new IllegalStateException("a reserved delivery is not committed yet");
    }
    return delivery;
  }

  void become(Waiting next) {
    delivery = next;
  }

  /** What its body takes in memory. */
  int bytes() {
    return delivery == null || stage == Stage.BUSY ? 0 : delivery.heldBytes();
  }

  long number() {
    Place place = delivery().place();
    return place == null ? 0 : place.number();
  }
}
