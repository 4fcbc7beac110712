package dev.boathook.bench;

import dev.boathook.bench.report.Conditions;
import java.time.Duration;

/** Lets sides take turns, A B A B, so that what disturbs the machine disturbs them alike. */
public final class Rounds {
  /**
   * Java compiles what it has seen run often; before that is over, a third of its time goes there.
   */
  private static final Duration WARM_UP = Duration.ofSeconds(20);

  private Rounds() {}

  /**
   * Runs a longer round whose figures are thrown away, and then the rounds that count.
   *
   * @param sides in the order of their turns; one is under load at a time
   */
  public static void run(Conditions conditions, Site site, Side<?>... sides) throws Exception {
    Duration warmUp = conditions.smoke() ? conditions.length() : WARM_UP;
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
