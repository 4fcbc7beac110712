package dev.boathook.lane;

import dev.boathook.endpoint.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Something for the shell of the {@link Engine} to do. */
public sealed interface Effect {
  /**
   * Make an attempt; tell {@link Engine#attempted}, or {@link Engine#unsent} if none was made.
   *
   * @param epoch of its shard
   * @param supersedes whether what waits before it in its lane is not wanted once it has come to
   *     its end; the shard may be lost by then, and its outcome be written all the same
   */
  record Send(Waiting delivery, long epoch, boolean supersedes) implements Effect {}

  /**
   * Read what waits for an endpoint, the earliest due first; tell {@link Engine#loaded}, {@link
   * Engine#loadedLanes} or {@link Engine#loadFailed}.
   *
   * @param epoch of its shard
   * @param lanes whether lanes are wanted, or what is in none
   * @param from of what is in no lane, what is due earlier is not wanted: see {@link #notBefore}
   * @param eventBytes of what is in no lane, events of up to so many bytes, body and headers, are
   *     wanted with it
   * @param limit how many deliveries, or lanes, at most
   * @param perLane how many deliveries of each lane at most; the first ones, or for an endpoint
   *     that wants the newest only, the last one
   * @param held lanes that are held already: of them one delivery is enough, since only their end
   *     is looked at
   */
  record Load(
      Terms terms,
      long epoch,
      boolean lanes,
      Instant from,
      int eventBytes,
      int limit,
      int perLane,
      Set<String> held)
      implements Effect {
    /** The store keeps microseconds: what was rounded must not be missed. */
    private static final Duration ROUNDING = Duration.ofMillis(1);

    /** Keeps a copy. */
    public Load {
      held = Set.copyOf(held);
    }

    /** What is due before is not wanted; null when all is. */
    public @Nullable Instant notBefore() {
      return from.equals(Instant.MIN) ? null : from.minus(ROUNDING);
    }

    /** Whether only the newest of each lane is wanted. */
    public boolean newestOnly() {
      return terms.policy().order() == Order.LATEST;
    }
  }

  /**
   * Look what waits for the endpoints of these shards; tell {@link Engine#surveyed} or {@link
   * Engine#surveyFailed}.
   */
  record Survey(Set<Integer> shards) implements Effect {
    /** Keeps a copy. */
    public Survey {
      shards = Set.copyOf(shards);
    }
  }

  /** Nothing of a shard that was to be released is busy any more: it can be given to others. */
  record Released(int shard, long epoch) implements Effect {}

  /** Another node holds the endpoint's shard, and may not know of what was committed here. */
  record Tell(UUID endpointId, boolean lanes, Instant dueAt) implements Effect {}

  /**
   * A shard was lost with deliveries that whoever holds it now may not know of.
   *
   * @param epoch under which it was held
   */
  record LookAgain(int shard, long epoch) implements Effect {}

  /**
   * Write down since when the endpoint has done nothing but fail, null if it does not; tell {@link
   * Engine#noted}.
   *
   * @param epoch of its shard; under another nothing is to be written
   */
  record NoteFailing(UUID projectId, UUID endpointId, long epoch, @Nullable Instant since)
      implements Effect {}

  /**
   * The endpoint is to be disabled, unless it was changed since it was last changed then. Said
   * again later while it is as it was.
   */
  record Disable(UUID projectId, UUID endpointId, Instant changedAt, DisableCause cause)
      implements Effect {}

  /**
   * The endpoint's circuit has opened, or closed. One that has opened here is said to be closed in
   * the end, be it since the shard is another's or the endpoint is deleted.
   */
  record Circuit(UUID projectId, UUID endpointId, boolean open) implements Effect {}

  /**
   * For longer than a burst something that is due for the endpoint has always been waiting, and it
   * waits for this limit of its own; or, when it is null, nothing does any more, be it that the
   * endpoint is paused, left alone, resumed at a rate or another node's.
   */
  record Throttled(UUID projectId, UUID endpointId, @Nullable Limit limit) implements Effect {}

  /** What waited when the endpoint was resumed has been sent: the rate of resuming can go. */
  record CaughtUp(UUID projectId, UUID endpointId) implements Effect {}
}
