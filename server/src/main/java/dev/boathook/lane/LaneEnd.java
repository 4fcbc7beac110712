package dev.boathook.lane;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where a lane ends, after something was put into it.
 *
 * @param lastNumber the last place in it
 * @param doneNumber up to which place all have come to their end
 * @param halted whether it stands still behind a dead delivery
 */
public record LaneEnd(long lastNumber, long doneNumber, boolean halted) {
  /**
   * Deliveries at the places that their commit has given them: the last ones of each lane, in the
   * order of the deliveries.
   *
   * @param deliveries what was put in, in the order of their ids
   * @param ends of every lane that one of them is in
   */
  public static List<Engine.Committed> placed(List<Waiting> deliveries, Map<LaneId, LaneEnd> ends) {
    Map<LaneId, Integer> left = new HashMap<>();
    for (Waiting delivery : deliveries) {
      Place place = delivery.place();
      if (place != null) {
        left.merge(new LaneId(delivery.endpointId(), place.key()), 1, Integer::sum);
      }
    }
    List<Engine.Committed> placed = new ArrayList<>(deliveries.size());
    for (Waiting delivery : deliveries) {
      Place place = delivery.place();
      if (place == null) {
        placed.add(new Engine.Committed(delivery, true));
        continue;
      }
      LaneId lane = new LaneId(delivery.endpointId(), place.key());
      LaneEnd end = Objects.requireNonNull(ends.get(lane), "a lane was not given back");
      long number = end.lastNumber - left.merge(lane, -1, Integer::sum);
      boolean first = end.doneNumber == number - 1 && !end.halted;
      placed.add(new Engine.Committed(delivery.at(new Place(place.key(), number)), first));
    }
    return placed;
  }
}
