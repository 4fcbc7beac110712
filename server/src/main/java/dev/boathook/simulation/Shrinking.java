package dev.boathook.simulation;

import java.util.ArrayList;
import java.util.List;

/** Makes a plan in which a promise is broken as short as it can. */
final class Shrinking {
  private Shrinking() {}

  /** The shortest plan found in which the same promise is broken. */
  static Plan shortest(Plan plan) {
    Promise promise = History.live(plan, false).broken();
    if (promise == null) {
      return plan;
    }
    Plan best = withoutEnd(plan, promise);
    boolean shorter = true;
    while (shorter) {
      shorter = false;
      for (int i = best.steps().size() - 1; i >= 0; i--) {
        List<Plan.Step> fewer = new ArrayList<>(best.steps());
        fewer.remove(i);
        Plan without = best.with(fewer);
        if (breaks(without, promise)) {
          best = without;
          shorter = true;
        }
      }
    }
    return best;
  }

  /** As many steps of the plan as are needed for those of the shorter one. */
  static int lastStep(Plan plan, Plan shorter) {
    return shorter.steps().isEmpty() ? 0 : plan.steps().lastIndexOf(shorter.steps().getLast()) + 1;
  }

  private static Plan withoutEnd(Plan plan, Promise promise) {
    int low = 0;
    int high = plan.steps().size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (breaks(plan.with(plan.steps().subList(0, middle)), promise)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    Plan cut = plan.with(plan.steps().subList(0, high));
    return breaks(cut, promise) ? cut : plan;
  }

  private static boolean breaks(Plan plan, Promise promise) {
    return History.live(plan, false).broken() == promise;
  }
}
