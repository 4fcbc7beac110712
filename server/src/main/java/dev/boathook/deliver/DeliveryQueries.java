package dev.boathook.deliver;

import dev.boathook.lane.DeliveryState;
import dev.boathook.store.Columns;
import dev.boathook.store.Json;
import dev.boathook.store.Outage;
import dev.boathook.store.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementException;
import org.jspecify.annotations.Nullable;

/** Looks at a project's deliveries and attempts. */
public final class DeliveryQueries {
  private static final String LIST = Sql.of(DeliveryQueries.class, "list_deliveries");
  private static final String LIST_OF_ENDPOINTS =
      Sql.of(DeliveryQueries.class, "list_deliveries_of");
  private static final String LIST_WAITING = Sql.of(DeliveryQueries.class, "list_waiting");
  private static final String FIND = Sql.of(DeliveryQueries.class, "find_delivery");
  private static final String ATTEMPTS = Sql.of(DeliveryQueries.class, "attempts_of");
  private static final String ACCOUNT = Sql.of(DeliveryQueries.class, "account");
  private static final String QUEUE = Sql.of(DeliveryQueries.class, "endpoint_queue");
  private static final String FAILING_SINCE = Sql.of(DeliveryQueries.class, "failing_since");

  /** A search through too much is given up after so long. */
  private static final int TIMEOUT_SECONDS = 10;

  /** Counting everything may take longer than a search. */
  private static final int ACCOUNT_TIMEOUT_SECONDS = 50;

  /** An endpoint is shown without its queue rather than late. */
  private static final int QUEUE_TIMEOUT_SECONDS = 2;

  private final Jdbi jdbi;

  /** The deliveries of this database. */
  public DeliveryQueries(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Which deliveries to list; null asks for any.
   *
   * @param state where they are
   * @param endpointId to whom they go
   * @param consumerId whose endpoints they go to
   * @param eventId what is delivered
   * @param replayId the replay of many that made them
   */
  public record Filter(
      @Nullable DeliveryState state,
      @Nullable UUID endpointId,
      @Nullable UUID consumerId,
      @Nullable UUID eventId,
      @Nullable UUID replayId) {
    /** Whether what is wanted lies close together in the order of an endpoint's deliveries. */
    private boolean isOfEndpoints() {
      return (endpointId != null || consumerId != null)
          && eventId == null
          && replayId == null
          && state != DeliveryState.DEAD;
    }
  }

  /**
   * The newest deliveries, newest first.
   *
   * @param before only deliveries with a smaller id than this; null for all
   */
  public List<Delivery> list(UUID projectId, Filter filter, @Nullable UUID before, int limit) {
    DeliveryState state = filter.state();
    boolean waiting = state == DeliveryState.WAITING;
    boolean ofEndpoints = !waiting && filter.isOfEndpoints();
    return jdbi.withHandle(handle -> {
      Query query =
          handle.createQuery(waiting ? LIST_WAITING : ofEndpoints ? LIST_OF_ENDPOINTS : LIST);
      if (!waiting) {
        query.bind("state", state == null ? null : state.code());
      }
      if (!ofEndpoints) {
        query.bind("event", filter.eventId()).bind("replay", filter.replayId());
      }
      return query
          .setQueryTimeout(TIMEOUT_SECONDS)
          .bind("project", projectId)
          .bind("endpoint", filter.endpointId())
          .bind("consumer", filter.consumerId())
          .bind("before", before)
          .bind("limit", limit)
          .map((row, context) -> delivery(row))
          .list();
    });
  }

  /** The delivery with this id. */
  public Optional<Delivery> find(UUID projectId, UUID deliveryId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(FIND)
            .bind("project", projectId)
            .bind("id", deliveryId)
            .map((row, context) -> delivery(row))
            .findOne());
  }

