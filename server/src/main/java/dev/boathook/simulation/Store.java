package dev.boathook.simulation;

import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.event.Event;
import dev.boathook.lane.DeliveryState;
import dev.boathook.lane.Effect;
import dev.boathook.lane.Engine;
import dev.boathook.lane.LaneEnd;
import dev.boathook.lane.LaneId;
import dev.boathook.lane.LoadedLane;
import dev.boathook.lane.Place;
import dev.boathook.lane.Resolution;
import dev.boathook.lane.Shards;
import dev.boathook.lane.Waiting;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A model of the database of one project: its tables, and each statement of the product as one
 * method, which happens at once and wholly, as a commit does. That it does what the SQL does is
 * tested against PostgreSQL.
 */
final class Store {
  /** As no headers are stored: an empty array of JSON. */
  private static final int NO_HEADERS_BYTES = 2;

  private static final long NANOS_A_MICRO = 1_000;

  private final LeaseTables leases = new LeaseTables();
  private final Map<UUID, EndpointRow> endpoints = new LinkedHashMap<>();
  private final Map<UUID, EventRow> events = new HashMap<>();
  private final Map<String, UUID> dedupe = new HashMap<>();
  private final Map<UUID, DeliveryRow> deliveries = new LinkedHashMap<>();
  private final Map<UUID, WaitingRows> waiting = new HashMap<>();
  private final Map<UUID, Map<String, LaneRow>> lanes = new HashMap<>();
  private final Map<UUID, Instant> failing = new HashMap<>();
  private final Watcher watcher;
  private final Set<UUID> restating = new LinkedHashSet<>();
  private long directoryVersion;

  Store(Watcher watcher) {
    this.watcher = watcher;
  }

  /** Sees every change. */
  interface Watcher {
    /** Nobody. */
    Watcher NONE =
        new Watcher() {
          @Override
          public void made(DeliveryRow row) {}

          @Override
          public void changed(DeliveryRow before, DeliveryRow after) {}

          @Override
          public void recorded(Resolution resolution, UUID nonce) {}

          @Override
          public void goesOn(LaneId lane) {}
        };

    void made(DeliveryRow row);

    void changed(DeliveryRow before, DeliveryRow after);

    /** A delivery was moved by this. */
    void recorded(Resolution resolution, UUID nonce);

    /** An operator lets a halted lane go on. */
    void goesOn(LaneId lane);
  }

  /** What an endpoint lets be sent. */
  enum Status {
    ACTIVE,
    PAUSED,
    DISABLED
  }

  /** A row of the table. */
  record EndpointRow(
      UUID endpointId,
      DeliveryPolicy policy,
      Status status,
      @Nullable Rate resumeRate,
      boolean deleted,
      long version) {}

  /** The directory's version, and what has changed since an earlier one. */
  record Directory(long version, List<EndpointRow> changed) {}

  /** A row of the table. */
  record EventRow(
      UUID eventId, @Nullable String key, String type, int bodyBytes, @Nullable Event event) {}

  /** A row of the table. */
  record DeliveryRow(
      UUID deliveryId,
      UUID eventId,
      UUID endpointId,
      @Nullable String key,
      @Nullable Long laneSeq,
      DeliveryState state,
      int attempts,
      Instant dueAt,
      @Nullable Instant finishedAt,
      @Nullable String lastOutcome,
      @Nullable UUID replayOf) {
    boolean isWaiting() {
      return state == DeliveryState.WAITING;
    }

    private DeliveryRow cancelled(Instant at, String why) {
      return new DeliveryRow(
          deliveryId,
          eventId,
          endpointId,
          key,
          laneSeq,
          DeliveryState.CANCELLED,
          attempts,
          dueAt,
          at,
          why,
          replayOf);
    }

    private long number() {
      return laneSeq == null ? 0 : laneSeq;
    }

    private String laneKey() {
      return key == null ? "" : key;
    }
  }

