package dev.boathook.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.accept.TestingAccept;
import dev.boathook.deliver.Appending;
import dev.boathook.deliver.TestingDeliver;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.TestingEndpoints;
import dev.boathook.event.Event;
import dev.boathook.event.Origin;
import dev.boathook.lane.DeliveryState;
import dev.boathook.lane.Effect;
import dev.boathook.lane.Leases;
import dev.boathook.lane.Place;
import dev.boathook.lane.Resolution;
import dev.boathook.lane.Shards;
import dev.boathook.lane.Terms;
import dev.boathook.lane.Waiting;
import dev.boathook.node.TestingLeases;
import dev.boathook.outbound.Outcome;
import dev.boathook.replay.TestingOperators;
import dev.boathook.signatures.Headers;
import dev.boathook.simulation.Store.DeliveryRow;
import dev.boathook.simulation.Store.LaneRow;
import dev.boathook.store.Database;
import dev.boathook.store.Partitions;
import dev.boathook.store.Target;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.SeededChance;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The model of the store does what PostgreSQL does: random rows of statements on both, by the
 * product's own SQL, and then every answer and every row is the same.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoreConformanceTest {
  private static final int STEPS = 250;
  private static final int STEPS_A_LOOK = 25;
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Origin ORIGIN = Origin.consumer(new UUID(1, 2));
  private static final List<Order> ORDERS =
      List.of(Order.UNORDERED, Order.BLOCK, Order.SKIP, Order.LATEST);

  private Database database;

  @BeforeAll
  void open() throws Exception {
    TestingDatabase fresh = TestingDatabase.freshDatabase();
    database =
        Database.open(
            new Target(fresh.url(), Optional.of(fresh.user()), Optional.of(fresh.password())));
    new Partitions(database.jdbi()).addAround(NOW);
  }

  @AfterAll
  void close() {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void the_model_is_as_the_database_is(long seed) throws SQLException {
    try (Connection connection = database.hotConnection()) {
      new Twins(connection, seed).compare();
    }
  }

  /** The two, and what is done to both. */
  private final class Twins {
    private final SeededChance chance;
    private final Connection connection;
    private final Store store = new Store(Store.Watcher.NONE);
    private final UUID project;
    private final List<UUID> endpoints = new ArrayList<>();
    private final Map<UUID, Order> orders = new HashMap<>();
    private final List<UUID> nonces = new ArrayList<>();
    private final List<UUID> nodes = List.of(new UUID(9, 1), new UUID(9, 2), new UUID(9, 3));
    private Instant now = NOW;
    private long ids;

    Twins(Connection connection, long seed) throws SQLException {
      this.connection = connection;
      this.chance = new SeededChance(seed);
      this.project = new UUID(77, seed);
      try (Statement statement = connection.createStatement()) {
        statement.execute("DELETE FROM node");
        statement.execute("UPDATE shard SET epoch = 0, nonce = NULL");
      }
      database
          .jdbi()
          .useHandle(handle ->
              handle.execute(
                  "INSERT INTO project (project_id, name, created_at) VALUES (?, ?, ?)",
                  project,
                  "p" + seed,
                  NOW));
      for (Order order : ORDERS) {
        UUID endpoint = new UUID(chance.bits(), chance.bits());
        endpoints.add(endpoint);
        orders.put(endpoint, order);
        store.configure(endpoint, policy(order), Store.Status.ACTIVE, null);
        raiseVersion();
      }
    }

    private void raiseVersion() throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "UPDATE project SET directory_version = directory_version + 1 WHERE project_id = '%s'"
                .formatted(project));
      }
    }

    private DeliveryPolicy policy(Order order) {
      DeliveryPolicy usual = DeliveryPolicy.DEFAULT;
      return new DeliveryPolicy(
          order, usual.retries(), List.of(), List.of(), 1, null, usual.breaker(), null);
    }

    void compare() throws SQLException {
      for (int step = 1; step <= STEPS; step++) {
        now = now.plusMillis(chance.below(1_000));
        step();
        if (step % STEPS_A_LOOK == 0) {
          compareRows();
        }
      }
    }

    private void step() throws SQLException {
      switch (chance.below(20)) {
        case 0, 1, 2, 3 -> accept();
        case 4, 5, 6, 7, 8, 9 -> record();
        case 10 -> cancel();
        case 11 -> skip();
        case 12 -> retryHead();
        case 13, 14 -> replay();
        case 15 -> load();
        case 16 -> survey();
        case 17 -> restate();
        default -> lease();
      }
    }

    private UUID newId() {
      return new UUID(now.toEpochMilli() << 16 | 0x7000L, ++ids | 0x8000_0000_0000_0000L);
    }

    private UUID endpoint() {
      return chance.of(endpoints);
    }

    private String key() {
      return chance.of(List.of("", "a", "b"));
    }

    private void accept() throws SQLException {
      List<TestingAccept.Offered> offered = new ArrayList<>();
      List<Store.Offered> rows = new ArrayList<>();
      TreeSet<String> dedupeKeys = new TreeSet<>();
      for (int i = chance.below(4); i >= 0; i--) {
        dedupeKeys.add("k%03d".formatted(chance.below(300)));
      }
      for (String dedupeKey : dedupeKeys) {
        String key = chance.oneIn(3) ? null : chance.of(List.of("a", "b"));
        byte[] body = new byte[chance.below(5)];
        Event event =
            new Event(
                project,
                newId(),
                ORIGIN,
                "t",
                key,
                null,
                now,
                null,
                true,
                false,
                "text/plain",
                Headers.of(),
                body);
        List<Waiting> deliveries = new ArrayList<>();
        for (UUID endpoint : endpoints) {
          boolean hasLanes = orders.getOrDefault(endpoint, Order.UNORDERED).hasLaneFor(event.key());
          deliveries.add(
              new Waiting(
                  project,
                  newId(),
                  event.id(),
                  endpoint,
                  "t",
                  hasLanes ? Place.in(key) : null,
                  0,
                  now.plusMillis(chance.below(3_000)).plusNanos(chance.below(1_000_000)),
                  body.length,
                  null));
        }
        offered.add(new TestingAccept.Offered(dedupeKey, event, deliveries));
        rows.add(new Store.Offered(event.id(), dedupeKey, key, "t", body.length, deliveries));
      }
      long version = store.directoryVersion() - (chance.oneIn(10) ? 1 : 0);
      Set<UUID> newestOnly = new HashSet<>();
      orders.forEach((endpoint, order) -> {
        if (order == Order.LATEST) {
          newestOnly.add(endpoint);
        }
      });
      TestingAccept.Committed theirs =
          TestingAccept.accept(connection, project, version, offered, newestOnly);
      Store.Accepted ours = store.accept(version, rows);
      assertThat(theirs == null).isEqualTo(ours.outdated());
      if (theirs != null) {
        assertThat(theirs.fresh()).isEqualTo(ours.fresh());
        assertThat(theirs.lanes()).isEqualTo(ours.lanes());
      }
    }

    /** Outcomes of deliveries that wait or not, by holders and others; none twice, one a lane. */
    private void record() throws SQLException {
      List<DeliveryRow> all = List.copyOf(store.deliveries());
      if (all.isEmpty() || nonces.isEmpty()) {
        return;
      }
      Map<String, DeliveryRow> chosen = new HashMap<>();
      for (int i = chance.below(8); i >= 0; i--) {
        UUID endpoint = endpoint();
        String key = key();
        DeliveryRow row = store.firstInLane(endpoint, key);
        if (row == null || chance.oneIn(6)) {
          row = chance.of(all);
        }
        chosen.put(
            row.laneSeq() == null ? "" + row.deliveryId() : row.endpointId() + row.key(), row);
      }
      UUID nonce = chance.of(nonces);
      List<Resolution> resolutions = new ArrayList<>();
      List<Outcome> outcomes = new ArrayList<>();
      for (DeliveryRow row : chosen.values()) {
        int shard = Shards.of(row.endpointId());
        UUID holder = store.leases().nonce(shard);
        if (holder != null && chance.oneIn(2)) {
          nonce = holder;
        }
        resolutions.add(resolution(row, store.leases().epoch(shard) - (chance.oneIn(9) ? 1 : 0)));
        outcomes.add(new Outcome.Refused(500, null));
      }
      assertThat(TestingDeliver.record(connection, nonce, resolutions, outcomes))
          .isEqualTo(
              store.record(nonce, resolutions, outcomes.stream().map(Outcome::code).toList()));
    }

    private Resolution resolution(DeliveryRow row, long epoch) {
      Order order = orders.getOrDefault(row.endpointId(), Order.UNORDERED);
      DeliveryState state =
          chance.of(List.of(DeliveryState.WAITING, DeliveryState.DELIVERED, DeliveryState.DEAD));
      Long number = row.laneSeq();
      Waiting delivery =
          new Waiting(
              project,
              row.deliveryId(),
              row.eventId(),
              row.endpointId(),
              "t",
              number == null ? null : new Place(row.key() == null ? "" : row.key(), number),
              row.attempts(),
              row.dueAt(),
              0,
              null);
      boolean ends = number != null && state.isFinal();
      return new Resolution(
          delivery,
          epoch,
          row.attempts() + (chance.oneIn(10) ? 2 : 1),
          state,
          state.isFinal() ? now : now.plusSeconds(3).plusNanos(chance.below(1_000_000)),
          state.isFinal() ? now : null,
          ends && state == DeliveryState.DEAD && order == Order.BLOCK,
          ends && order == Order.LATEST,
          null);
    }

    private void cancel() {
      List<UUID> ids = new ArrayList<>();
      for (DeliveryRow row : store.waiting(endpoint())) {
        if (chance.oneIn(4)) {
          ids.add(row.deliveryId());
        }
      }
      database.jdbi().useTransaction(handle -> TestingOperators.cancel(handle, project, ids, now));
      var _ = store.cancel(ids, now);
    }

    private void skip() {
      UUID endpoint = endpoint();
      String key = key();
      database
          .jdbi()
          .useTransaction(handle -> TestingOperators.skip(handle, project, endpoint, key));
      var _ = store.skip(endpoint, key);
    }

    private void retryHead() {
      UUID endpoint = endpoint();
      String key = key();
      UUID newId = newId();
      database
          .jdbi()
          .useTransaction(
              handle -> TestingOperators.retryHead(handle, project, endpoint, key, newId, now));
      var _ = store.retryHead(endpoint, key, newId, now);
    }

    private void replay() throws SQLException {
      List<DeliveryRow> finished =
          store.deliveries().stream().filter(row -> !row.isWaiting()).toList();
      if (finished.isEmpty()) {
        return;
      }
      DeliveryRow row = chance.of(finished);
      Store.EventRow event = store.event(row.eventId());
      UUID newId = newId();
      Appending.append(
          connection,
          project,
          List.of(
              new Appending.Appended(
                  newId,
                  row.eventId(),
                  row.endpointId(),
                  event == null ? null : event.key(),
                  orders.getOrDefault(row.endpointId(), Order.UNORDERED).hasLaneOutOfTurn(),
                  now,
                  row.deliveryId(),
                  null)));
      var _ = store.replay(row.deliveryId(), newId, now);
    }

    private void load() throws SQLException {
      UUID endpoint = endpoint();
      Order order = orders.getOrDefault(endpoint, Order.UNORDERED);
      Terms terms =
          new Terms(project, endpoint, endpoint, 1, policy(order), true, null, Instant.EPOCH);
      boolean lanes = chance.oneIn(2);
      Effect.Load load =
          new Effect.Load(
              terms,
              1,
              lanes,
              chance.oneIn(2) ? Instant.MIN : now.minusSeconds(chance.below(100)),
              chance.below(8),
              1 + chance.below(4),
              order == Order.LATEST ? 1 : 1 + chance.below(4),
              chance.oneIn(2) ? Set.of() : Set.of(key()));
      if (!lanes) {
        var theirs = TestingDeliver.load(connection, load);
        Store.Loaded<Waiting> ours = store.load(load);
        assertThat(withoutEvents(theirs.rows())).isEqualTo(withoutEvents(ours.rows()));
        assertThat(theirs.rows())
            .allMatch(row -> (row.event() != null) == (row.bodyBytes() + 2 <= load.eventBytes()));
        assertThat(theirs.nextDue()).isEqualTo(ours.nextDue());
        return;
      }
      var theirs = TestingDeliver.loadLanes(connection, load);
      List<Store.ReadLane> read = store.readLanes(load);
      assertThat(theirs.rows()).isEqualTo(Store.loaded(load, read).rows());
      assertThat(theirs.nextDue()).isEqualTo(Store.loaded(load, read).nextDue());
      for (Store.ReadLane lane : read) {
        if (lane.items().isEmpty()) {
          store.settle(endpoint, lane.row());
        } else if (lane.isToBeMended()) {
          store.correct(endpoint, lane.row(), lane.items().getFirst().dueAt(), order);
        }
      }
    }

    private static List<Waiting> withoutEvents(List<Waiting> rows) {
      return rows.stream().map(Waiting::withoutEvent).toList();
    }

    private void restate() {
      UUID endpoint = endpoint();
      TestingEndpoints.restateLanes(database.jdbi(), project, endpoint);
      store.restateLanes(endpoint);
    }

    private void survey() throws SQLException {
      UUID endpoint = endpoint();
      Instant since = chance.oneIn(2) ? null : now;
      int shard = Shards.of(endpoint);
      UUID holder = store.leases().nonce(shard);
      UUID nonce = holder == null || chance.oneIn(4) ? new UUID(8, 8) : holder;
      long epoch = store.leases().epoch(shard) - (chance.oneIn(3) ? 1 : 0);
      TestingDeliver.note(connection, project, endpoint, epoch, since, nonce);
      if (store.leases().isHeld(shard, epoch, nonce)) {
        store.note(endpoint, since);
      }
      assertThat(TestingDeliver.survey(connection, project, endpoints))
          .containsExactlyInAnyOrderElementsOf(store.survey(endpoints));
    }

    private void lease() throws SQLException {
      LeaseTables leases = store.leases();
      UUID nonce = nonces.isEmpty() ? new UUID(8, 8) : chance.of(nonces);
      // The database has its own clock: a lease is of an hour, or over when it begins.
      Duration length = chance.oneIn(5) ? Duration.ofHours(-1) : Duration.ofHours(1);
      Duration ahead = Duration.ofMinutes(chance.below(121) - 60);
      switch (chance.below(6)) {
        case 0 -> {
          UUID fresh = new UUID(chance.bits(), chance.bits());
          UUID node = chance.of(nodes);
          nonces.add(fresh);
          TestingLeases.join(connection, node, fresh, length, ahead);
          leases.join(node, fresh, length, now.plus(ahead), now);
        }
        case 1, 2 -> {
          Leases.Step.Beat beat =
              new Leases.Step.Beat(
                  nonce, chance.oneIn(2) ? List.of() : shards(), chance.oneIn(2), chance.oneIn(4));
          Leases.Beaten theirs = TestingLeases.beat(connection, beat, length, ahead);
          Leases.Beaten ours = leases.beat(beat, length, now.plus(ahead), now);
          assertThat(theirs.alive()).isEqualTo(ours.alive());
          assertThat(theirs.nodes()).isEqualTo(ours.nodes());
          assertThat(theirs.shards()).containsExactlyInAnyOrderElementsOf(ours.shards());
        }
        case 3, 4 -> {
          Leases.Step.Claim claim = new Leases.Step.Claim(nonce, shards());
          assertThat(TestingLeases.claim(connection, claim)).isEqualTo(leases.claim(claim));
        }
        default -> {
          if (chance.oneIn(4)) {
            TestingLeases.leave(connection, nonce);
            leases.leave(nonce);
          }
        }
      }
      compareTimes(leases);
    }

    /** A minute is far more than the two differ by for running at different speeds. */
    private void compareTimes(LeaseTables leases) throws SQLException {
      Duration length = Duration.ofHours(1);
      Duration theirs = TestingLeases.furthestAhead(connection, length);
      Instant ours = leases.furthest(length, now);
      if (theirs == null || ours == null) {
        assertThat(theirs).isNull();
        assertThat(ours).isNull();
        return;
      }
      assertThat(theirs).isCloseTo(Duration.between(now, ours), Duration.ofSeconds(30));
    }

    private List<Integer> shards() {
      List<Integer> shards = new ArrayList<>();
      for (UUID endpoint : endpoints) {
        if (!chance.oneIn(4)) {
          shards.add(Shards.of(endpoint));
        }
      }
      return List.copyOf(new TreeSet<>(shards));
    }

    private void compareRows() throws SQLException {
      List<String> deliveries = new ArrayList<>();
      for (DeliveryRow row : store.deliveries()) {
        deliveries.add(
            text(
                row.deliveryId(),
                row.eventId(),
                row.endpointId(),
                row.key(),
                row.laneSeq(),
                row.state().code(),
                row.attempts(),
                row.dueAt(),
                row.finishedAt(),
                row.lastOutcome(),
                row.replayOf()));
      }
      assertThat(
              rows(
                  "SELECT delivery_id, event_id, endpoint_id, ordering_key, lane_seq, state,"
                      + " attempts, due_at, finished_at, last_outcome, replay_of FROM delivery"))
          .containsExactlyInAnyOrderElementsOf(deliveries);
      List<String> lanes = new ArrayList<>();
      for (UUID endpoint : endpoints) {
        for (LaneRow lane : store.lanes(endpoint)) {
          lanes.add(
              text(
                  endpoint,
                  lane.key(),
                  lane.lastSeq(),
                  lane.doneSeq(),
                  lane.dueAt(),
                  lane.haltedAt(),
                  lane.haltedBy()));
        }
      }
      assertThat(
              rows(
                  "SELECT endpoint_id, ordering_key, last_seq, done_seq, due_at, halted_at,"
                      + " halted_by FROM lane"))
          .containsExactlyInAnyOrderElementsOf(lanes);
    }

    private List<String> rows(String select) throws SQLException {
      List<String> rows = new ArrayList<>();
      try (Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(select + " WHERE project_id = '" + project + "'")) {
        int columns = row.getMetaData().getColumnCount();
        while (row.next()) {
          Object[] cells = new Object[columns];
          for (int i = 0; i < columns; i++) {
            Object cell = row.getObject(i + 1);
            cells[i] = cell instanceof Timestamp time ? time.toInstant() : cell;
          }
          rows.add(text(cells));
        }
      }
      return rows;
    }

    private String text(@Nullable Object... cells) {
      return Arrays.toString(cells);
    }
  }
}