  /** The recorded tries of a delivery, the first one first. */
  public List<RecordedAttempt> attempts(UUID projectId, UUID deliveryId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(ATTEMPTS)
            .bind("project", projectId)
            .bind("id", deliveryId)
            .map((row, context) -> attempt(row))
            .list());
  }

  /** Counts everything of a project as it is at one moment. */
  public Accounting account(UUID projectId) {
    // One statement sees one snapshot: no transaction is needed for the numbers to fit together.
    return jdbi.withHandle(handle ->
        handle
            .createQuery(ACCOUNT)
            .setQueryTimeout(ACCOUNT_TIMEOUT_SECONDS)
            .bind("project", projectId)
            .map((row, context) ->
                new Accounting(
                    row.getLong("events"),
                    row.getLong("matches"),
                    counts(row, ""),
                    counts(row, "replays_")))
            .one());
  }

  /** What waits for an endpoint; empty when the database is too busy to count it in time. */
  public Optional<EndpointBacklog> queue(UUID projectId, UUID endpointId) {
    return queue(projectId, endpointId, EndpointBacklog.MAX_COUNTED);
  }

  Optional<EndpointBacklog> queue(UUID projectId, UUID endpointId, int maxCounted) {
    try {
      return Optional.of(
          jdbi.withHandle(handle ->
              handle
                  .createQuery(QUEUE)
                  .setQueryTimeout(QUEUE_TIMEOUT_SECONDS)
                  .bind("project", projectId)
                  .bind("endpoint", endpointId)
                  .bind("limit", maxCounted + 1)
                  .map((row, context) -> queue(row, maxCounted))
                  .one()));
    } catch (StatementException e) {
      if (Outage.isTimeout(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static EndpointBacklog queue(ResultSet row, int maxCounted) throws SQLException {
    long waiting = row.getLong("waiting");
    return new EndpointBacklog(
        Math.min(waiting, maxCounted),
        waiting > maxCounted,
        Columns.instantOrNull(row, "oldest_due_at"),
        Math.min(row.getLong("halted_lanes"), maxCounted));
  }

  /** Since when an endpoint has done nothing but fail; empty when it has not. */
  public Optional<Instant> failingSince(UUID projectId, UUID endpointId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(FAILING_SINCE)
            .bind("project", projectId)
            .bind("endpoint", endpointId)
            .map((row, context) -> Columns.instant(row, "since"))
            .findOne());
  }

  private static Accounting.Counts counts(ResultSet row, String prefix) throws SQLException {
    return new Accounting.Counts(
        row.getLong(prefix + "waiting"),
        row.getLong(prefix + "delivered"),
        row.getLong(prefix + "dead"),
        row.getLong(prefix + "cancelled"));
  }

  private static Delivery delivery(ResultSet row) throws SQLException {
    return new Delivery(
        row.getObject("delivery_id", UUID.class),
        row.getObject("event_id", UUID.class),
        row.getObject("endpoint_id", UUID.class),
        row.getString("ordering_key"),
        DeliveryState.of(row.getString("state")),
        row.getInt("attempts"),
        Columns.instantOrNull(row, "due_at"),
        Columns.instantOrNull(row, "finished_at"),
        row.getString("last_outcome"),
        row.getObject("last_status", Integer.class),
        row.getObject("replay_of", UUID.class),
        row.getObject("replay_id", UUID.class),
        row.getObject("replayed_by", UUID.class));
  }

  private static RecordedAttempt attempt(ResultSet row) throws SQLException {
    return new RecordedAttempt(
        row.getInt("number"),
        Columns.instant(row, "started_at"),
        Duration.of(row.getLong("duration_micros"), ChronoUnit.MICROS),
        row.getString("outcome"),
        row.getObject("status", Integer.class),
        row.getString("detail"),
        row.getString("remote_address"),
        Json.headers(row.getString("request_headers")),
        Json.headers(row.getString("response_headers")),
        row.getBytes("response_body"),
        row.getBoolean("response_truncated"));
  }
}
