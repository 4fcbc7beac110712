package dev.boathook.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.RetryPolicy;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.signatures.Place;
import dev.boathook.source.SequenceRule;
import dev.boathook.source.Sequenced;
import dev.boathook.store.Database;
import dev.boathook.store.Partitions;
import dev.boathook.store.Target;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.World;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Decisions about resources in a real database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SequencesTest {
  private static final UUID PROJECT = new UUID(0x7000, 1);
  private static final UUID SOURCE = new UUID(0x7000, 2);
  private static final UUID LANES = new UUID(0x7000, 3);
  private static final UUID LOOSE = new UUID(0x7000, 4);

  private final World world = World.system();
  private final Map<UUID, Long> positions = new HashMap<>();
  private Database database;

  /** The order of the endpoint with lanes. */
  private Order order = Order.BLOCK;

  /** The type of the events that come. */
  private String type = "a";

  @BeforeAll
  void open() throws Exception {
    TestingDatabase fresh = TestingDatabase.freshDatabase();
    database =
        Database.open(
            new Target(fresh.url(), Optional.of(fresh.user()), Optional.of(fresh.password())));
    new Partitions(database.jdbi()).addAround(world.clock().instant());
  }

  @AfterAll
  void close() {
    database.close();
  }

  @BeforeEach
  void empty() {
    order = Order.BLOCK;
    type = "a";
    database
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "TRUNCATE event, delivery, lane, sequence_resource, sequence_held, sequence_gap"));
  }

  private static SequenceRule numbers(int maxHeld, SequenceRule.Late late) {
    return new SequenceRule(
        SequenceRule.Kind.NUMBER,
        Place.parse("json:/n"),
        null,
        null,
        Duration.ofSeconds(60),
        maxHeld,
        late);
  }

  private static final SequenceRule USUAL = numbers(100, SequenceRule.Late.DELIVER);

  /** What the acceptor writes: an event, and a held delivery for each of two endpoints. */
  private synchronized Arrival event(
      Connection connection, SequenceRule rule, String resource, long position)
      throws SQLException {
    UUID eventId = world.ids().next();
    positions.put(eventId, position);
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            INSERT INTO event (project_id, event_id, origin_kind, origin_id, type, accepted_at,
              verified, matched, content_type, headers, body)
            VALUES (?, ?, 'source', ?, ?, now(), true, 2, '', '[]', '')\
            """)) {
      statement.setObject(1, PROJECT);
      statement.setObject(2, eventId);
      statement.setObject(3, SOURCE);
      statement.setString(4, type);
      statement.executeUpdate();
    }
    List<HeldDelivery> deliveries = new ArrayList<>();
    for (UUID endpoint : List.of(LANES, LOOSE)) {
      HeldDelivery delivery = new HeldDelivery(world.ids().next(), endpoint);
      deliveries.add(delivery);
      try (PreparedStatement statement =
          connection.prepareStatement(
              """
              INSERT INTO delivery (project_id, delivery_id, event_id, endpoint_id, ordering_key,
                state, attempts, due_at)
              VALUES (?, ?, ?, ?, ?, 'waiting', 0, 'infinity')\
              """)) {
        statement.setObject(1, PROJECT);
        statement.setObject(2, delivery.deliveryId());
        statement.setObject(3, eventId);
        statement.setObject(4, endpoint);
        statement.setString(5, resource.isEmpty() ? null : resource);
        statement.executeUpdate();
      }
    }
    return new Arrival(eventId, type, SOURCE, new Sequenced(rule, resource, position), deliveries);
  }

  /** Something done in one transaction. */
  @FunctionalInterface
  private interface Work<T> {
    T in(Connection connection) throws SQLException;
  }

  private <T> T inTransaction(Work<T> work) throws SQLException {
    try (Connection connection = database.acceptConnection()) {
      connection.setAutoCommit(false);
      T result = work.in(connection);
      connection.commit();
      return result;
    }
  }

  private Outcome arrive(SequenceRule rule, String resource, long... numbers) throws SQLException {
    return inTransaction(connection -> {
      Sequences sequences =
          Sequences.lock(
              connection,
              PROJECT,
              world.ids(),
              List.of(new ResourceId(SOURCE, rule.series(), resource)));
      for (long number : numbers) {
        sequences.arrived(event(connection, rule, resource, number));
      }
      return sequences.write(this::policy, world.clock().instant());
    });
  }

  private Outcome waited(SequenceRule rule, String resource) throws SQLException {
    return inTransaction(connection -> {
      Sequences sequences =
          Sequences.lock(
              connection,
              PROJECT,
              world.ids(),
              List.of(new ResourceId(SOURCE, rule.series(), resource)));
      sequences.waited();
      return sequences.write(this::policy, world.clock().instant());
    });
  }

  /** As if so much time had passed for all that waits. */
  private void pass(int seconds) {
    database
        .jdbi()
        .useHandle(handle -> {
          handle.execute(
              "UPDATE sequence_held SET wait_until = wait_until - make_interval(secs => ?)",
              seconds);
          handle.execute(
              "UPDATE sequence_resource SET due_at = due_at - make_interval(secs => ?)", seconds);
        });
  }

  private List<String> query(String sql) {
    return database.jdbi().withHandle(handle -> handle.createQuery(sql).mapTo(String.class).list());
  }

  /** The positions of the deliveries in the lane, in order. */
  private List<Long> lane(String key) {
    List<Long> lane = new ArrayList<>();
    for (String eventId :
        query(
            "SELECT event_id FROM delivery WHERE lane_seq IS NOT NULL AND ordering_key = '"
                + key
                + "' AND due_at < 'infinity' ORDER BY lane_seq")) {
      lane.add(positions.getOrDefault(UUID.fromString(eventId), -1L));
    }
    return lane;
  }

  private long count(String sql) {
    return Long.parseLong(query("SELECT count(*) FROM " + sql).getFirst());
  }

  /** Events of the type {@code slow} are tried after an hour. */
  private DeliveryPolicy policy(UUID endpointId) {
    DeliveryPolicy usual = DeliveryPolicy.DEFAULT;
    RetryPolicy slow = RetryPolicy.of(new RetrySchedule(List.of(Duration.ofHours(1))));
    return new DeliveryPolicy(
        endpointId.equals(LANES) ? order : Order.UNORDERED,
        usual.retries(),
        List.of(new DeliveryPolicy.TypedRetries(List.of(new TypePattern("slow")), slow)),
        usual.finalStatuses(),
        usual.maxInFlight(),
        usual.rate(),
        usual.breaker(),
        usual.disableAfter());
  }

  private static final String SLOW =
      " due_at BETWEEN now() + interval '30 min' AND now() + interval '2 h'";

  @Test
  void the_first_wait_by_the_type_of_an_event_begins_when_it_goes_on() throws Exception {
    arrive(USUAL, "r", 1);
    type = "slow";
    arrive(USUAL, "r", 3);
    type = "a";

    Outcome outcome = arrive(USUAL, "r", 2, 4);

    assertThat(query("SELECT DISTINCT event_id::text FROM delivery WHERE" + SLOW))
        .extracting(id -> positions.get(UUID.fromString(id)))
        .containsExactly(3L);
    assertThat(count("delivery WHERE" + SLOW)).isEqualTo(2);
    assertThat(count("delivery WHERE due_at < now() + interval '1 min'")).isEqualTo(6);
    assertThat(outcome.queues())
        .as("of each queue the earliest is told")
        .hasSize(2)
        .allMatch(queue -> queue.due().isBefore(world.clock().instant()));
  }

  @ParameterizedTest
  @EnumSource(names = {"BLOCK", "LATEST"})
  void a_lane_is_due_when_what_comes_first_in_it_is(Order wanted) throws Exception {
    order = wanted;
    long newestFirst = wanted == Order.LATEST ? 0 : 1;
    type = "slow";
    Outcome outcome = arrive(USUAL, "r", 1);
    assertThat(outcome.queues())
        .allMatch(queue -> queue.due().isAfter(world.clock().instant().plusSeconds(60)));
    assertThat(count("lane WHERE" + SLOW)).as("new").isEqualTo(1);
    type = "a";
    arrive(USUAL, "r", 2, 4);
    assertThat(count("lane WHERE" + SLOW)).as("with work").isEqualTo(newestFirst);
    database.jdbi().useHandle(handle -> handle.execute("UPDATE lane SET done_seq = last_seq"));
    type = "slow";
    arrive(USUAL, "r", 3);
    assertThat(count("lane WHERE" + SLOW)).as("idle").isEqualTo(newestFirst);
  }

  @Test
  void what_comes_ahead_is_held_and_goes_on_in_order_with_its_predecessor() throws Exception {
    assertThat(arrive(USUAL, "r", 1).queues())
        .extracting(Outcome.Queue::endpointId, Outcome.Queue::inLanes)
        .containsExactlyInAnyOrder(tuple(LANES, true), tuple(LOOSE, false));
    Outcome ahead = arrive(USUAL, "r", 4, 3);
    assertThat(ahead.held()).isEqualTo(2);
    assertThat(ahead.queues()).isEmpty();
    assertThat(lane("r")).containsExactly(1L);
    assertThat(count("delivery WHERE due_at = 'infinity' AND lane_seq IS NULL")).isEqualTo(4);
    assertThat(query("SELECT held FROM sequence_resource")).containsExactly("2");

    arrive(USUAL, "r", 2);

    assertThat(lane("r")).containsExactly(1L, 2L, 3L, 4L);
    assertThat(query("SELECT string_agg(lane_seq::text, ',' ORDER BY lane_seq) FROM delivery"))
        .containsExactly("1,2,3,4");
    assertThat(query("SELECT last_seq FROM lane")).containsExactly("4");
    assertThat(count("delivery WHERE state = 'waiting' AND due_at = 'infinity'")).isZero();
    assertThat(count("sequence_held")).isZero();
    assertThat(query("SELECT held || ' ' || coalesce(due_at::text, '-') FROM sequence_resource"))
        .containsExactly("0 -");
    assertThat(count("sequence_gap")).isZero();
  }

  @Test
  void what_has_waited_long_enough_goes_on_and_the_gap_is_recorded() throws Exception {
    arrive(USUAL, "r", 1, 5, 3);
    pass(59);
    assertThat(waited(USUAL, "r").queues()).isEmpty();
    pass(2);

    Outcome outcome = waited(USUAL, "r");

    assertThat(outcome.gaps()).isEqualTo(2);
    assertThat(outcome.queues()).hasSize(2);
    assertThat(lane("r")).containsExactly(1L, 3L, 5L);
    assertThat(new Gaps(database.jdbi()).list(PROJECT, SOURCE, null, 10))
        .extracting(Gaps.Gap::resource, Gaps.Gap::first, Gaps.Gap::last, Gaps.Gap::cause)
        .containsExactly(tuple("r", 4L, 4L, "time"), tuple("r", 2L, 2L, "time"));
    assertThat(waited(USUAL, "r").queues()).as("nothing goes on twice").isEmpty();
  }

  @Test
  void too_many_that_wait_give_up_the_first_gap() throws Exception {
    Outcome outcome = arrive(numbers(2, SequenceRule.Late.DELIVER), "r", 1, 9, 5, 7);

    assertThat(outcome.gaps()).isEqualTo(1);
    assertThat(lane("r")).containsExactly(1L, 5L);
    assertThat(count("sequence_held")).isEqualTo(2);
  }

  @Test
  void what_is_late_is_delivered_with_a_flag_on_its_event() throws Exception {
    Outcome outcome = arrive(USUAL, "r", 5, 4);

    assertThat(outcome.late()).isEqualTo(1);
    assertThat(lane("r")).containsExactly(5L, 4L);
    assertThat(query("SELECT late FROM event ORDER BY event_id")).containsExactly("f", "t");
  }

  @Test
  void what_is_late_is_dropped_with_a_record() throws Exception {
    Outcome outcome = arrive(numbers(100, SequenceRule.Late.DROP), "r", 5, 4);

    assertThat(outcome.late()).isEqualTo(1);
    assertThat(lane("r")).containsExactly(5L);
    assertThat(
            query(
                "SELECT state || ' ' || last_outcome FROM delivery WHERE last_outcome IS NOT NULL"))
        .containsExactly("cancelled late", "cancelled late");
    assertThat(query("SELECT late FROM event ORDER BY event_id")).containsExactly("f", "t");
    assertThat(count("delivery WHERE state = 'cancelled' AND finished_at IS NULL")).isZero();
  }

  @Test
  void a_second_with_a_held_number_goes_on_flagged_behind_the_first() throws Exception {
    arrive(USUAL, "r", 1, 3, 3);
    Outcome outcome = arrive(USUAL, "r", 2);

    assertThat(outcome.late()).as("it was counted when it came").isZero();
    assertThat(lane("r")).containsExactly(1L, 2L, 3L, 3L);
    assertThat(query("SELECT late FROM event ORDER BY event_id"))
        .containsExactly("f", "f", "t", "f");
  }

  @Test
  void resources_and_rules_do_not_know_each_other() throws Exception {
    arrive(USUAL, "r", 1, 3);
    arrive(USUAL, "s", 3, 4);
    SequenceRule other =
        new SequenceRule(
            SequenceRule.Kind.VERSION,
            Place.parse("json:/v"),
            null,
            null,
            Duration.ofSeconds(60),
            100,
            SequenceRule.Late.DROP);
    assertThat(arrive(other, "r", 1).late()).isZero();

    assertThat(lane("r")).containsExactly(1L, 1L);
    assertThat(lane("s")).containsExactly(3L, 4L);
  }

  @Test
  void what_was_called_off_while_it_was_held_stays_so() throws Exception {
    arrive(USUAL, "", 1, 3);
    database
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "UPDATE delivery SET state = 'cancelled' WHERE due_at = 'infinity' AND endpoint_id"
                    + " = ?",
                LANES));

    Outcome outcome = arrive(USUAL, "", 2);

    assertThat(lane("")).containsExactly(1L, 2L);
    assertThat(query("SELECT last_seq FROM lane")).containsExactly("2");
    assertThat(outcome.queues()).hasSize(2);
    assertThat(count("delivery WHERE state = 'waiting' AND due_at = 'infinity'")).isZero();
  }

  @Test
  void what_has_no_position_goes_on_at_once() throws Exception {
    inTransaction(connection -> {
      Sequences sequences = Sequences.lock(connection, PROJECT, world.ids(), List.of());
      Arrival arrival = event(connection, USUAL, "r", 7);
      sequences.arrived(new Arrival(arrival.eventId(), "a", SOURCE, null, arrival.deliveries()));
      return sequences.write(this::policy, world.clock().instant());
    });

    assertThat(lane("r")).containsExactly(7L);
    assertThat(count("sequence_resource")).isZero();
  }

  @Test
  void a_transaction_that_fails_leaves_nothing() throws Exception {
    arrive(USUAL, "r", 1);
    try (Connection connection = database.acceptConnection()) {
      connection.setAutoCommit(false);
      Sequences sequences =
          Sequences.lock(
              connection,
              PROJECT,
              world.ids(),
              List.of(new ResourceId(SOURCE, USUAL.series(), "r")));
      sequences.arrived(event(connection, USUAL, "r", 2));
      sequences.write(this::policy, world.clock().instant());
      connection.rollback();
    }

    assertThat(lane("r")).containsExactly(1L);
    arrive(USUAL, "r", 2);
    assertThat(lane("r")).containsExactly(1L, 2L);
  }

  @Test
  void two_nodes_with_the_same_resources_keep_the_order_and_do_not_wait_for_each_other()
      throws Exception {
    int count = 60;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> nodes = new ArrayList<>();
      for (int node = 0; node < 2; node++) {
        int first = node;
        nodes.add(
            threads.submit(() -> {
              for (int i = first; i < count; i += 2) {
                both(first == 0 ? List.of("r", "s") : List.of("s", "r"), i);
              }
              return true;
            }));
      }
      for (Future<Boolean> node : nodes) {
        assertThat(node.get(60, TimeUnit.SECONDS)).isTrue();
      }
    }

    // Whoever came first has set the start; from there on every number follows.
    assertThat(lane("r")).isSorted();
    assertThat(count("delivery WHERE state = 'waiting' AND due_at = 'infinity'")).isZero();
    assertThat(lane("r").size() + (int) count("event WHERE late") / 2).isEqualTo(count);
  }

  private void both(List<String> resources, int position) throws SQLException {
    SequenceRule rule = numbers(100, SequenceRule.Late.DROP);
    inTransaction(connection -> {
      Sequences sequences =
          Sequences.lock(
              connection,
              PROJECT,
              world.ids(),
              resources.stream()
                  .map(resource -> new ResourceId(SOURCE, rule.series(), resource))
                  .toList());
      for (String resource : resources) {
        sequences.arrived(event(connection, rule, resource, position));
      }
      return sequences.write(this::policy, world.clock().instant());
    });
  }
}
