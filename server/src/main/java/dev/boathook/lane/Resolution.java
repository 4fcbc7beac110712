package dev.boathook.lane;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the engine decided after an attempt.
 *
 * @param delivery the delivery as it was before the attempt
 * @param attempts the tries made, this one included
 * @param state what becomes of it
 * @param dueAt when the next try is due; for a final state, the time of the decision
 * @param finishedAt the time of the decision for a final state, else null
 */
public record Resolution(
    Waiting delivery,
    int attempts,
    DeliveryState state,
    Instant dueAt,
    @Nullable Instant finishedAt) {
  /** Checks that it is a transition of the table. */
  public Resolution {
    if (!DeliveryState.WAITING.mayBecome(state) || state.isFinal() != (finishedAt != null)) {
      throw new IllegalArgumentException("waiting cannot become " + state + " at " + finishedAt);
    }
  }
}
