package dev.boathook.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.Eventually;
import dev.boathook.TestingDoor;
import dev.boathook.TestingReceiver;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Order;
import dev.boathook.store.Database;
import dev.boathook.store.LossyProxy;
import dev.boathook.store.Outage;
import dev.boathook.store.TestingDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/** What operators do is committed, and they do not hear of it. */
@Timeout(60)
class LostAnswerTest {
  @TempDir private Path folder;
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private TestingReceiver receiver;
  private TestingDoor door;
  private LossyProxy proxy;
  private Database lossy;

  /** Hears what nodes are told. */
  private Connection ear;

  @BeforeEach
  void open() throws Exception {
    TestingDatabase database = TestingDatabase.freshDatabase();
    ear = database.connect();
    try (Statement statement = ear.createStatement()) {
      statement.execute("LISTEN boathook");
    }
    receiver = TestingReceiver.start();
    receiver.answer(received -> refused.contains(new String(received.body(), UTF_8)) ? 500 : 204);
    door = TestingDoor.open(database, folder);
    awaitLookThrough(); // Since a node has come.
    proxy = new LossyProxy(database);
    lossy = Database.open(proxy.target());
  }

  @AfterEach
  void close() throws Exception {
    ear.close();
    lossy.close();
    proxy.close();
    door.close();
    receiver.close();
  }

  private Replays replays() {
    return new Replays(lossy.jdbi(), door.directory(), door.dispatcher());
  }

  private void accept(String body) throws Exception {
    door.acceptor().accept(door.keyed("t", "key", body));
  }

  /** The only delivery in this state. */
  private UUID awaitDelivery(String where) throws Exception {
    return UUID.fromString(
        Eventually.get(() -> {
          List<String> found = door.query("SELECT delivery_id FROM delivery WHERE " + where);
          return found.size() == 1 ? found.getFirst() : null;
        }));
  }

  private void lose(Callable<?> act) throws Exception {
    proxy.loseNextCommit();
    assertThatThrownBy(act::call).matches(Outage::caused);
    assertThat(proxy.isLosing()).isFalse();
    awaitLookThrough();
  }

  /**
   * Nodes that have just come look from time to time, so that what they send alone proves little.
   */
  private void awaitLookThrough() throws Exception {
    Eventually.until(() ->
        Arrays.stream(ear.unwrap(PGConnection.class).getNotifications(100))
            .flatMap(heard -> heard.getParameter().lines())
            .anyMatch("z"::equals));
  }

  private void awaitBodies(String... bodies) throws Exception {
    assertThat(receiver.await(bodies.length))
        .extracting(received -> new String(received.body(), UTF_8))
        .containsExactly(bodies);
  }

  @Test
  void a_replay_is_delivered() throws Exception {
    door.endpoint(receiver.url("/"), "*", List.of(Duration.ZERO), 1);
    refused.add("a");
    accept("a");
    UUID dead = awaitDelivery("state = 'dead'");
    refused.clear();

    lose(() -> replays().replay(door.projectId(), dead));

    awaitBodies("a", "a");
  }

  @Test
  void a_lane_that_is_let_go_goes_on() throws Exception {
    Endpoint endpoint = door.endpoint(receiver.url("/"), "*", Order.BLOCK);
    refused.add("a");
    accept("a");
    accept("b");
    awaitDelivery("state = 'dead'");
    Lanes lanes =
        new Lanes(door.world().ticker(), lossy.jdbi(), door.directory(), door.dispatcher());

    lose(() -> lanes.act(Lanes.Action.SKIP, door.projectId(), endpoint.id(), "key"));

    awaitBodies("a", "a", "b");
  }

  @Test
  void a_lane_goes_on_without_its_cancelled_head() throws Exception {
    door.endpoint(
        receiver.url("/"),
        "*",
        TestingReplays.policy(Order.BLOCK, List.of(Duration.ZERO, Duration.ofHours(1))));
    refused.add("a");
    accept("a");
    accept("b");
    UUID head = awaitDelivery("attempts = 1");

    lose(() -> replays().cancel(door.projectId(), head));

    awaitBodies("a", "b");
  }
}
