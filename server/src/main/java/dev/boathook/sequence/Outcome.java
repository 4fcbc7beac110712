package dev.boathook.sequence;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * What became of the events of a transaction.
 *
 * @param queues where deliveries are due, and when
 * @param held how many events wait
 * @param gaps how many gaps were found
 * @param late how many events came too late
 */
public record Outcome(Set<Queue> queues, int held, int gaps, int late) {
  /** Keeps a copy. */
  public Outcome {
    queues = Set.copyOf(queues);
  }

  /**
   * What an endpoint has to do.
   *
   * @param endpointId whose
   * @param inLanes whether it is in lanes or unordered
   * @param due when, at the earliest
   */
  public record Queue(UUID endpointId, boolean inLanes, Instant due) {}
}
