package dev.boathook.lane;

import org.jspecify.annotations.Nullable;

/**
 * A delivery's place in its lane.
 *
 * @param key the lane's ordering key; empty for the events without one
 * @param number rises in the order in which deliveries were put into the lane
 */
public record Place(String key, long number) {
  /**
   * The lane of this ordering key, or of the events without one; the place in it is yet to come.
   */
  public static Place in(@Nullable String orderingKey) {
    return new Place(orderingKey == null ? "" : orderingKey, 0);
  }
}
