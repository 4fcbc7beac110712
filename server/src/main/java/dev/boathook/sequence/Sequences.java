package dev.boathook.sequence;

import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.sequence.Sequencer.Decision;
import dev.boathook.sequence.Sequencer.Held;
import dev.boathook.sequence.Sequencer.State;
import dev.boathook.sequence.Sequencer.Step;
import dev.boathook.source.Sequenced;
import dev.boathook.store.Columns;
import dev.boathook.store.Planning;
import dev.boathook.store.Sql;
import dev.boathook.world.Ids;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The resources of one transaction, from when they are locked until what was decided about their
 * events is written. The locks are the first that a transaction takes, before those of dedupe keys
 * and lanes, and in one order, so that no two wait for each other.
 */
public final class Sequences {
  private static final String LOCK = Sql.of(Sequences.class, "lock_resources");
  private static final String FIND_HELD = Sql.of(Sequences.class, "find_held");
  private static final String SAVE = Sql.of(Sequences.class, "save_resources");
  private static final String FIND_TYPES = Sql.of(Sequences.class, "find_types");
  private static final String RELEASE = Sql.of(Sequences.class, "release");
  private static final String DROP_LATE = Sql.of(Sequences.class, "drop_late");
  private static final String FLAG_LATE = Sql.of(Sequences.class, "flag_late");

  private final Connection connection;
  private final UUID projectId;
  private final Ids ids;
  private final Map<ResourceId, Resource> resources = new LinkedHashMap<>();
  private final Map<UUID, List<HeldDelivery>> deliveries = new HashMap<>();
  private final Map<UUID, String> types = new HashMap<>();
  private final List<UUID> released = new ArrayList<>();
  private final Set<UUID> flagged = new LinkedHashSet<>();
  private final List<UUID> dropped = new ArrayList<>();
  private Instant now = Instant.EPOCH;
  private int held;
  private int late;

  private Sequences(Connection connection, UUID projectId, Ids ids) {
    this.connection = connection;
    this.projectId = projectId;
    this.ids = ids;
  }

  private static final class Resource {
    private final ResourceId id;
    private final List<Step.Gap> gaps = new ArrayList<>();
    private State before;
    private State after;

    Resource(ResourceId id, State state) {
      this.id = id;
      this.before = state;
      this.after = state;
    }

    void hold(List<Held> all) {
      before = new State(before.position(), all);
      after = before;
    }

    boolean isChanged() {
      return !before.equals(after);
    }
  }

  /**
   * Locks these resources of a project, within the caller's transaction and before it locks
   * anything else.
   */
  public static Sequences lock(
      Connection connection, UUID projectId, Ids ids, Collection<ResourceId> named)
      throws SQLException {
    Sequences sequences = new Sequences(connection, projectId, ids);
    sequences.lock(named.stream().distinct().toList());
    return sequences;
  }