  /** A row of the table. */
  record LaneRow(
      String key,
      long lastSeq,
      long doneSeq,
      Instant dueAt,
      @Nullable Instant haltedAt,
      @Nullable UUID haltedBy) {
    boolean hasWork() {
      return doneSeq < lastSeq && haltedAt == null;
    }
  }

  /** An event that is to be, with its deliveries; those in lanes without their numbers. */
  record Offered(
      UUID eventId,
      @Nullable String dedupeKey,
      @Nullable String key,
      String type,
      int bodyBytes,
      List<Waiting> deliveries) {}

  /** What accepting answers; without a directory of that version nothing was written. */
  record Accepted(boolean outdated, Set<UUID> fresh, Map<LaneId, LaneEnd> lanes) {}

  /** What was read, and when the next is due that was not. */
  record Loaded<T>(List<T> rows, @Nullable Instant nextDue) {}

  /** Something that waits, and may not be known. */
  record Expected(UUID endpointId, boolean lanes, Instant dueAt) {}

  /** What is to be told after a commit. */
  record Told(List<DeliveryRow> withdrawn, List<Expected> expected) {
    static Told nothing() {
      return new Told(new ArrayList<>(), new ArrayList<>());
    }

    private void add(@Nullable Expected one) {
      if (one != null) {
        expected.add(one);
      }
    }
  }

  /** A lane that was read, and what waits in it. */
  record ReadLane(LaneRow row, List<Waiting> items) {
    /** Whether the row is not as what waits in the lane would have it. */
    boolean isToBeMended() {
      return items.isEmpty() || items.getFirst().dueAt().isAfter(row.dueAt);
    }
  }

  /** PostgreSQL keeps microseconds, and rounds: what lies in the middle to the even one. */
  static Instant stored(Instant time) {
    long nanos = time.getLong(ChronoField.NANO_OF_SECOND);
    long micros = nanos / NANOS_A_MICRO;
    long rest = nanos % NANOS_A_MICRO;
    boolean up = rest > NANOS_A_MICRO / 2 || (rest == NANOS_A_MICRO / 2 && micros % 2 == 1);
    return time.plusNanos(up ? NANOS_A_MICRO - rest : -rest);
  }

  LeaseTables leases() {
    return leases;
  }

  long directoryVersion() {
    return directoryVersion;
  }

  Collection<EndpointRow> endpoints() {
    return endpoints.values();
  }

  EndpointRow endpoint(UUID endpointId) {
    EndpointRow row = endpoints.get(endpointId);
    if (row == null) {
      throw new IllegalStateException("no endpoint " + endpointId);
    }
    return row;
  }

  Collection<DeliveryRow> deliveries() {
    return deliveries.values();
  }

  @Nullable DeliveryRow delivery(UUID deliveryId) {
    return deliveries.get(deliveryId);
  }

  @Nullable EventRow event(UUID eventId) {
    return events.get(eventId);
  }

  @Nullable UUID eventOf(String dedupeKey) {
    return dedupe.get(dedupeKey);
  }

  /** What waits for an endpoint. */
  List<DeliveryRow> waiting(UUID endpointId) {
    WaitingRows rows = waitingRows(endpointId);
    List<DeliveryRow> all = new ArrayList<>(rows.loose);
    rows.laned.values().forEach(lane -> all.addAll(lane.values()));
    return all;
  }

  boolean hasWaiting() {
    for (WaitingRows rows : waiting.values()) {
      if (!rows.loose.isEmpty()) {
        return true;
      }
      for (TreeMap<Long, DeliveryRow> lane : rows.laned.values()) {
        if (!lane.isEmpty()) {
          return true;
        }
      }
    }
    return false;
  }

  /** What waits for one endpoint, as the indexes have it. */
  private static final class WaitingRows {
    private final TreeSet<DeliveryRow> loose =
        new TreeSet<>(
            Comparator.comparing(DeliveryRow::dueAt).thenComparing(DeliveryRow::deliveryId));
    private final Map<String, TreeMap<Long, DeliveryRow>> laned = new HashMap<>();

