package dev.boathook.lane;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the engine decided after an attempt.
 *
 * @param delivery the delivery as it was before the attempt
 * @param epoch of the shard under which the attempt was begun; what is written under another is not
 * @param attempts the tries made, this one included
 * @param state what becomes of it
 * @param dueAt when the next try is due; for a final state, the time of the decision
 * @param finishedAt the time of the decision for a final state, else null
 * @param haltsLane whether its lane stops behind it
 * @param supersedes whether only the newest of its lane is wanted: at its end, what waits before it
 *     is cancelled
 * @param disables why its endpoint is to be disabled, as far as was known then; null when it is not
 */
public record Resolution(
    Waiting delivery,
    long epoch,
    int attempts,
    DeliveryState state,
    Instant dueAt,
    @Nullable Instant finishedAt,
    boolean haltsLane,
    boolean supersedes,
    @Nullable DisableCause disables) {
  /** Checks that it is a transition of the table. */
  public Resolution {
    if (!DeliveryState.WAITING.mayBecome(state) || state.isFinal() != (finishedAt != null)) {
      throw new IllegalArgumentException("waiting cannot become " + state + " at " + finishedAt);
    }
    if ((haltsLane && !state.isFinal())
        || ((haltsLane || supersedes) && delivery.place() == null)) {
      throw new IllegalArgumentException("only what comes to its end in a lane halts the lane");
    }
  }

  /** What became of the writing of a resolution. */
  public enum Written {
    /** The delivery is now as the resolution says. */
    MOVED,
    /**
     * The delivery was not as it was before the attempt: somebody else finished it, or an earlier
     * writing of the same was committed although its answer was lost.
     */
    UNMOVED,
    /** Nothing was written: the shard is held by another, or was meanwhile. */
    FENCED
  }
}
