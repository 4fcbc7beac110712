package dev.boathook.deliver;

import dev.boathook.endpoint.Order;
import dev.boathook.event.Event;
import dev.boathook.event.Events;
import dev.boathook.lane.Effect;
import dev.boathook.lane.Engine;
import dev.boathook.lane.LoadedLane;
import dev.boathook.lane.Place;
import dev.boathook.lane.Shards;
import dev.boathook.lane.Waiting;
import dev.boathook.store.Columns;
import dev.boathook.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the engine reads of waiting deliveries, and the notes that it keeps of endpoints. */
final class WaitingQueries {
  private static final String LOAD = Sql.of(WaitingQueries.class, "load_waiting");
  private static final String LOAD_LANES = Sql.of(WaitingQueries.class, "load_lanes");
  private static final String LOAD_NEWEST = Sql.of(WaitingQueries.class, "load_newest");
  private static final String SETTLE_LANE = Sql.of(WaitingQueries.class, "settle_lane");
  private static final String CORRECT_LANE = Sql.of(WaitingQueries.class, "correct_lane");
  private static final String SURVEY = Sql.of(WaitingQueries.class, "survey");
  private static final String NOTE_FAILING = Sql.of(WaitingQueries.class, "note_failing");
  private static final String NOTE_WELL = Sql.of(WaitingQueries.class, "note_well");

  private WaitingQueries() {}

  /** What was read, and when the next is due that was not; null when all was read. */
  record Loaded<T>(List<T> rows, @Nullable Instant nextDue) {}

  static Loaded<Waiting> load(Connection connection, Effect.Load load) throws SQLException {
    List<Waiting> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(LOAD)) {
      Instant notBefore = load.notBefore();
      statement.setInt(1, load.eventBytes());
      statement.setObject(2, load.terms().projectId());
      statement.setObject(3, load.terms().endpointId());
      statement.setString(4, notBefore == null ? "-infinity" : notBefore.toString());
      statement.setInt(5, load.limit());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Event event = row.getBoolean("with_event") ? Events.event(row) : null;
          rows.add(waiting(row, load, null, event));
        }
      }
    }
    return new Loaded<>(rows, rows.size() < load.limit() ? null : rows.getLast().dueAt());
  }

  private static Waiting waiting(
      ResultSet row, Effect.Load load, @Nullable Place place, @Nullable Event event)
      throws SQLException {
    return new Waiting(
        load.terms().projectId(),
        row.getObject("delivery_id", UUID.class),
        row.getObject("event_id", UUID.class),
        load.terms().endpointId(),
        row.getString("type"),
        place,
        row.getInt("attempts"),
        Columns.instant(row, "due_at"),
        row.getInt("body_bytes"),
        event);
  }

  private record LaneRow(
      String key, long lastNumber, long doneNumber, Instant dueAt, List<Waiting> items) {}

  /** Reads lanes; notes of those in which nothing waits that they have no work. */
  static Loaded<LoadedLane> loadLanes(Connection connection, Effect.Load load) throws SQLException {
    List<LaneRow> rows = laneRows(connection, load);
    List<LoadedLane> lanes = new ArrayList<>();
    for (LaneRow row : rows) {
      if (row.items.isEmpty()) {
        settle(connection, load, row);
      } else {
        if (row.items.getFirst().dueAt().isAfter(row.dueAt)) {
          correct(connection, load, row);
        }
        lanes.add(new LoadedLane(row.key, row.lastNumber, row.dueAt, load.newestOnly(), row.items));
      }
    }
    return new Loaded<>(lanes, rows.size() < load.limit() ? null : rows.getLast().dueAt);
  }

  private static List<LaneRow> laneRows(Connection connection, Effect.Load load)
      throws SQLException {
    List<LaneRow> lanes = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(load.newestOnly() ? LOAD_NEWEST : LOAD_LANES)) {
      int p = 0;
      if (!load.newestOnly()) {
        statement.setArray(++p, connection.createArrayOf("text", load.held().toArray()));
      }
      statement.setObject(++p, load.terms().projectId());
      statement.setObject(++p, load.terms().endpointId());
      statement.setInt(++p, load.limit());
      statement.setInt(++p, load.perLane());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String key = row.getString("ordering_key");
          if (lanes.isEmpty() || !lanes.getLast().key.equals(key)) {
            lanes.add(
                new LaneRow(
                    key,
                    row.getLong("last_seq"),
                    row.getLong("done_seq"),
                    Columns.instant(row, "lane_due_at"),
                    new ArrayList<>()));
          }
          if (Columns.isPresent(row, "delivery_id")) {
            Place place = new Place(key, row.getLong("lane_seq"));
            lanes.getLast().items.add(waiting(row, load, place, null));
          }
        }
      }
    }
    return lanes;
  }

  private static void settle(Connection connection, Effect.Load load, LaneRow lane)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SETTLE_LANE)) {
      statement.setObject(1, load.terms().projectId());
      statement.setObject(2, load.terms().endpointId());
      statement.setString(3, lane.key);
      statement.setLong(4, lane.lastNumber);
      statement.setLong(5, lane.doneNumber);
      statement.executeUpdate();
    }
  }

  /** The lane's row says that it is due before its head is: as it is now, it is read again. */
  private static void correct(Connection connection, Effect.Load load, LaneRow lane)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CORRECT_LANE)) {
      statement.setString(1, lane.items.getFirst().dueAt().toString());
      statement.setObject(2, load.terms().projectId());
      statement.setObject(3, load.terms().endpointId());
      statement.setString(4, lane.key);
      statement.setString(5, lane.dueAt.toString());
      statement.setLong(6, lane.doneNumber);
      statement.setLong(7, lane.lastNumber);
      statement.setString(8, Order.UNORDERED.code());
      statement.setString(9, load.terms().policy().order().code());
      statement.executeUpdate();
    }
  }

  /** What waits for these endpoints; one for which nothing does and that is well is not named. */
  static List<Engine.Found> survey(Connection connection, UUID[] projects, UUID[] endpoints)
      throws SQLException {
    List<Engine.Found> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(SURVEY)) {
      statement.setArray(1, connection.createArrayOf("uuid", projects));
      statement.setArray(2, connection.createArrayOf("uuid", endpoints));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          found.add(
              new Engine.Found(
                  row.getObject("endpoint_id", UUID.class),
                  Columns.instantOrNull(row, "due_at"),
                  Columns.instantOrNull(row, "lanes_due_at"),
                  Columns.instantOrNull(row, "since")));
        }
      }
    }
    return found;
  }

  /** Writes the note, unless the shard is not held any more under this nonce and epoch. */
  static void note(Connection connection, Effect.NoteFailing note, UUID nonce) throws SQLException {
    Instant since = note.since();
    try (PreparedStatement statement =
        connection.prepareStatement(since == null ? NOTE_WELL : NOTE_FAILING)) {
      int p = 0;
      statement.setObject(++p, note.projectId());
      statement.setObject(++p, note.endpointId());
      if (since != null) {
        statement.setString(++p, since.toString());
      }
      statement.setInt(++p, Shards.of(note.endpointId()));
      statement.setLong(++p, note.epoch());
      statement.setObject(++p, nonce);
      statement.executeUpdate();
    }
  }
}
