package dev.boathook.deliver;

import dev.boathook.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Puts new deliveries of known events behind all that waits already: at the tail of their lanes, or
 * among the unordered by the time at which they are due.
 */
public final class Appending {
  private static final String APPEND = Sql.of(Appending.class, "append");

  private Appending() {}

  /**
   * A delivery that is to be.
   *
   * @param deliveryId its id, which is new
   * @param eventId an event that is kept
   * @param endpointId to whom
   * @param key the ordering key; null or empty for none
   * @param inLane whether the endpoint's policy has lanes; what has no key then shares one lane
   * @param due when it may be tried first; in a lane at the earliest
   * @param replayOf the delivery that it repeats, or null
   * @param replayId the replay of many that makes it, or null
   */
  public record Appended(
      UUID deliveryId,
      UUID eventId,
      UUID endpointId,
      @Nullable String key,
      boolean inLane,
      Instant due,
      @Nullable UUID replayOf,
      @Nullable UUID replayId) {
    private @Nullable String storedKey() {
      String text = key == null ? "" : key;
      return inLane || !text.isEmpty() ? text : null;
    }
  }

  /**
   * Writes them within the caller's transaction, in which the project's directory must be kept. The
   * lanes stay locked until it ends. After the commit the dispatcher must be told.
   *
   * @param deliveries of one project; those of one lane get their places in this order
   */
  public static void append(Connection connection, UUID projectId, List<Appended> deliveries)
      throws SQLException {
    int size = deliveries.size();
    UUID[] ids = new UUID[size];
    UUID[] events = new UUID[size];
    UUID[] endpoints = new UUID[size];
    @Nullable String[] keys = new String[size];
    Boolean[] inLanes = new Boolean[size];
    String[] dues = new String[size];
    @Nullable UUID[] originals = new UUID[size];
    @Nullable UUID[] replays = new UUID[size];
    for (int i = 0; i < size; i++) {
      Appended delivery = deliveries.get(i);
      ids[i] = delivery.deliveryId;
      events[i] = delivery.eventId;
      endpoints[i] = delivery.endpointId;
      keys[i] = delivery.storedKey();
      inLanes[i] = delivery.inLane;
      dues[i] = delivery.due.toString();
      originals[i] = delivery.replayOf;
      replays[i] = delivery.replayId;
    }
    try (PreparedStatement statement = connection.prepareStatement(APPEND)) {
      int p = 0;
      statement.setArray(++p, connection.createArrayOf("uuid", ids));
      statement.setArray(++p, connection.createArrayOf("uuid", events));
      statement.setArray(++p, connection.createArrayOf("uuid", endpoints));
      statement.setArray(++p, connection.createArrayOf("text", keys));
      statement.setArray(++p, connection.createArrayOf("bool", inLanes));
      statement.setArray(++p, connection.createArrayOf("text", dues));
      statement.setArray(++p, connection.createArrayOf("uuid", originals));
      statement.setArray(++p, connection.createArrayOf("uuid", replays));
      statement.setObject(++p, projectId);
      statement.setObject(++p, projectId);
      int written = statement.executeUpdate();
      if (written != size) {
        throw new IllegalStateException(written + " of " + size + " deliveries were appended");
      }
    }
  }
}
