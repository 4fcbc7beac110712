package dev.boathook.replay;

import dev.boathook.replay.Queues.Expected;
import dev.boathook.replay.Queues.Withdrawn;
import dev.boathook.store.Columns;
import dev.boathook.store.Sql;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Calls off waiting deliveries within a transaction. Deliveries are locked before the rows of their
 * lanes, as recording does.
 */
final class Cancelling {
  private static final String CANCEL = Sql.of(Cancelling.class, "cancel_deliveries");
  private static final String LOCK_LANES = Sql.of(Cancelling.class, "lock_lanes");
  private static final String SETTLE_LANES = Sql.of(Cancelling.class, "settle_lanes");

  private Cancelling() {}

  /**
   * What was called off, to be told after the commit.
   *
   * @param withdrawn the deliveries that waited
   * @param expected what their lanes go on with
   */
  record Cancelled(List<Withdrawn> withdrawn, List<Expected> expected) {
    static final Cancelled NOTHING = new Cancelled(List.of(), List.of());

    void tell(Queues queues) {
      queues.withdrawn(withdrawn);
      queues.expect(expected);
    }
  }

  /** The name of a lane within its project. */
  record Lane(UUID endpointId, String key) {}

  /**
   * A lane's row, locked.
   *
   * @param lastSeq the last place that was given
   * @param haltedBy the dead delivery behind which it halts; null when it does not
   */
  record Locked(long lastSeq, @Nullable UUID haltedBy) {}

  private record Row(Withdrawn withdrawn, @Nullable Lane lane) {}

  /** Calls off those of the named deliveries that wait. */
  static Cancelled cancel(
      Handle handle, UUID projectId, Collection<UUID> deliveryIds, Instant now) {
    if (deliveryIds.isEmpty()) {
      return Cancelled.NOTHING;
    }
    List<Row> rows =
        handle
            .createQuery(CANCEL)
            .bind("project", projectId)
            .bind("ids", deliveryIds.stream().sorted().toArray(UUID[]::new))
            .bind("now", now)
            .map((row, context) -> {
              UUID endpointId = row.getObject("endpoint_id", UUID.class);
              return new Row(
                  new Withdrawn(endpointId, row.getObject("delivery_id", UUID.class)),
                  row.getObject("lane_seq") == null
                      ? null
                      : new Lane(endpointId, row.getString("ordering_key")));
            })
            .list();
    List<Withdrawn> withdrawn = new ArrayList<>();
    Set<Lane> lanes = new LinkedHashSet<>();
    for (Row row : rows) {
      withdrawn.add(row.withdrawn);
      if (row.lane != null) {
        lanes.add(row.lane);
      }
    }
    if (lanes.isEmpty()) {
      return new Cancelled(withdrawn, List.of());
    }
    lock(handle, projectId, lanes);
    return new Cancelled(withdrawn, settle(handle, projectId, lanes, false));
  }

  /** Locks one lane; empty when there is none. */
  static Optional<Locked> lock(Handle handle, UUID projectId, Lane lane) {
    return lock(handle, projectId, Set.of(lane)).stream().findFirst();
  }

  private static List<Locked> lock(Handle handle, UUID projectId, Set<Lane> lanes) {
    return handle
        .createQuery(LOCK_LANES)
        .bind("project", projectId)
        .bind("endpoints", endpoints(lanes))
        .bind("keys", keys(lanes))
        .map((row, context) ->
            new Locked(row.getLong("last_seq"), row.getObject("halted_by", UUID.class)))
        .list();
  }

  /**
   * Lets locked lanes say anew where their first waiting delivery is.
   *
   * @param go whether halted ones go on
   * @return what they go on with
   */
  static List<Expected> settle(Handle handle, UUID projectId, Set<Lane> lanes, boolean go) {
    return handle
        .createQuery(SETTLE_LANES)
        .bind("project", projectId)
        .bind("endpoints", endpoints(lanes))
        .bind("keys", keys(lanes))
        .bind("go", go)
        .map((row, context) ->
            row.getBoolean("goes_on")
                ? Optional.of(
                    new Expected(
                        row.getObject("endpoint_id", UUID.class),
                        true,
                        Columns.instant(row, "due_at")))
                : Optional.<Expected>empty())
        .list()
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  private static UUID[] endpoints(Set<Lane> lanes) {
    return lanes.stream().map(Lane::endpointId).toArray(UUID[]::new);
  }

  private static String[] keys(Set<Lane> lanes) {
    return lanes.stream().map(Lane::key).toArray(String[]::new);
  }
}
