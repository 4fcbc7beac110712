package dev.boathook.replay;

import dev.boathook.event.Origin;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a filter asks about an event.
 *
 * @param id its id
 * @param origin where it came from
 * @param type its type
 * @param key its ordering key, or null
 */
record EventFacts(UUID id, Origin origin, String type, @Nullable String key) {
  /** Those of a row's event; empty when it is not kept any more. */
  static Optional<EventFacts> read(ResultSet row) throws SQLException {
    String type = row.getString("type");
    if (type == null) {
      return Optional.empty();
    }
    return Optional.of(
        new EventFacts(
            row.getObject("event_id", UUID.class),
            new Origin(
                Origin.Kind.of(row.getString("origin_kind")),
                row.getObject("origin_id", UUID.class)),
            type,
            row.getString("event_key")));
  }
}
