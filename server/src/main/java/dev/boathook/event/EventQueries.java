package dev.boathook.event;

import dev.boathook.store.Columns;
import dev.boathook.store.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Looks at a project's events. */
public final class EventQueries {
  private static final String LIST = Sql.of(EventQueries.class, "list_events");

  /** A search through too much is given up after so long. */
  private static final int TIMEOUT_SECONDS = 10;

  private final Jdbi jdbi;

  /** The events of this database. */
  public EventQueries(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Which events to list; null asks for any.
   *
   * @param origin where they came from
   * @param type exactly
   * @param key the ordering key
   * @param externalId the id that the provider or publisher gave
   * @param since the earliest time of acceptance, in whole milliseconds
   * @param until the time of acceptance from which on they are left out, in whole milliseconds
   */
  public record Filter(
      @Nullable Origin origin,
      @Nullable String type,
      @Nullable String key,
      @Nullable String externalId,
      @Nullable Instant since,
      @Nullable Instant until) {}

  /**
   * The newest events, newest first.
   *
   * @param before only events with a smaller id than this; null for all
   */
  public List<EventSummary> list(UUID projectId, Filter filter, @Nullable UUID before, int limit) {
    Origin origin = filter.origin();
    return jdbi.withHandle(handle ->
        handle
            .createQuery(LIST)
            .setQueryTimeout(TIMEOUT_SECONDS)
            .bind("project", projectId)
            .bind("originKind", origin == null ? null : origin.kind().code())
            .bind("origin", origin == null ? null : origin.id())
            .bind("type", filter.type())
            .bind("key", filter.key())
            .bind("externalId", filter.externalId())
            .bind("since", filter.since())
            .bind("until", filter.until())
            .bind("before", before)
            .bind("limit", limit)
            .map((row, context) -> read(row))
            .list());
  }

  /** The whole event, unless it is unknown or too old to be kept. */
  public Optional<Event> find(UUID projectId, UUID eventId) {
    try {
      return jdbi.withHandle(handle -> Events.find(handle.getConnection(), projectId, eventId));
    } catch (SQLException e) {
      throw new IllegalStateException("event " + eventId + " cannot be read", e);
    }
  }

  private static EventSummary read(ResultSet row) throws SQLException {
    return new EventSummary(
        row.getObject("event_id", UUID.class),
        new Origin(
            Origin.Kind.of(row.getString("origin_kind")), row.getObject("origin_id", UUID.class)),
        row.getString("type"),
        row.getString("ordering_key"),
        row.getString("external_id"),
        Columns.instant(row, "accepted_at"),
        Columns.instantOrNull(row, "occurred_at"),
        row.getBoolean("verified"),
        row.getBoolean("late"),
        row.getString("content_type"),
        row.getInt("body_bytes"));
  }
}
