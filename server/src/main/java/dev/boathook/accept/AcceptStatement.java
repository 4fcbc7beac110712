package dev.boathook.accept;

import dev.boathook.deliver.Replies;
import dev.boathook.event.Event;
import dev.boathook.lane.LaneEnd;
import dev.boathook.lane.LaneId;
import dev.boathook.lane.Place;
import dev.boathook.lane.Waiting;
import dev.boathook.sequence.HeldDelivery;
import dev.boathook.store.Json;
import dev.boathook.store.Sql;
import dev.boathook.store.Text;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of accepting, for a batch of one project. */
final class AcceptStatement {
  private static final String ACCEPT = Sql.of(AcceptStatement.class, "accept");
  private static final String FIND_ORIGINALS = Sql.of(AcceptStatement.class, "find_originals");
  private static final String KEEP_CONFLICTS = Sql.of(AcceptStatement.class, "keep_conflicts");

  private AcceptStatement() {}

  /**
   * An event that is to be, with its deliveries.
   *
   * @param deliveries those that go on at once, or have their places in lanes
   * @param held those that are released in their turn: in no lane, and due at infinity
   * @param waiter waits for what one of the endpoints answers; null when nobody does
   */
  record Routed(
      Offer offer,
      Event event,
      List<Waiting> deliveries,
      List<HeldDelivery> held,
      Replies.@Nullable Waiter waiter) {
    /** How many endpoints are to get it. */
    int matched() {
      return deliveries.size() + held.size();
    }
  }

  /** What the statement answered. */
  sealed interface Answer {
    /**
     * Events are committed.
     *
     * @param fresh these; the others of the batch were known
     * @param lanes where the lanes end in which they have put something
     */
    record Committed(Set<UUID> fresh, Map<LaneId, LaneEnd> lanes) implements Answer {}

    /** Nothing was written: the directory has changed since the batch was routed. */
    record Outdated() implements Answer {}
  }

  /** One origin's key. */
  record DedupeKey(UUID originId, String dedupeKey) {}

  /** The event that has the key. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by MessageDigest.isEqual alone.
  record Original(UUID eventId, byte[] bodyHash) {}

  /** What came with the key of an event but another body than the event's. */
  record Conflict(Offer offer, UUID originalId) {}

  /**
   * Writes a batch, unless the directory has another version.
   *
   * @param newestOnly endpoints with lanes of which only the newest delivery is wanted
   */
  static Answer accept(
      Connection connection,
      UUID projectId,
      long directoryVersion,
      List<Routed> batch,
      Set<UUID> newestOnly)
      throws SQLException {
    int size = batch.size();
    // Times go as text in UTC: of its own time type the driver writes an array as local time
    // without an offset, which is ambiguous for an hour a year.
    UUID[] ids = new UUID[size];
    String[] originKinds = new String[size];
    UUID[] origins = new UUID[size];
    @Nullable String[] dedupeKeys = new String[size];
    byte[][] hashes = new byte[size][];
    String[] expiries = new String[size];
    String[] types = new String[size];
    @Nullable String[] keys = new String[size];
    @Nullable String[] externalIds = new String[size];
    String[] accepted = new String[size];
    @Nullable String[] occurred = new String[size];
    Boolean[] verified = new Boolean[size];
    Integer[] matched = new Integer[size];
    String[] contentTypes = new String[size];
    String[] headers = new String[size];
    byte[][] bodies = new byte[size][];
    int deliveryCount = 0;
    for (int i = 0; i < size; i++) {
      Offer offer = batch.get(i).offer();
      Event event = batch.get(i).event();
      ids[i] = event.id();
      originKinds[i] = event.origin().kind().code();
      origins[i] = event.origin().id();
      dedupeKeys[i] = offer.dedupeKey();
      hashes[i] = offer.bodyHash();
      expiries[i] = event.acceptedAt().plus(offer.dedupeWindow()).toString();
      types[i] = event.type();
      keys[i] = event.key();
      externalIds[i] = event.externalId();
      accepted[i] = event.acceptedAt().toString();
      Instant occurredAt = event.occurredAt();
      occurred[i] = occurredAt == null ? null : occurredAt.toString();
      verified[i] = event.verified();
      matched[i] = batch.get(i).matched();
      contentTypes[i] = event.contentType();
      headers[i] = Text.storable(Json.of(event.headers()));
      bodies[i] = event.body();
      deliveryCount += batch.get(i).matched();
    }
    UUID[] deliveryIds = new UUID[deliveryCount];
    UUID[] deliveryEvents = new UUID[deliveryCount];
    UUID[] deliveryEndpoints = new UUID[deliveryCount];
    @Nullable String[] deliveryKeys = new String[deliveryCount];
    String[] deliveryDues = new String[deliveryCount];
    Boolean[] deliveryInLane = new Boolean[deliveryCount];
    int d = 0;
    for (Routed routed : batch) {
      for (Waiting delivery : routed.deliveries()) {
        deliveryIds[d] = delivery.deliveryId();
        deliveryEvents[d] = delivery.eventId();
        deliveryEndpoints[d] = delivery.endpointId();
        Place place = delivery.place();
        deliveryInLane[d] = place != null;
        deliveryKeys[d] = place == null ? routed.event().key() : place.key();
        deliveryDues[d] = delivery.dueAt().toString();
        d++;
      }
      for (HeldDelivery delivery : routed.held()) {
        deliveryIds[d] = delivery.deliveryId();
        deliveryEvents[d] = routed.event().id();
        deliveryEndpoints[d] = delivery.endpointId();
        deliveryInLane[d] = false;
        deliveryKeys[d] = routed.event().key();
        deliveryDues[d] = "infinity";
        d++;
      }
    }
    try (PreparedStatement statement = connection.prepareStatement(ACCEPT)) {
      int p = 0;
      statement.setObject(++p, projectId);
      statement.setArray(++p, connection.createArrayOf("uuid", ids));
      statement.setArray(++p, connection.createArrayOf("text", originKinds));
      statement.setArray(++p, connection.createArrayOf("uuid", origins));
      statement.setArray(++p, connection.createArrayOf("text", dedupeKeys));
      statement.setArray(++p, connection.createArrayOf("bytea", hashes));
      statement.setArray(++p, connection.createArrayOf("text", expiries));
      statement.setArray(++p, connection.createArrayOf("text", types));
      statement.setArray(++p, connection.createArrayOf("text", keys));
      statement.setArray(++p, connection.createArrayOf("text", externalIds));
      statement.setArray(++p, connection.createArrayOf("text", accepted));
      statement.setArray(++p, connection.createArrayOf("text", occurred));
      statement.setArray(++p, connection.createArrayOf("bool", verified));
      statement.setArray(++p, connection.createArrayOf("int4", matched));
      statement.setArray(++p, connection.createArrayOf("text", contentTypes));
      statement.setArray(++p, connection.createArrayOf("text", headers));
      statement.setArray(++p, connection.createArrayOf("bytea", bodies));
      statement.setLong(++p, directoryVersion);
      statement.setObject(++p, projectId);
      statement.setObject(++p, projectId);
      statement.setArray(++p, connection.createArrayOf("uuid", deliveryIds));
      statement.setArray(++p, connection.createArrayOf("uuid", deliveryEvents));
      statement.setArray(++p, connection.createArrayOf("uuid", deliveryEndpoints));
      statement.setArray(++p, connection.createArrayOf("text", deliveryKeys));
      statement.setArray(++p, connection.createArrayOf("text", deliveryDues));
      statement.setArray(++p, connection.createArrayOf("bool", deliveryInLane));
      statement.setObject(++p, projectId);
      statement.setArray(++p, connection.createArrayOf("uuid", newestOnly.toArray()));
      statement.setObject(++p, projectId);
      statement.setObject(++p, projectId);
      try (ResultSet row = statement.executeQuery()) {
        return answer(row, directoryVersion);
      }
    }
  }

