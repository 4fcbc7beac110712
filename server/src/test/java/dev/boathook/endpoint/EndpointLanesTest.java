package dev.boathook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.Eventually;
import dev.boathook.TestingDoor;
import dev.boathook.accept.Acceptance;
import dev.boathook.store.TestingDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a change of an endpoint does to the lanes that have work. */
class EndpointLanesTest {
  /** More than are restated at once. */
  private static final int LANES = 2_345;

  private static final String EARLIEST = "SELECT count(*) FROM lane WHERE due_at < now()";

  @TempDir private Path folder;
  private final TestingDatabase database = TestingDatabase.freshDatabase();
  private final List<UUID> restated = new ArrayList<>();
  private final LaneRestating restating = new LaneRestating(jdbi("0"), restated::add);
  private TestingDoor door;
  private Endpoint endpoint;

  /** Lanes of two: the first waits for its next try for an hour, the other is due. */
  @BeforeEach
  void fill() throws Exception {
    door = TestingDoor.open(database, folder);
    endpoint = door.endpoint("http://127.0.0.1:1/", "t", Order.BLOCK).paused("for the test");
    door.save(endpoint);
    execute(
        """
        INSERT INTO lane (project_id, endpoint_id, ordering_key, last_seq, done_seq, due_at)
        SELECT '%s', '%s', CASE WHEN n = 1 THEN '' ELSE 'key-' || n END, 2, 0,
          now() + interval '1 hour'
        FROM generate_series(1, %d) AS n
        """
            .formatted(door.projectId(), endpoint.id(), LANES));
    execute(
        """
        INSERT INTO delivery (
          project_id, delivery_id, event_id, endpoint_id, ordering_key, state, attempts, due_at,
          lane_seq)
        SELECT project_id,
          overlay(gen_random_uuid()::text placing '%s' from 1 for 13)::uuid,
          gen_random_uuid(), endpoint_id, ordering_key, 'waiting', 2 - seq,
          now() + (2 - seq) * interval '1 hour', seq
        FROM lane, generate_series(1, 2) AS seq
        """
            .formatted(door.dispatcher().ids().next().toString().substring(0, 13)));
  }

  @AfterEach
  void close() {
    door.close();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Jdbi jdbi(String lockTimeout) {
    Jdbi jdbi =
        Jdbi.create(() -> {
          Connection connection = database.connect();
          try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '" + lockTimeout + "'");
          }
          return connection;
        });
    jdbi.registerArrayType(String.class, "text");
    return jdbi;
  }

  private Endpoint with(Order order, @Nullable Rate rate) {
    DeliveryPolicy policy = endpoint.policy();
    return new Endpoint(
        endpoint.projectId(),
        endpoint.id(),
        endpoint.name(),
        endpoint.url(),
        endpoint.subscription(),
        endpoint.secrets(),
        endpoint.signer(),
        endpoint.security(),
        new DeliveryPolicy(
            order,
            policy.retries(),
            policy.retriesByType(),
            policy.finalStatuses(),
            policy.maxInFlight(),
            rate,
            policy.breaker(),
            policy.disableAfter()),
        endpoint.timeout(),
        endpoint.allowedNets(),
        endpoint.status(),
        endpoint.statusReason(),
        endpoint.resumeRate(),
        endpoint.createdAt(),
        endpoint.updatedAt());
  }

  private List<String> versions() throws SQLException {
    return door.query("SELECT xmin FROM lane ORDER BY ordering_key");
  }

  @Test
  void a_change_that_leaves_the_end_at_which_lanes_begin_touches_no_lane() throws Exception {
    List<String> before = versions();

    door.save(with(Order.BLOCK, Rate.of(3)));
    door.save(with(Order.SKIP, null));
    door.save(with(Order.UNORDERED, null));

    assertThat(before).hasSize(LANES);
    restating.restateMarked();
    assertThat(versions()).isEqualTo(before);
    assertThat(restated).isEmpty();
  }

  @Test
  void an_endpoint_whose_lanes_were_not_all_gone_through_is_gone_through_again() throws Exception {
    door.save(with(Order.LATEST, null));
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SELECT FROM lane WHERE ordering_key = 'key-2000' FOR UPDATE");
      LaneRestating impatient = new LaneRestating(jdbi("100ms"), restated::add);
      assertThatThrownBy(impatient::restateMarked).isInstanceOf(JdbiException.class);
      connection.rollback();
    }
    assertThat(restated).isEmpty();

    restating.restateMarked();

    assertThat(restated).containsExactly(endpoint.id());
    assertThat(door.query(EARLIEST)).containsExactly(String.valueOf(LANES));
    restating.restateMarked();
    assertThat(restated).hasSize(1);
  }

  @Test
  void every_lane_says_anew_when_it_is_due_by_an_order_that_begins_at_its_other_end()
      throws Exception {
    assertThat(door.query(EARLIEST)).containsExactly("0");

    door.save(with(Order.LATEST, null));
    restating.restateMarked();

    assertThat(door.query(EARLIEST)).containsExactly(String.valueOf(LANES));
    assertThat(restated).containsExactly(endpoint.id());
    execute("UPDATE lane SET due_at = now() + interval '2 hours'");
    door.save(with(Order.BLOCK, null));
    restating.restateMarked();
    assertThat(door.query(EARLIEST)).containsExactly(String.valueOf(LANES));
  }

  @Test
  void events_are_accepted_while_lanes_say_anew_when_they_are_due() throws Exception {
    door.save(with(Order.LATEST, null));
    FutureTask<Void> going = new FutureTask<>(restating::restateMarked, null);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("SELECT FROM lane WHERE ordering_key = 'key-2000' FOR UPDATE");
      Thread.ofVirtual().start(going);
      Eventually.until(() -> !door.query(EARLIEST).equals(List.of("0")));

      assertThat(door.acceptor().accept(door.offer("another", null, "{}")))
          .isInstanceOf(Acceptance.Accepted.class);
      assertThat(going.isDone()).isFalse();
      connection.rollback();
    }

    going.get(10, TimeUnit.SECONDS);
    assertThat(door.query(EARLIEST)).containsExactly(String.valueOf(LANES));
  }
}
