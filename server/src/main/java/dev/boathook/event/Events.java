package dev.boathook.event;

import dev.boathook.store.Columns;
import dev.boathook.store.Json;
import dev.boathook.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The events in the database. */
public final class Events {
  private static final String FIND = Sql.of(Events.class, "find_events");

  private Events() {}

  /** What one event is found by. */
  public record Key(UUID projectId, UUID eventId) {}

  /** The event with this id, unless it is unknown or too old to be kept. */
  public static Optional<Event> find(Connection connection, UUID projectId, UUID eventId)
      throws SQLException {
    Key key = new Key(projectId, eventId);
    return Optional.ofNullable(find(connection, List.of(key)).get(key));
  }

  /** Those of these that are known and still kept. */
  public static Map<Key, Event> find(Connection connection, Collection<Key> keys)
      throws SQLException {
    Map<Key, Event> events = HashMap.newHashMap(keys.size());
    try (PreparedStatement statement = connection.prepareStatement(FIND)) {
      statement.setArray(
          1, connection.createArrayOf("uuid", keys.stream().map(Key::projectId).toArray()));
      statement.setArray(
          2, connection.createArrayOf("uuid", keys.stream().map(Key::eventId).toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Event event = event(row);
          events.put(new Key(event.projectId(), event.id()), event);
        }
      }
    }
    return events;
  }

  /** The event of a row that has all columns which {@code find_events.sql} names. */
  public static Event event(ResultSet row) throws SQLException {
    return new Event(
        row.getObject("project_id", UUID.class),
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
        Json.headers(row.getString("headers")),
        row.getBytes("body"));
  }
}
