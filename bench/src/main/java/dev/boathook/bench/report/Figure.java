package dev.boathook.bench.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was measured.
 *
 * @param name its stable name in the JSON output, such as {@code accept.throughput}
 * @param label what a person reads
 * @param value the median over the rounds
 * @param floor the median of what it is compared with in the same rounds; null when there is none
 * @param ratio the median of the rounds' ratios of value to floor; null when there is none
 * @param goals what it is to be; empty when it is only told
 */
public record Figure(
    String name,
    String label,
    Unit unit,
    double value,
    @Nullable Double floor,
    @Nullable Double ratio,
    List<Goal> goals) {
  public Figure {
    goals = List.copyOf(goals);
    if (!Double.isFinite(value)
        || (floor != null && !Double.isFinite(floor))
        || (ratio != null && !Double.isFinite(ratio))) {
      throw new IllegalArgumentException(
          "%s is no number: %s, against %s".formatted(name, value, floor));
    }
    boolean boundsRatio = goals.stream().anyMatch(goal -> goal.kind() != Goal.Kind.VALUE_AT_MOST);
    if (boundsRatio && ratio == null) {
      throw new IllegalArgumentException(name + " has no ratio that could be bounded");
    }
  }

  /** Whether it is what this one of its goals says. */
  public boolean reaches(Goal goal) {
    return switch (goal.kind()) {
      case RATIO_AT_LEAST -> ratio != null && ratio >= goal.bound();
      case RATIO_AT_MOST -> ratio != null && ratio <= goal.bound();
      case VALUE_AT_MOST -> value <= goal.bound();
    };
  }
}
