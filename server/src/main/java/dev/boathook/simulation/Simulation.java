package dev.boathook.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Lives histories, and makes the one that breaks a promise as short as it can. */
public final class Simulation {
  private Simulation() {}

  /** Lives one seed; answers what is broken in it, or an empty text. For tests. */
  public static String broken(long seed) {
    History.Result result = History.live(Plan.of(seed, Integer.MAX_VALUE), false);
    return result.broken() == null ? "" : result.broken().words() + ": " + result.how();
  }

  /** The shortest plan found in which the same promise is broken. */
  static Plan shortest(Plan plan) {
    Promise promise = Objects.requireNonNull(History.live(plan, false).broken());
    Plan best = plan;
    // First without its end, then without what is not needed on the way.
    int low = 0;
    int high = plan.steps().size();
    while (low < high) {
      int middle = (low + high) / 2;
      if (breaks(plan.with(plan.steps().subList(0, middle)), promise)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    Plan cut = plan.with(plan.steps().subList(0, high));
    if (breaks(cut, promise)) {
      best = cut;
    }
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

  private static boolean breaks(Plan plan, Promise promise) {
    return History.live(plan, false).broken() == promise;
  }

  public static void main(String[] args) {
    long from = Long.parseLong(args[0]);
    int n = Integer.parseInt(args[1]);
    long t = System.nanoTime();
    java.util.Map<String, Integer> kinds = new java.util.TreeMap<>();
    long ev = 0, at = 0, virt = 0;
    for (long seed = from; seed < from + n; seed++) {
      History.Result r = History.live(Plan.of(seed, Integer.MAX_VALUE), false);
      ev += r.events();
      at += r.attempts();
      virt += r.nanos();
      if (r.broken() != null) {
        if (kinds.merge(r.broken().name(), 1, Integer::sum) == 1) {
          Plan p = shortest(Plan.of(seed, Integer.MAX_VALUE));
          History.Result s = History.live(p, true);
          System.out.println("SEED " + seed + " " + s.broken() + " " + s.how());
          if (args.length > 2) {
            System.out.println(s.diary());
          }
          for (Plan.Step step : p.steps()) System.out.println("   " + step);
        }
      }
    }
    System.out.println(
        kinds + " events " + ev + " attempts " + at + " virtual s " + virt / 1e9
            + " wall s " + (System.nanoTime() - t) / 1e9);
  }
}
