package dev.boathook.accept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Eventually;
import dev.boathook.TestingDoor;
import dev.boathook.TestingReceiver;
import dev.boathook.TestingReceiver.Received;
import dev.boathook.deliver.ReplyRequest;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.RetryPolicy;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.event.Origin;
import dev.boathook.signatures.Place;
import dev.boathook.source.SequenceRule;
import dev.boathook.source.Sequenced;
import dev.boathook.store.TestingDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Events with positions, from the one door to a real receiver. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SequencedTest {
  private final TestingDatabase database = TestingDatabase.freshDatabase();
  private Path folder;
  private TestingReceiver receiver;
  private TestingDoor door;
  private Origin origin;

  /** The test's own: type of events, resource and path of its endpoint. */
  private String name;

  @BeforeAll
  void open(@TempDir Path shared) throws Exception {
    folder = shared;
    receiver = TestingReceiver.start();
    door = TestingDoor.open(database, folder);
  }

  @AfterAll
  void close() {
    door.close();
    receiver.close();
  }

  @BeforeEach
  void begin(TestInfo test) {
    origin = door.origin;
    name = test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void usual() {
    receiver.answer(received -> 204);
  }

  private static SequenceRule rule(
      SequenceRule.Kind kind, @Nullable Long startsAt, SequenceRule.Late late) {
    return new SequenceRule(
        kind, Place.parse("json:/n"), null, startsAt, Duration.ofHours(1), 1_000, late);
  }

  private static final SequenceRule NUMBERS =
      rule(SequenceRule.Kind.NUMBER, null, SequenceRule.Late.DELIVER);

  private static final SequenceRule FROM_ONE =
      rule(SequenceRule.Kind.NUMBER, 1L, SequenceRule.Late.DELIVER);

  private Offer offer(SequenceRule rule, String resource, long position) {
    return door.sequenced(
        origin,
        name,
        resource + "-" + position,
        Long.toString(position),
        new Sequenced(rule, resource, position));
  }

  private Acceptance accept(SequenceRule rule, long position) throws InterruptedException {
    return door.acceptor().accept(offer(rule, name, position));
  }

  private void acceptAll(SequenceRule rule, long... positions) throws InterruptedException {
    for (long position : positions) {
      assertThat(accept(rule, position)).isInstanceOf(Acceptance.Accepted.class);
    }
  }

  private Endpoint endpoint(Order order) throws Exception {
    return door.endpoint(receiver.url("/" + name + "/" + order.code()), name, order);
  }

  /** The positions that came to the endpoint of this order, as they came. */
  private List<Long> came(Order order) {
    return receiver.received().stream()
        .filter(received -> received.path().equals("/" + name + "/" + order.code()))
        .map(received -> Long.valueOf(new String(received.body(), UTF_8)))
        .toList();
  }

  private void awaitCame(Order order, Long... positions) throws Exception {
    Eventually.until(() -> came(order).size() >= positions.length);
    assertThat(came(order)).containsExactly(positions);
  }

  private long count(String what) throws Exception {
    return Long.parseLong(door.query("SELECT count(*) FROM " + what).getFirst());
  }

  private String ours() {
    return " event_id IN (SELECT event_id FROM event WHERE type = '" + name + "')";
  }

  /** As if an hour had passed for what waits. */
  private void passAnHour() throws Exception {
    door.change("UPDATE sequence_held SET wait_until = wait_until - interval '1 hour'");
    door.change("UPDATE sequence_resource SET due_at = due_at - interval '1 hour'");
  }

  @Test
  void what_comes_ahead_is_accepted_and_goes_on_behind_its_predecessors() throws Exception {
    endpoint(Order.BLOCK);
    endpoint(Order.UNORDERED);

    acceptAll(NUMBERS, 1, 4, 3);
    awaitCame(Order.BLOCK, 1L);
    awaitCame(Order.UNORDERED, 1L);
    assertThat(count("delivery WHERE due_at = 'infinity' AND" + ours())).isEqualTo(4);
    acceptAll(NUMBERS, 2, 5);

    awaitCame(Order.BLOCK, 1L, 2L, 3L, 4L, 5L);
    Eventually.until(() -> came(Order.UNORDERED).size() == 5);
    assertThat(count("delivery WHERE state <> 'delivered' AND" + ours())).isLessThanOrEqualTo(2);
  }

  @Test
  void the_events_of_one_request_are_put_in_order() throws Exception {
    endpoint(Order.SKIP);

    door.acceptor()
        .accept(
            List.of(
                offer(FROM_ONE, name, 3),
                offer(FROM_ONE, name, 1),
                offer(FROM_ONE, name, 2),
                offer(FROM_ONE, name, 5)));

    awaitCame(Order.SKIP, 1L, 2L, 3L);
    assertThat(count("sequence_held WHERE resource = '" + name + "'")).isEqualTo(1);
  }

  @Test
  void a_duplicate_moves_nothing() throws Exception {
    endpoint(Order.BLOCK);
    acceptAll(NUMBERS, 1, 3);

    assertThat(accept(NUMBERS, 3)).isInstanceOf(Acceptance.Duplicate.class);
    assertThat(accept(NUMBERS, 1)).isInstanceOf(Acceptance.Duplicate.class);

    assertThat(count("sequence_held WHERE resource = '" + name + "'")).isEqualTo(1);
    acceptAll(NUMBERS, 2);
    awaitCame(Order.BLOCK, 1L, 2L, 3L);
    assertThat(count("event WHERE late AND" + ours())).isZero();
  }

  @Test
  void a_project_that_cannot_go_on_keeps_no_other_from_it() throws Exception {
    endpoint(Order.BLOCK);
    acceptAll(NUMBERS, 1, 3);
    passAnHour();
    door.database()
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO sequence_resource (project_id, source_id, series, resource, due_at,"
                    + " seen_on) SELECT '7777777a-0000-7000-8000-000000000000',"
                    + " gen_random_uuid(), 1, 'unknown', now() - interval '2 d', current_date"
                    + " FROM generate_series(1, 100)"));

    door.releases().releaseDue();

    awaitCame(Order.BLOCK, 1L, 3L);
    door.database()
        .jdbi()
        .useHandle(
            handle -> handle.execute("DELETE FROM sequence_resource WHERE resource = 'unknown'"));
  }

  @Test
  void what_has_waited_long_enough_goes_on_without_what_is_missing() throws Exception {
    endpoint(Order.BLOCK);
    acceptAll(NUMBERS, 1, 3, 4, 6);
    door.releases().releaseDue();
    assertThat(count("sequence_held WHERE resource = '" + name + "'")).isEqualTo(3);
    passAnHour();

    door.releases().releaseDue();
    door.releases().releaseDue();

    awaitCame(Order.BLOCK, 1L, 3L, 4L, 6L);
    assertThat(
            door.query(
                "SELECT first_missing || '-' || last_missing FROM sequence_gap WHERE resource = '"
                    + name
                    + "' ORDER BY gap_id"))
        .containsExactly("2-2", "5-5");
  }

  @Test
  void what_is_late_is_delivered_and_says_so() throws Exception {
    endpoint(Order.BLOCK);

    acceptAll(NUMBERS, 5, 4, 6);

    awaitCame(Order.BLOCK, 5L, 4L, 6L);
    List<String> flags =
        receiver.received().stream()
            .filter(received -> received.path().startsWith("/" + name + "/"))
            .map(received -> received.header("boathook-late"))
            .toList();
    assertThat(flags).containsExactly("", "true", "");
  }

  @Test
  void what_is_late_is_dropped_and_accounted_for() throws Exception {
    SequenceRule dropping = rule(SequenceRule.Kind.VERSION, null, SequenceRule.Late.DROP);
    endpoint(Order.BLOCK);
    endpoint(Order.UNORDERED);

    acceptAll(dropping, 50, 40, 60);

    awaitCame(Order.BLOCK, 50L, 60L);
    Eventually.until(() -> count("delivery WHERE state = 'delivered' AND" + ours()) == 4);
    assertThat(
            door.query(
                "SELECT state || ' ' || last_outcome FROM delivery WHERE state <> 'delivered' AND"
                    + ours()))
        .containsExactly("cancelled late", "cancelled late");
    assertThat(door.query("SELECT sum(matched) FROM event WHERE type = '" + name + "'"))
        .containsExactly("6");
  }

  @Test
  void of_several_versions_that_wait_only_the_newest_is_delivered() throws Exception {
    SequenceRule versions = rule(SequenceRule.Kind.VERSION, null, SequenceRule.Late.DROP);
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(1);
    receiver.answer(received -> hold(received, first, others));
    endpoint(Order.LATEST);

    acceptAll(versions, 10);
    first.await();
    acceptAll(versions, 20, 15, 30);
    others.countDown();

    awaitCame(Order.LATEST, 10L, 30L);
    Eventually.until(() -> count("delivery WHERE state = 'waiting' AND" + ours()) == 0);
    assertThat(
            door.query(
                "SELECT last_outcome FROM delivery WHERE state = 'cancelled' AND"
                    + ours()
                    + " ORDER BY last_outcome"))
        .containsExactly("late", "superseded");
  }

  private static int hold(Received received, CountDownLatch first, CountDownLatch others) {
    if (new String(received.body(), UTF_8).equals("10")) {
      first.countDown();
      try {
        others.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return 204;
  }

  @Test
  void what_goes_on_waits_for_the_first_wait_of_its_endpoint_by_its_type() throws Exception {
    DeliveryPolicy usual = TestingDoor.policy(List.of(Duration.ZERO), 8);
    RetryPolicy slow = RetryPolicy.of(new RetrySchedule(List.of(Duration.ofSeconds(1))));
    door.endpoint(
        receiver.url("/" + name + "/" + Order.BLOCK.code()),
        name,
        new DeliveryPolicy(
            Order.BLOCK,
            usual.retries(),
            List.of(new DeliveryPolicy.TypedRetries(List.of(new TypePattern(name)), slow)),
            usual.finalStatuses(),
            usual.maxInFlight(),
            usual.rate(),
            usual.breaker(),
            usual.disableAfter()));

    acceptAll(NUMBERS, 1, 3, 2);

    awaitCame(Order.BLOCK, 1L, 2L, 3L);
    Eventually.until(() -> count("attempt JOIN delivery USING (delivery_id) WHERE" + ours()) == 3);
    assertThat(
            door.query(
                "SELECT bool_and(started_at > accepted_at + interval '900 ms') FROM attempt"
                    + " JOIN delivery USING (delivery_id) JOIN event USING (event_id) WHERE"
                    + ours()))
        .containsExactly("t");
  }

  @Test
  void who_is_asked_for_a_reply_does_not_wait_for_others() throws Exception {
    Endpoint asked = endpoint(Order.BLOCK);
    acceptAll(NUMBERS, 1);

    Replied replied =
        door.acceptor()
            .accept(offer(NUMBERS, name, 3), new ReplyRequest(asked.id(), Duration.ofSeconds(10)));

    assertThat(replied.acceptance()).isInstanceOf(Acceptance.Accepted.class);
    assertThat(came(Order.BLOCK)).contains(3L);
  }

  @Test
  void what_is_held_survives_a_restart(@TempDir Path otherFolder) throws Exception {
    TestingDatabase other = TestingDatabase.freshDatabase();
    TestingDoor usual = door;
    try {
      door = TestingDoor.open(other, otherFolder);
      origin = door.origin;
      endpoint(Order.BLOCK);
      acceptAll(NUMBERS, 1, 3, 6);
      awaitCame(Order.BLOCK, 1L);
      door.close();

      door = TestingDoor.open(other, otherFolder);
      acceptAll(NUMBERS, 2);
      awaitCame(Order.BLOCK, 1L, 2L, 3L);
      door.close();

      door = TestingDoor.open(other, otherFolder);
      passAnHour();
      door.releases().releaseDue();
      awaitCame(Order.BLOCK, 1L, 2L, 3L, 6L);
      assertThat(count("sequence_held")).isZero();
    } finally {
      door.close();
      door = usual;
    }
  }

  @Test
  void a_connection_that_is_lost_within_the_transaction_leaves_nothing() throws Exception {
    endpoint(Order.BLOCK);
    acceptAll(NUMBERS, 1, 3);
    Future<Acceptance> lost;
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      // The lock is after the event is written and before it is decided.
      try (Connection held =
          door.hold("SELECT FROM lane WHERE ordering_key = '" + name + "' FOR UPDATE")) {
        lost = callers.submit(() -> accept(NUMBERS, 2));
        Eventually.until(() ->
            !door.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type ="
                        + " 'Lock' AND datname = current_database()")
                .isEmpty());
        assertThat(lost.get()).isInstanceOf(Acceptance.Unavailable.class);
        held.rollback();
      }
    }
    assertThat(came(Order.BLOCK)).containsExactly(1L);
    assertThat(count("event WHERE type = '" + name + "'")).isEqualTo(2);

    acceptAll(NUMBERS, 2);

    awaitCame(Order.BLOCK, 1L, 2L, 3L);
  }

  @Test
  void what_is_held_for_an_endpoint_that_is_deleted_goes_nowhere_and_holds_nothing_up()
      throws Exception {
    Endpoint gone = endpoint(Order.BLOCK);
    endpoint(Order.SKIP);
    acceptAll(NUMBERS, 1, 3);
    awaitCame(Order.BLOCK, 1L);
    door.delete(gone);

    acceptAll(NUMBERS, 2);

    awaitCame(Order.SKIP, 1L, 2L, 3L);
    assertThat(came(Order.BLOCK)).containsExactly(1L);
  }

  @Test
  void many_at_once_in_any_order_come_in_the_right_one() throws Exception {
    int resources = 4;
    int each = 60;
    endpoint(Order.BLOCK);
    List<int[]> arrivals = new ArrayList<>();
    for (int resource = 0; resource < resources; resource++) {
      for (int position = 1; position <= each; position++) {
        arrivals.add(new int[] {resource, position});
      }
    }
    Collections.shuffle(arrivals, new Random(20_261_122));
    try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
      List<Future<Acceptance>> answers = new ArrayList<>();
      for (int[] arrival : arrivals) {
        long body = arrival[0] * 1_000L + arrival[1];
        Offer offer =
            door.sequenced(
                origin,
                name,
                null,
                Long.toString(body),
                new Sequenced(FROM_ONE, name + arrival[0], arrival[1]));
        answers.add(callers.submit(() -> door.acceptor().accept(offer)));
      }
      for (Future<Acceptance> answer : answers) {
        assertThat(answer.get()).isInstanceOf(Acceptance.Accepted.class);
      }
    }

    Eventually.until(() -> came(Order.BLOCK).size() == resources * each);
    for (int resource = 0; resource < resources; resource++) {
      long from = resource * 1_000L;
      assertThat(came(Order.BLOCK).stream().filter(body -> body / 1_000 * 1_000 == from))
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, each).mapToObj(position -> from + position).toList());
    }
    assertThat(count("sequence_gap WHERE resource LIKE '" + name + "%'")).isZero();
  }
}
