package dev.boathook.bench;

import dev.boathook.bench.report.Conditions;
import java.time.Duration;

/** Lets sides take turns, A B A B, so that what disturbs the machine disturbs them alike. */
public final class Rounds {
  /** The warm-up is so many times as long as a turn: Java compiles what it has seen run often. */
  private static final int WARM_UP_FACTOR = 2;

  private Rounds() {}

  /**
   * Runs a round whose figures are thrown away, and then the rounds that count.
   *
   * @param sides in the order of their turns; one is under load at a time
   */
  public static void run(Conditions conditions, Site site, Side<?>... sides) throws Exception {
    Duration warmUp = conditions.length().multipliedBy(WARM_UP_FACTOR);
    for (Side<?> side : sides) {
      site.say("warming up " + side.name());
      side.warmUp(warmUp);
    }
    for (int round = 1; round <= conditions.rounds(); round++) {
      for (Side<?> side : sides) {
        site.say("round %d of %d, %s".formatted(round, conditions.rounds(), side.name()));
        side.take(conditions.length());
      }
    }
  }
}
