package dev.boathook.replay;

import dev.boathook.deliver.Appending;
import dev.boathook.deliver.Appending.Appended;
import dev.boathook.deliver.Dispatcher;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.lane.DeliveryState;
import dev.boathook.replay.Cancelling.Cancelled;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.store.Sql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** What people do to one delivery on purpose: repeat it, or call it off. */
public final class Replays {
  private static final String FIND = Sql.of(Replays.class, "find_delivery");
  private static final String LOCK = Sql.of(Replays.class, "lock_delivery");

  private final Jdbi jdbi;
  private final KeptDirectory directory;
  private final Queues queues;

  /** Deliveries of this database, routed by this directory, sent by this dispatcher. */
  public Replays(Jdbi jdbi, Directory directory, Dispatcher dispatcher) {
    this.jdbi = jdbi;
    this.queues = new Queues(jdbi, dispatcher);
    this.directory = new KeptDirectory(directory, queues);
  }

  /** What became of a wish to replay. */
  public sealed interface Replayed {
    /** There is a new delivery of the same event to the same endpoint, due now. */
    record Made(UUID deliveryId) implements Replayed {}

    /** The delivery has not come to its end. */
    record StillWaiting() implements Replayed {}

    /** Its lane halts behind it, and it is for {@link Lanes} to say how that goes on. */
    record HaltsLane() implements Replayed {}

    /** Another delivery of its event to its endpoint has not come to its end. */
    record Repeated(UUID by) implements Replayed {}

    /** There is nobody to deliver to any more. */
    record EndpointDeleted() implements Replayed {}

    /** The event is too old to be kept. */
    record EventExpired() implements Replayed {}

    /** The project has no such delivery. */
    record Unknown() implements Replayed {}
  }

  /** What became of a wish to cancel. */
  public sealed interface CalledOff {
    /** It is cancelled. An attempt that is out already may still arrive. */
    record Done() implements CalledOff {}

    /** It had come to its end before. */
    record Finished(DeliveryState state) implements CalledOff {}

    /** The project has no such delivery. */
    record Unknown() implements CalledOff {}
  }

  /**
   * A delivery that is there, as far as it matters to what is done with it.
   *
   * @param state where it is
   * @param eventId its event
   * @param endpointId its endpoint, which may be deleted
   * @param key its ordering key; null or empty for none
   * @param hasEvent whether the event is still kept
   * @param haltsLane whether its lane halts behind it
   * @param repeatedBy another delivery of its event to its endpoint that waits, or null
   */
  record Original(
      DeliveryState state,
      UUID eventId,
      UUID endpointId,
      @Nullable String key,
      boolean hasEvent,
      boolean haltsLane,
      @Nullable UUID repeatedBy) {
    static Optional<Original> find(Handle handle, UUID projectId, UUID deliveryId) {
      return handle
          .createQuery(FIND)
          .bind("project", projectId)
          .bind("id", deliveryId)
          .map((row, context) ->
              new Original(
                  DeliveryState.of(row.getString("state")),
                  row.getObject("event_id", UUID.class),
                  row.getObject("endpoint_id", UUID.class),
                  row.getString("ordering_key"),
                  row.getBoolean("has_event"),
                  row.getBoolean("halts_lane"),
                  row.getObject("repeated_by", UUID.class)))
          .findOne();
    }
  }

  private record Result(Replayed replayed, List<Appended> appended) {
    Result(Replayed replayed) {
      this(replayed, List.of());
    }
  }

  /** Makes a new delivery of a finished one's event, at the end of its lane or of the queue. */
  public Replayed replay(UUID projectId, UUID deliveryId) {
    return directory.inTransaction(
            projectId,
            (handle, project) -> replay(handle, project, deliveryId),
            result -> queues.appended(result.appended))
        .replayed;
  }

  private Result replay(Handle handle, ProjectView project, UUID deliveryId) {
    var _ =
        handle
            .createQuery(LOCK)
            .bind("project", project.projectId())
            .bind("id", deliveryId)
            .mapTo(UUID.class)
            .findOne();
    Optional<Original> found = Original.find(handle, project.projectId(), deliveryId);
    if (found.isEmpty()) {
      return new Result(new Replayed.Unknown());
    }
    Original original = found.get();
    if (!original.state.isFinal()) {
      return new Result(new Replayed.StillWaiting());
    }
    if (original.haltsLane) {
      return new Result(new Replayed.HaltsLane());
    }
    if (original.repeatedBy != null) {
      return new Result(new Replayed.Repeated(original.repeatedBy));
    }
    Endpoint endpoint = project.endpoints().get(original.endpointId);
    if (endpoint == null) {
      return new Result(new Replayed.EndpointDeleted());
    }
    if (!original.hasEvent) {
      return new Result(new Replayed.EventExpired());
    }
    Appended appended =
        new Appended(
            queues.newId(),
            original.eventId,
            endpoint.id(),
            original.key,
            endpoint.policy().order().hasLaneOutOfTurn(),
            queues.now(),
            deliveryId,
            null);
    append(handle, project.projectId(), List.of(appended));
    return new Result(new Replayed.Made(appended.deliveryId()), List.of(appended));
  }

  static void append(Handle handle, UUID projectId, List<Appended> deliveries) {
    try {
      Appending.append(handle.getConnection(), projectId, deliveries);
    } catch (SQLException e) {
      throw new IllegalStateException("deliveries cannot be appended", e);
    }
  }

  /** Calls off a delivery that still waits. */
  public CalledOff cancel(UUID projectId, UUID deliveryId) {
    Instant now = queues.now();
    Cancelled cancelled =
        queues.change(
            handle -> Cancelling.cancel(handle, projectId, List.of(deliveryId), now),
            done -> done.tell(queues));
    if (!cancelled.withdrawn().isEmpty()) {
      return new CalledOff.Done();
    }
    // Finished deliveries stay as they are, so the second look sees what the first one met.
    return jdbi.withHandle(handle -> Original.find(handle, projectId, deliveryId))
        .<CalledOff>map(original -> new CalledOff.Finished(original.state))
        .orElseGet(CalledOff.Unknown::new);
  }
}