    void add(DeliveryRow row) {
      if (row.laneSeq == null) {
        loose.add(row);
      } else {
        laned.computeIfAbsent(row.laneKey(), key -> new TreeMap<>()).put(row.laneSeq, row);
      }
    }

    void remove(DeliveryRow row) {
      if (row.laneSeq == null) {
        loose.remove(row);
      } else {
        laned.getOrDefault(row.laneKey(), new TreeMap<>()).remove(row.laneSeq);
      }
    }
  }

  private WaitingRows waitingRows(UUID endpointId) {
    return waiting.computeIfAbsent(endpointId, id -> new WaitingRows());
  }

  @Nullable LaneRow lane(UUID endpointId, String key) {
    return lanes.getOrDefault(endpointId, Map.of()).get(key);
  }

  Collection<LaneRow> lanes(UUID endpointId) {
    return lanes.getOrDefault(endpointId, Map.of()).values();
  }

  /** projects.sql and endpoints_since.sql. */
  Directory directorySince(long version) {
    return new Directory(
        directoryVersion,
        endpoints.values().stream().filter(row -> row.version > version).toList());
  }

  /** Configures an endpoint, new or not; raises the directory's version. */
  void configure(UUID endpointId, DeliveryPolicy policy, Status status, @Nullable Rate resumeRate) {
    directoryVersion++;
    EndpointRow before =
        endpoints.put(
            endpointId,
            new EndpointRow(endpointId, policy, status, resumeRate, false, directoryVersion));
    if (before != null
        && (before.policy.order() == Order.LATEST) != (policy.order() == Order.LATEST)) {
      restating.add(endpointId);
    }
  }

  /** list_restating.sql: the endpoints that are marked, and by which version they are known. */
  Map<UUID, Long> restating() {
    Map<UUID, Long> marked = new LinkedHashMap<>();
    restating.forEach(endpointId -> marked.put(endpointId, endpoint(endpointId).version));
    return marked;
  }

  /** end_restating.sql. */
  void endRestating(UUID endpointId, long version) {
    if (endpoint(endpointId).version == version) {
      restating.remove(endpointId);
    }
  }

  /** restate_lanes.sql. */
  void restateLanes(UUID endpointId) {
    for (LaneRow lane : List.copyOf(lanes(endpointId))) {
      DeliveryRow first = firstInLane(endpointId, lane.key);
      DeliveryRow last = lastInLane(endpointId, lane.key);
      if (lane.hasWork() && first != null && last != null) {
        Instant due = earlier(first.dueAt, last.dueAt);
        put(endpointId, new LaneRow(lane.key, lane.lastSeq, lane.doneSeq, due, null, null));
      }
    }
  }

  /** Deletes an endpoint; what waits for it is cancelled by {@link #cancelForDeleted}. */
  void delete(UUID endpointId) {
    directoryVersion++;
    EndpointRow row = endpoint(endpointId);
    endpoints.put(
        endpointId,
        new EndpointRow(
            endpointId, row.policy, row.status, row.resumeRate, true, directoryVersion));
  }

  /** accept.sql. */
  Accepted accept(long version, List<Offered> batch) {
    if (version != directoryVersion) {
      return new Accepted(true, Set.of(), Map.of());
    }
    Set<UUID> fresh = new HashSet<>();
    List<Waiting> wanted = new ArrayList<>();
    Map<UUID, @Nullable String> eventKeys = new HashMap<>();
    for (Offered offered : batch) {
      String dedupeKey = offered.dedupeKey;
      if (dedupeKey != null && dedupe.putIfAbsent(dedupeKey, offered.eventId) != null) {
        continue;
      }
      fresh.add(offered.eventId);
      events.put(
          offered.eventId,
          new EventRow(
              offered.eventId,
              offered.key,
              offered.type,
              offered.bodyBytes,
              offered.deliveries.isEmpty() ? null : offered.deliveries.getFirst().event()));
      eventKeys.put(offered.eventId, offered.key);
      wanted.addAll(offered.deliveries);
    }
    Map<LaneId, List<Waiting>> inLanes = new LinkedHashMap<>();
    for (Waiting delivery : wanted) {
      Place place = delivery.place();
      if (place == null) {
        insert(row(delivery, eventKeys.get(delivery.eventId()), null, null));
      } else {
        inLanes
            .computeIfAbsent(
                new LaneId(delivery.endpointId(), place.key()), id -> new ArrayList<>())
            .add(delivery);
      }
    }
    Map<LaneId, LaneEnd> ends = new HashMap<>();
    inLanes.forEach((id, items) -> {
      items.sort(Comparator.comparing(Waiting::deliveryId));
      boolean newestOnly = endpoint(id.endpointId()).policy.order() == Order.LATEST;
      LaneRow lane = grow(id, items.size(), earliest(items), newestOnly);
      ends.put(id, new LaneEnd(lane.lastSeq, lane.doneSeq, lane.haltedAt != null));
      long number = lane.lastSeq - items.size();
      for (Waiting item : items) {
        insert(row(item, id.key(), ++number, null));
      }
    });
    return new Accepted(false, fresh, ends);
  }

