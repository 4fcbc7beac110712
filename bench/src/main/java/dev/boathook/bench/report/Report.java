package dev.boathook.bench.report;

import java.util.List;

/** All that one run of the command found. */
public record Report(Machine machine, Conditions conditions, List<Outcome> outcomes) {
  public Report {
    outcomes = List.copyOf(outcomes);
  }

  /**
   * Whether every measurement came to its end and its counts add up. A goal that was missed is no
   * fault of the run.
   */
  public boolean isSound() {
    return outcomes.stream()
        .allMatch(outcome ->
            switch (outcome) {
              case Result result -> result.counts().isSound();
              case Failure _ -> false;
            });
  }
}
