package dev.boathook.replay;

import dev.boathook.deliver.Dispatcher;
import dev.boathook.lane.DeliveryState;
import dev.boathook.store.Sql;
import dev.boathook.world.World;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** What people do to one delivery on purpose: repeat it, or call it off. */
public final class Replays {
  private static final String KEEP_DIRECTORY = Sql.of(Replays.class, "keep_directory");
  private static final String FIND = Sql.of(Replays.class, "find_finished");
  private static final String REPLAY = Sql.of(Replays.class, "insert_replay");
  private static final String CANCEL = Sql.of(Replays.class, "cancel_delivery");

  private final World world;
  private final Jdbi jdbi;
  private final Dispatcher dispatcher;

  /** Deliveries of this database, sent by this dispatcher. */
  public Replays(World world, Jdbi jdbi, Dispatcher dispatcher) {
    this.world = world;
    this.jdbi = jdbi;
    this.dispatcher = dispatcher;
  }

  /** What became of a wish to replay. */
  public sealed interface Replayed {
    /** There is a new delivery of the same event to the same endpoint, due now. */
    record Made(UUID deliveryId) implements Replayed {}

    /** The delivery has not come to its end. */
    record StillWaiting() implements Replayed {}

    /** There is nobody to deliver to any more. */
    record EndpointDeleted() implements Replayed {}

    /** The event is too old to be kept. */
    record EventExpired() implements Replayed {}

    /** The project has no such delivery. */
    record Unknown() implements Replayed {}
  }

  /** What became of a wish to cancel. */
  public sealed interface Cancelled {
    /** It is cancelled. An attempt that is out already may still arrive. */
    record Done() implements Cancelled {}

    /** It had come to its end before. */
    record Finished(DeliveryState state) implements Cancelled {}

    /** The project has no such delivery. */
    record Unknown() implements Cancelled {}
  }

  private record Original(
      DeliveryState state, UUID endpointId, boolean hasEndpoint, boolean hasEvent) {}

  private record Outcome(Replayed replayed, Optional<Original> original) {}

  /** Makes a new delivery of a finished one's event, at the end of the endpoint's queue. */
  public Replayed replay(UUID projectId, UUID deliveryId) {
    Instant now = world.clock().instant();
    Outcome outcome =
        jdbi.inTransaction(handle -> {
          // As accepting does: an endpoint is not deleted between our look and our commit.
          handle.createQuery(KEEP_DIRECTORY).bind("project", projectId).mapTo(Long.class).one();
          return replay(handle, projectId, deliveryId, now);
        });
    if (outcome.replayed instanceof Replayed.Made) {
      dispatcher.expect(outcome.original.orElseThrow().endpointId, false, now);
    }
    return outcome.replayed;
  }

  private Outcome replay(Handle handle, UUID projectId, UUID deliveryId, Instant now) {
    Optional<Original> found = find(handle, projectId, deliveryId);
    if (found.isEmpty()) {
      return new Outcome(new Replayed.Unknown(), found);
    }
    Original original = found.get();
    if (!original.state.isFinal()) {
      return new Outcome(new Replayed.StillWaiting(), found);
    }
    if (!original.hasEndpoint) {
      return new Outcome(new Replayed.EndpointDeleted(), found);
    }
    if (!original.hasEvent) {
      return new Outcome(new Replayed.EventExpired(), found);
    }
    UUID newId = world.ids().next();
    int made =
        handle
            .createUpdate(REPLAY)
            .bind("project", projectId)
            .bind("id", deliveryId)
            .bind("newId", newId)
            .bind("now", now)
            .execute();
    if (made != 1) {
      throw new IllegalStateException("a finished delivery is gone: " + deliveryId);
    }
    return new Outcome(new Replayed.Made(newId), found);
  }

  private static Optional<Original> find(Handle handle, UUID projectId, UUID deliveryId) {
    return handle
        .createQuery(FIND)
        .bind("project", projectId)
        .bind("id", deliveryId)
        .map((row, context) ->
            new Original(
                DeliveryState.of(row.getString("state")),
                row.getObject("endpoint_id", UUID.class),
                row.getBoolean("has_endpoint"),
                row.getBoolean("has_event")))
        .findOne();
  }

  /** Calls off a delivery that still waits. */
  public Cancelled cancel(UUID projectId, UUID deliveryId) {
    Instant now = world.clock().instant();
    Optional<UUID> endpointId =
        jdbi.withHandle(handle ->
            handle
                .createQuery(CANCEL)
                .bind("project", projectId)
                .bind("id", deliveryId)
                .bind("now", now)
                .mapTo(UUID.class)
                .findOne());
    if (endpointId.isPresent()) {
      dispatcher.withdrawn(endpointId.get(), deliveryId);
      return new Cancelled.Done();
    }
    // Finished deliveries stay as they are, so the second look sees what the first one met.
    return jdbi.withHandle(handle -> find(handle, projectId, deliveryId))
        .<Cancelled>map(original -> new Cancelled.Finished(original.state))
        .orElseGet(Cancelled.Unknown::new);
  }
}