  private static Instant earliest(List<Waiting> items) {
    return items.stream().map(Waiting::dueAt).min(Comparator.naturalOrder()).orElseThrow();
  }

  private LaneRow grow(LaneId id, int more, Instant due, boolean newestOnly) {
    Map<String, LaneRow> ofEndpoint =
        lanes.computeIfAbsent(id.endpointId(), endpoint -> new TreeMap<>());
    LaneRow lane = ofEndpoint.get(id.key());
    LaneRow grown =
        lane == null
            ? new LaneRow(id.key(), more, 0, stored(due), null, null)
            : new LaneRow(
                id.key(),
                lane.lastSeq + more,
                lane.doneSeq,
                lane.doneSeq == lane.lastSeq
                    ? stored(due)
                    : newestOnly ? earlier(lane.dueAt, stored(due)) : lane.dueAt,
                lane.haltedAt,
                lane.haltedBy);
    ofEndpoint.put(id.key(), grown);
    return grown;
  }

  private static DeliveryRow row(
      Waiting delivery, @Nullable String key, @Nullable Long number, @Nullable UUID replayOf) {
    return new DeliveryRow(
        delivery.deliveryId(),
        delivery.eventId(),
        delivery.endpointId(),
        key,
        number,
        DeliveryState.WAITING,
        0,
        stored(delivery.dueAt()),
        null,
        null,
        replayOf);
  }

  private void insert(DeliveryRow row) {
    deliveries.put(row.deliveryId, row);
    waitingRows(row.endpointId).add(row);
    watcher.made(row);
  }

  private void update(DeliveryRow after) {
    DeliveryRow before = deliveries.put(after.deliveryId, after);
    if (before == null) {
      throw new IllegalStateException("no delivery " + after.deliveryId);
    }
    WaitingRows rows = waitingRows(after.endpointId);
    if (before.isWaiting()) {
      rows.remove(before);
    }
    if (after.isWaiting()) {
      rows.add(after);
    }
    watcher.changed(before, after);
  }

