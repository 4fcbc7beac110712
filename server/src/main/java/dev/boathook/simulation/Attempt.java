package dev.boathook.simulation;

import dev.boathook.lane.Effect;
import dev.boathook.lane.LaneId;
import dev.boathook.lane.Place;
import dev.boathook.lane.Shards;
import dev.boathook.lane.Waiting;
import dev.boathook.outbound.Outcome;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One request, from its decision until its sender knows the outcome. */
final class Attempt {
  final NodeProcess sender;
  final Effect.Send send;

  /** Under which the sender held its shards when it decided. */
  final UUID nonce;

  /** Which version of the endpoint was asked; 0 before. */
  long version;

  /** What the sender knows; null while it is out. */
  @Nullable Outcome outcome;

  /** The sender knows that the store has the outcome, or will not have it. */
  boolean isWritten;

  /** No request was made after all. */
  boolean unsent;

  Attempt(NodeProcess sender, Effect.Send send, UUID nonce) {
    this.sender = sender;
    this.send = send;
    this.nonce = nonce;
  }

  Waiting delivery() {
    return send.delivery();
  }

  int shard() {
    return Shards.of(delivery().endpointId());
  }

  /** The lane; null when it is in none. */
  @Nullable LaneId lane() {
    Place place = delivery().place();
    return place == null ? null : new LaneId(delivery().endpointId(), place.key());
  }

  /** Whether the sender lives and waits for the outcome. */
  boolean isOut() {
    return outcome == null && !unsent && sender.isAlive();
  }
}