  private void lock(List<ResourceId> named) throws SQLException {
    List<ResourceId> holding = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
      statement.setObject(1, projectId);
      setIds(statement, 2, named);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          ResourceId id = ResourceId.of(row);
          State state = new State(row.getObject("position", Long.class), List.of());
          resources.put(id, new Resource(id, state));
          // The latest of them: no row was locked after it.
          Instant lockedAt = Columns.instant(row, "now");
          now = lockedAt.isAfter(now) ? lockedAt : now;
          if (row.getInt("held") > 0) {
            holding.add(id);
          }
        }
      }
    }
    if (!holding.isEmpty()) {
      findHeld(holding);
    }
  }

  private void findHeld(List<ResourceId> holding) throws SQLException {
    Map<ResourceId, List<Held>> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(FIND_HELD)) {
      setIds(statement, 1, holding);
      statement.setObject(4, projectId);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          UUID eventId = row.getObject("event_id", UUID.class);
          found
              .computeIfAbsent(ResourceId.of(row), id -> new ArrayList<>())
              .add(
                  new Held(
                      row.getLong("position"),
                      eventId,
                      Columns.instant(row, "wait_until"),
                      row.getBoolean("late")));
          deliveries.put(eventId, heldDeliveries(row));
        }
      }
    }
    found.forEach((id, all) -> Objects.requireNonNull(resources.get(id)).hold(all));
  }

  private static List<HeldDelivery> heldDeliveries(ResultSet row) throws SQLException {
    UUID[] deliveryIds = (UUID[]) row.getArray("delivery_ids").getArray();
    UUID[] endpointIds = (UUID[]) row.getArray("endpoint_ids").getArray();
    List<HeldDelivery> all = new ArrayList<>();
    for (int i = 0; i < deliveryIds.length; i++) {
      all.add(new HeldDelivery(deliveryIds[i], endpointIds[i]));
    }
    return all;
  }

  private void setIds(PreparedStatement statement, int first, List<ResourceId> named)
      throws SQLException {
    int p = first;
    statement.setArray(p++, array("uuid", named.stream().map(ResourceId::sourceId).toArray()));
    statement.setArray(p++, array("int8", named.stream().map(ResourceId::series).toArray()));
    statement.setArray(p, array("text", named.stream().map(ResourceId::resource).toArray()));
  }

  private Array array(String type, Object[] values) throws SQLException {
    return connection.createArrayOf(type, values);
  }

  /** An event of one of the resources has come, or one that goes on at once. */
  public void arrived(Arrival arrival) {
    UUID eventId = arrival.eventId();
    deliveries.put(eventId, arrival.deliveries());
    types.put(eventId, arrival.type());
    Sequenced sequenced = arrival.sequenced();
    if (sequenced == null) {
      released.add(eventId);
      return;
    }
    Resource resource =
        Objects.requireNonNull(
            resources.get(ResourceId.of(arrival.sourceId(), sequenced)),
            "a resource is not locked");
    Decision decision =
        Sequencer.arrived(sequenced.rule(), resource.after, sequenced.position(), eventId, now);
    take(resource, decision);
    late += isLate(decision, eventId) ? 1 : 0;
  }

  private static boolean isLate(Decision decision, UUID eventId) {
    for (Step step : decision.steps()) {
      boolean isLate =
          switch (step) {
            case Step.Release(UUID id, boolean late) -> late && id.equals(eventId);
            case Step.Hold(Held held) -> held.late();
            case Step.Drop(UUID id) -> id.equals(eventId);
            case Step.Gap gap -> false;
          };
      if (isLate) {
        return true;
      }
    }
    return false;
  }

  /** No event has come; what has waited long enough goes on. */
  public void waited() {
    for (Resource resource : resources.values()) {
      take(resource, Sequencer.waited(resource.after, now));
    }
  }

  private void take(Resource resource, Decision decision) {
    resource.after = decision.state();
    for (Step step : decision.steps()) {
      switch (step) {
        case Step.Release(UUID eventId, boolean isLate) -> {
          released.add(eventId);
          if (isLate) {
            flagged.add(eventId);
          }
        }
        case Step.Hold hold -> held++;
        case Step.Drop(UUID eventId) -> {
          flagged.add(eventId);
          dropped.add(eventId);
        }
        case Step.Gap gap -> resource.gaps.add(gap);
      }
    }
  }

  /**
   * Writes all that was decided, and releases what goes on.
   *
   * @param policies how an endpoint wants its deliveries; the directory must be kept
   * @param moment from when on the first tries of what goes on are waited for
   * @return what to tell others after the commit
   */
  public Outcome write(Function<UUID, DeliveryPolicy> policies, Instant moment)
      throws SQLException {
    Planning.byKeys(connection);
    List<Resource> changed = resources.values().stream().filter(Resource::isChanged).toList();
    if (!changed.isEmpty()) {
      save(changed);
    }
    update(
        FLAG_LATE,
        statement -> {
          statement.setObject(1, projectId);
          statement.setArray(2, array("uuid", flagged.toArray()));
        },
        flagged);
    List<UUID> cancelled = deliveriesOf(dropped).stream().map(HeldDelivery::deliveryId).toList();
    update(
        DROP_LATE,
        statement -> {
          statement.setObject(1, projectId);
          statement.setArray(2, array("uuid", cancelled.toArray()));
          statement.setString(3, moment.toString());
          statement.setObject(4, projectId);
        },
        cancelled);
    Set<Outcome.Queue> queues = release(policies, moment);
    int gaps = changed.stream().mapToInt(resource -> resource.gaps.size()).sum();
    return new Outcome(queues, held, gaps, late);
  }

  @FunctionalInterface
  private interface Binding {
    void to(PreparedStatement statement) throws SQLException;
  }

  private void update(String sql, Binding binding, Collection<UUID> concerned) throws SQLException {
    if (concerned.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      binding.to(statement);
      statement.executeUpdate();
    }
  }

  private List<HeldDelivery> deliveriesOf(List<UUID> events) {
    return events.stream().flatMap(id -> deliveries.getOrDefault(id, List.of()).stream()).toList();
  }

  private record Queue(UUID endpointId, boolean inLanes) {}

  private record Going(UUID deliveryId, boolean inLane, Instant due) {}

  private Set<Outcome.Queue> release(Function<UUID, DeliveryPolicy> policies, Instant moment)
      throws SQLException {
    findTypes();
    List<Going> going = new ArrayList<>();
    Set<UUID> newestOnly = new HashSet<>();
    for (UUID eventId : released) {
      // An event that is not kept any more has no type.
      String type = types.getOrDefault(eventId, "");
      for (HeldDelivery delivery : deliveries.getOrDefault(eventId, List.of())) {
        DeliveryPolicy policy = policies.apply(delivery.endpointId());
        Order order = policy.order();
        if (order == Order.LATEST) {
          newestOnly.add(delivery.endpointId());
        }
        going.add(
            new Going(
                delivery.deliveryId(),
                flagged.contains(eventId) ? order.hasLaneOutOfTurn() : order.hasLanes(),
                policy.retries(type).firstDue(moment)));
      }
    }
    return going.isEmpty() ? Set.of() : release(going, newestOnly);
  }

  /** Those of events that were held are read when they go on; of others they came along. */
  private void findTypes() throws SQLException {
    Object[] unknown = released.stream().filter(id -> !types.containsKey(id)).toArray();
    if (unknown.length == 0) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(FIND_TYPES)) {
      statement.setObject(1, projectId);
      statement.setArray(2, array("uuid", unknown));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          types.put(row.getObject("event_id", UUID.class), row.getString("type"));
        }
      }
    }
  }

  private Set<Outcome.Queue> release(List<Going> going, Set<UUID> newestOnly) throws SQLException {
    Map<Queue, Instant> earliest = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(RELEASE)) {
      int p = 0;
      Array newest = array("uuid", newestOnly.toArray());
      statement.setArray(++p, array("uuid", going.stream().map(Going::deliveryId).toArray()));
      statement.setArray(++p, array("bool", going.stream().map(Going::inLane).toArray()));
      statement.setArray(
          ++p, array("text", going.stream().map(each -> each.due.toString()).toArray()));
      statement.setObject(++p, projectId);
      statement.setArray(++p, newest);
      statement.setObject(++p, projectId);
      statement.setArray(++p, newest);
      statement.setObject(++p, projectId);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          earliest.merge(
              new Queue(row.getObject("endpoint_id", UUID.class), row.getBoolean("in_lane")),
              Columns.instant(row, "due_at"),
              (one, other) -> one.isBefore(other) ? one : other);
        }
      }
    }
    return earliest.entrySet().stream()
        .map(each ->
            new Outcome.Queue(each.getKey().endpointId, each.getKey().inLanes, each.getValue()))
        .collect(Collectors.toSet());
  }

  private record Row(ResourceId id, Held held) {}

  private record GapRow(ResourceId id, Step.Gap gap) {}

  private void save(List<Resource> changed) throws SQLException {
    List<Row> gone = new ArrayList<>();
    List<Row> fresh = new ArrayList<>();
    List<GapRow> gaps = new ArrayList<>();
    for (Resource resource : changed) {
      Set<Held> before = new HashSet<>(resource.before.held());
      Set<Held> after = new HashSet<>(resource.after.held());
      before.stream()
          .filter(each -> !after.contains(each))
          .forEach(each -> gone.add(new Row(resource.id, each)));
      after.stream()
          .filter(each -> !before.contains(each))
          .forEach(each -> fresh.add(new Row(resource.id, each)));
      resource.gaps.forEach(gap -> gaps.add(new GapRow(resource.id, gap)));
    }
    try (PreparedStatement statement = connection.prepareStatement(SAVE)) {
      setIds(statement, 1, changed.stream().map(resource -> resource.id).toList());
      statement.setArray(
          4, array("int8", changed.stream().map(each -> each.after.position()).toArray()));
      statement.setArray(
          5, array("int4", changed.stream().map(each -> each.after.held().size()).toArray()));
      statement.setArray(6, array("text", changed.stream().map(Sequences::dueAt).toArray()));
      statement.setObject(7, projectId);
      setIds(statement, 8, gone.stream().map(Row::id).toList());
      setHeld(statement, 11, gone);
      statement.setObject(13, projectId);
      statement.setObject(14, projectId);
      setIds(statement, 15, fresh.stream().map(Row::id).toList());
      setHeld(statement, 18, fresh);
      statement.setArray(
          20, array("text", fresh.stream().map(each -> each.held.until().toString()).toArray()));
      statement.setArray(21, array("bool", fresh.stream().map(each -> each.held.late()).toArray()));
      statement.setArray(
          22, array("text", fresh.stream().map(each -> joined(each, true)).toArray()));
      statement.setArray(
          23, array("text", fresh.stream().map(each -> joined(each, false)).toArray()));
      statement.setObject(24, projectId);
      statement.setString(25, now.toString());
      setGaps(statement, 26, gaps);
      statement.executeUpdate();
    }
  }

  private void setHeld(PreparedStatement statement, int first, List<Row> rows) throws SQLException {
    int p = first;
    statement.setArray(
        p++, array("int8", rows.stream().map(each -> each.held.position()).toArray()));
    statement.setArray(p, array("uuid", rows.stream().map(each -> each.held.eventId()).toArray()));
  }

  private void setGaps(PreparedStatement statement, int first, List<GapRow> gaps)
      throws SQLException {
    int p = first;
    statement.setArray(p++, array("uuid", gaps.stream().map(each -> ids.next()).toArray()));
    statement.setArray(p++, array("uuid", gaps.stream().map(each -> each.id.sourceId()).toArray()));
    statement.setArray(p++, array("text", gaps.stream().map(each -> each.id.resource()).toArray()));
    statement.setArray(p++, array("int8", gaps.stream().map(each -> each.gap.first()).toArray()));
    statement.setArray(p++, array("int8", gaps.stream().map(each -> each.gap.last()).toArray()));
    statement.setArray(
        p, array("text", gaps.stream().map(each -> each.gap.cause().code()).toArray()));
  }

  private String joined(Row row, boolean isDelivery) {
    return Objects.requireNonNull(deliveries.get(row.held.eventId())).stream()
        .map(each -> (isDelivery ? each.deliveryId() : each.endpointId()).toString())
        .collect(Collectors.joining(","));
  }

  private static @Nullable String dueAt(Resource resource) {
    Instant due = resource.after.dueAt();
    return due == null ? null : due.toString();
  }
}