  /** record.sql. */
  List<Resolution.Written> record(UUID nonce, List<Resolution> batch, List<String> outcomes) {
    List<Resolution.Written> written = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      Resolution resolution = batch.get(i);
      int shard = Shards.of(resolution.delivery().endpointId());
      if (!leases.isHeld(shard, resolution.epoch(), nonce)) {
        written.add(Resolution.Written.FENCED);
        continue;
      }
      DeliveryRow row = deliveries.get(resolution.delivery().deliveryId());
      if (row == null || !row.isWaiting() || row.attempts != resolution.attempts() - 1) {
        written.add(Resolution.Written.UNMOVED);
        continue;
      }
      move(row, resolution, outcomes.get(i));
      watcher.recorded(resolution, nonce);
      written.add(Resolution.Written.MOVED);
    }
    return written;
  }

  private void move(DeliveryRow row, Resolution resolution, String outcome) {
    Instant finishedAt = resolution.finishedAt();
    Instant finished = finishedAt == null ? null : stored(finishedAt);
    Instant due = stored(resolution.dueAt());
    update(
        new DeliveryRow(
            row.deliveryId,
            row.eventId,
            row.endpointId,
            row.key,
            row.laneSeq,
            resolution.state(),
            resolution.attempts(),
            due,
            finished,
            outcome,
            row.replayOf));
    LaneRow lane = row.laneSeq == null ? null : lane(row.endpointId, row.laneKey());
    if (lane == null) {
      return;
    }
    boolean halts = resolution.haltsLane();
    put(
        row.endpointId,
        new LaneRow(
            lane.key,
            lane.lastSeq,
            finished == null ? lane.doneSeq : Math.max(lane.doneSeq, row.number()),
            resolution.supersedes() && lane.lastSeq > row.number() ? earlier(lane.dueAt, due) : due,
            halts ? finished : lane.haltedAt,
            halts ? row.deliveryId : lane.haltedBy));
    if (resolution.supersedes() && finished != null) {
      for (DeliveryRow older : inLane(row.endpointId, lane.key)) {
        if (older.number() < row.number()) {
          update(older.cancelled(finished, "superseded"));
        }
      }
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private void put(UUID endpointId, LaneRow lane) {
    lanes.computeIfAbsent(endpointId, endpoint -> new TreeMap<>()).put(lane.key, lane);
  }

  /** What waits in a lane, by places. */
  List<DeliveryRow> inLane(UUID endpointId, String key) {
    TreeMap<Long, DeliveryRow> lane = waitingRows(endpointId).laned.get(key);
    return lane == null ? List.of() : List.copyOf(lane.values());
  }

  /** The first that waits in a lane; null when none does. */
  @Nullable DeliveryRow firstInLane(UUID endpointId, String key) {
    TreeMap<Long, DeliveryRow> lane = waitingRows(endpointId).laned.get(key);
    return lane == null || lane.isEmpty() ? null : lane.firstEntry().getValue();
  }

  /** The last that waits in a lane; null when none does. */
  @Nullable DeliveryRow lastInLane(UUID endpointId, String key) {
    TreeMap<Long, DeliveryRow> lane = waitingRows(endpointId).laned.get(key);
    return lane == null || lane.isEmpty() ? null : lane.lastEntry().getValue();
  }

  /** load_waiting.sql. */
  Loaded<Waiting> load(Effect.Load load) {
    List<Waiting> rows = new ArrayList<>();
    Instant notBefore = load.notBefore();
    for (DeliveryRow row : waitingRows(load.terms().endpointId()).loose) {
      if (rows.size() == load.limit()) {
        break;
      }
      if (notBefore != null && row.dueAt.isBefore(notBefore)) {
        continue;
      }
      rows.add(waiting(row, load, null));
    }
    return new Loaded<>(rows, rows.size() < load.limit() ? null : rows.getLast().dueAt());
  }

  private Waiting waiting(DeliveryRow row, Effect.Load load, @Nullable Place place) {
    EventRow event = events.get(row.eventId);
    return new Waiting(
        load.terms().projectId(),
        row.deliveryId,
        row.eventId,
        row.endpointId,
        event == null ? "" : event.type,
        place,
        row.attempts,
        row.dueAt,
        event == null ? 0 : event.bodyBytes,
        event == null || place != null || event.bodyBytes + NO_HEADERS_BYTES > load.eventBytes()
            ? null
            : event.event);
  }

  /** load_lanes.sql and load_newest.sql. */
  List<ReadLane> readLanes(Effect.Load load) {
    UUID endpointId = load.terms().endpointId();
    List<LaneRow> withWork = new ArrayList<>();
    for (LaneRow lane : lanes(endpointId)) {
      if (lane.hasWork()) {
        withWork.add(lane);
      }
    }
    withWork.sort(Comparator.comparing(LaneRow::dueAt).thenComparing(LaneRow::key));
    List<ReadLane> read = new ArrayList<>();
    for (LaneRow lane : withWork) {
      if (read.size() == load.limit()) {
        break;
      }
      read.add(new ReadLane(lane, items(lane, load)));
    }
    return read;
  }

  private List<Waiting> items(LaneRow lane, Effect.Load load) {
    TreeMap<Long, DeliveryRow> all = waitingRows(load.terms().endpointId()).laned.get(lane.key);
    List<Waiting> items = new ArrayList<>();
    if (all == null) {
      return items;
    }
    int most = load.held().contains(lane.key) ? 1 : load.perLane();
    NavigableMap<Long, DeliveryRow> open = all.tailMap(lane.doneSeq, false);
    for (DeliveryRow row : (load.newestOnly() ? open.descendingMap() : open).values()) {
      if (items.size() == most) {
        break;
      }
      items.add(waiting(row, load, new Place(lane.key, row.number())));
    }
    return load.newestOnly() ? items.reversed() : items;
  }

  /** What {@link #readLanes} has read, without the lanes of which nothing waits. */
  static Loaded<LoadedLane> loaded(Effect.Load load, List<ReadLane> read) {
    List<LoadedLane> rows = new ArrayList<>();
    for (ReadLane lane : read) {
      if (!lane.items.isEmpty()) {
        rows.add(
            new LoadedLane(
                lane.row.key, lane.row.lastSeq, lane.row.dueAt, load.newestOnly(), lane.items));
      }
    }
    return new Loaded<>(rows, read.size() < load.limit() ? null : read.getLast().row.dueAt);
  }

  /** settle_lane.sql. */
  void settle(UUID endpointId, LaneRow read) {
    LaneRow lane = lane(endpointId, read.key);
    if (lane != null && lane.lastSeq == read.lastSeq && lane.doneSeq == read.doneSeq) {
      put(
          endpointId,
          new LaneRow(
              lane.key, lane.lastSeq, lane.lastSeq, lane.dueAt, lane.haltedAt, lane.haltedBy));
    }
  }

  /** correct_lane.sql. */
  void correct(UUID endpointId, LaneRow read, Instant due, Order order) {
    LaneRow lane = lane(endpointId, read.key);
    if (lane != null
        && endpoint(endpointId).policy.order() == order
        && lane.lastSeq == read.lastSeq
        && lane.doneSeq == read.doneSeq
        && lane.dueAt.equals(read.dueAt)) {
      put(
          endpointId,
          new LaneRow(
              lane.key, lane.lastSeq, lane.doneSeq, stored(due), lane.haltedAt, lane.haltedBy));
    }
  }

  /** survey.sql. */
  List<Engine.Found> survey(Collection<UUID> endpointIds) {
    List<Engine.Found> found = new ArrayList<>();
    for (UUID endpointId : endpointIds) {
      TreeSet<DeliveryRow> loose = waitingRows(endpointId).loose;
      Instant due = loose.isEmpty() ? null : loose.first().dueAt;
      Instant lanesDue =
          lanes(endpointId).stream()
              .filter(LaneRow::hasWork)
              .map(LaneRow::dueAt)
              .min(Comparator.naturalOrder())
              .orElse(null);
      Instant since = failing.get(endpointId);
      if (due != null || lanesDue != null || since != null) {
        found.add(new Engine.Found(endpointId, due, lanesDue, since));
      }
    }
    return found;
  }

  /** note_failing.sql and note_well.sql. */
  void note(UUID endpointId, @Nullable Instant since) {
    if (since == null) {
      failing.remove(endpointId);
    } else {
      failing.put(endpointId, stored(since));
    }
  }

  /** deleted_with_waiting.sql and cancel_endpoint.sql. */
  void cancelForDeleted(Instant now) {
    for (EndpointRow endpoint : endpoints.values()) {
      if (endpoint.deleted) {
        for (DeliveryRow row : waiting(endpoint.endpointId)) {
          update(row.cancelled(stored(now), "endpoint_deleted"));
        }
      }
    }
  }

  /** Cancels those of these that wait, and lets their lanes say anew where they begin. */
  Told cancel(Collection<UUID> deliveryIds, Instant now) {
    Told told = Told.nothing();
    Set<LaneId> settled = new LinkedHashSet<>();
    for (UUID id : deliveryIds) {
      DeliveryRow row = deliveries.get(id);
      if (row != null && row.isWaiting()) {
        update(row.cancelled(stored(now), "cancelled"));
        told.withdrawn.add(row);
        if (row.laneSeq != null) {
          settled.add(new LaneId(row.endpointId, row.laneKey()));
        }
      }
    }
    settled.forEach(lane -> told.add(restate(lane.endpointId(), lane.key(), false)));
    return told;
  }

  /** Lets a halted lane go on behind its dead head. */
  Told skip(UUID endpointId, String key) {
    Told told = Told.nothing();
    LaneRow lane = lane(endpointId, key);
    if (lane != null && lane.haltedBy != null) {
      told.add(restate(endpointId, key, true));
    }
    return told;
  }

  /** Cancels what waits in a halted lane, which then goes on. */
  Told drain(UUID endpointId, String key, Instant now) {
    LaneRow lane = lane(endpointId, key);
    if (lane == null || lane.haltedBy == null) {
      return Told.nothing();
    }
    List<UUID> ids = inLane(endpointId, key).stream().map(DeliveryRow::deliveryId).toList();
    Told told = cancel(ids, now);
    told.add(restate(endpointId, key, true));
    return told;
  }

  /** settle_lanes.sql; answers what the lane goes on with. */
  private @Nullable Expected restate(UUID endpointId, String key, boolean go) {
    LaneRow lane = lane(endpointId, key);
    if (lane == null) {
      return null;
    }
    DeliveryRow first = firstInLane(endpointId, key);
    DeliveryRow last = lastInLane(endpointId, key);
    LaneRow after =
        new LaneRow(
            key,
            lane.lastSeq,
            first == null ? lane.lastSeq : first.number() - 1,
            first == null || last == null ? lane.dueAt : earlier(first.dueAt, last.dueAt),
            go ? null : lane.haltedAt,
            go ? null : lane.haltedBy);
    put(endpointId, after);
    if (go) {
      watcher.goesOn(new LaneId(endpointId, key));
    }
    return after.hasWork() ? new Expected(endpointId, true, after.dueAt) : null;
  }

  /** append.sql: a new delivery of a finished one's event, behind all that waits. */
  Told replay(UUID deliveryId, UUID newId, Instant due) {
    Told told = Told.nothing();
    DeliveryRow row = deliveries.get(deliveryId);
    if (row == null || row.isWaiting()) {
      return told;
    }
    EndpointRow endpoint = endpoint(row.endpointId);
    if (endpoint.deleted) {
      return told;
    }
    boolean inLane = endpoint.policy.order().hasLaneOutOfTurn();
    EventRow event = events.get(row.eventId);
    String key = event == null ? null : event.key;
    LaneId id = new LaneId(row.endpointId, key == null ? "" : key);
    Long number = inLane ? grow(id, 1, due, false).lastSeq : null;
    DeliveryRow made =
        new DeliveryRow(
            newId,
            row.eventId,
            row.endpointId,
            inLane ? id.key() : key,
            number,
            DeliveryState.WAITING,
            0,
            stored(due),
            null,
            null,
            deliveryId);
    insert(made);
    told.expected.add(new Expected(row.endpointId, inLane, due));
    return told;
  }

  /** insert_head.sql: a halted lane's dead head once more, in its own place; the lane goes on. */
  Told retryHead(UUID endpointId, String key, UUID newId, Instant due) {
    Told told = Told.nothing();
    LaneRow lane = lane(endpointId, key);
    DeliveryRow head = lane == null || lane.haltedBy == null ? null : deliveries.get(lane.haltedBy);
    if (head == null || endpoint(endpointId).deleted) {
      return told;
    }
    insert(
        new DeliveryRow(
            newId,
            head.eventId,
            endpointId,
            head.key,
            head.laneSeq,
            DeliveryState.WAITING,
            0,
            stored(due),
            null,
            null,
            head.deliveryId));
    told.add(restate(endpointId, key, true));
    return told;
  }
}
