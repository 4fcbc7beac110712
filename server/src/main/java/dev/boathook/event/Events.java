package dev.boathook.event;

import dev.boathook.store.Columns;
import dev.boathook.store.Json;
import dev.boathook.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** The events in the database. */
public final class Events {
  private static final String FIND = Sql.of(Events.class, "find_event");

  private Events() {}

  /** The event with this id, unless it is unknown or too old to be kept. */
  public static Optional<Event> find(Connection connection, UUID projectId, UUID eventId)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setObject(1, projectId);
      statement.setObject(2, eventId);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Optional.empty();
        }
        return Optional.of(
            new Event(
                projectId,
                eventId,
                new Origin(
                    Origin.Kind.of(row.getString("origin_kind")),
                    row.getObject("origin_id", UUID.class)),
                row.getString("type"),
                row.getString("ordering_key"),
                row.getString("external_id"),
                Columns.instant(row, "accepted_at"),
                Columns.instantOrNull(row, "occurred_at"),
                row.getBoolean("verified"),
                row.getBoolean("late"),
                row.getString("content_type"),
                Json.headers(row.getString("headers")),
                row.getBytes("body")));
      }
    }
  }
}