  private static Answer answer(ResultSet row, long directoryVersion) throws SQLException {
    Set<UUID> fresh = new HashSet<>();
    Map<LaneId, LaneEnd> lanes = new HashMap<>();
    while (row.next()) {
      UUID endpointId = row.getObject(3, UUID.class);
      if (endpointId != null) {
        lanes.put(
            new LaneId(endpointId, row.getString(4)),
            new LaneEnd(row.getLong(5), row.getLong(6), row.getBoolean(7)));
        continue;
      }
      if (row.getLong(1) != directoryVersion) {
        return new Answer.Outdated();
      }
      UUID id = row.getObject(2, UUID.class);
      if (id != null) {
        fresh.add(id);
      }
    }
    return new Answer.Committed(fresh, lanes);
  }

  /** Which events have these keys. */
  static Map<DedupeKey, Original> originals(
      Connection connection, UUID projectId, List<DedupeKey> keys) throws SQLException {
    Map<DedupeKey, Original> originals = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(FIND_ORIGINALS)) {
      statement.setArray(
          1, connection.createArrayOf("uuid", keys.stream().map(DedupeKey::originId).toArray()));
      statement.setArray(
          2, connection.createArrayOf("text", keys.stream().map(DedupeKey::dedupeKey).toArray()));
      statement.setObject(3, projectId);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          originals.put(
              new DedupeKey(row.getObject(1, UUID.class), row.getString(2)),
              new Original(row.getObject(3, UUID.class), row.getBytes(4)));
        }
      }
    }
    return originals;
  }

  /**
   * Keeps what came with known keys but other bodies, in one statement and so in one commit.
   *
   * @param conflicts of one project, none of them twice
   * @param maxAnEvent how many are kept of one event
   * @return the events that now have as many as are kept
   */
  static List<UUID> keepConflicts(
      Connection connection, UUID projectId, List<Conflict> conflicts, int maxAnEvent, Instant now)
      throws SQLException {
    int size = conflicts.size();
    UUID[] events = new UUID[size];
    byte[][] hashes = new byte[size][];
    String[] contentTypes = new String[size];
    String[] headers = new String[size];
    byte[][] bodies = new byte[size][];
    for (int i = 0; i < size; i++) {
      Offer offer = conflicts.get(i).offer();
      events[i] = conflicts.get(i).originalId();
      hashes[i] = offer.bodyHash();
      contentTypes[i] = offer.contentType();
      headers[i] = Text.storable(Json.of(offer.headers()));
      bodies[i] = offer.body();
    }
    List<UUID> full = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(KEEP_CONFLICTS)) {
      int p = 0;
      statement.setObject(++p, projectId);
      statement.setArray(++p, connection.createArrayOf("uuid", events));
      statement.setArray(++p, connection.createArrayOf("bytea", hashes));
      statement.setArray(++p, connection.createArrayOf("text", contentTypes));
      statement.setArray(++p, connection.createArrayOf("text", headers));
      statement.setArray(++p, connection.createArrayOf("bytea", bodies));
      statement.setObject(++p, projectId);
      statement.setObject(++p, projectId);
      statement.setString(++p, now.toString());
      statement.setInt(++p, maxAnEvent);
      statement.setInt(++p, maxAnEvent);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          full.add(row.getObject(1, UUID.class));
        }
      }
    }
    return full;
  }
}
