package dev.boathook.deliver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.boathook.Eventually;
import dev.boathook.TestingDoor;
import dev.boathook.TestingReceiver;
import dev.boathook.TestingReceiver.Answer;
import dev.boathook.accept.Acceptance;
import dev.boathook.accept.Offer;
import dev.boathook.accept.Replied;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.store.TestingDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints that are asked at once, and whose answers are passed on. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplyTest {
  private static final Duration AMPLE = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final List<Duration> QUICK =
      List.of(Duration.ZERO, Duration.ofMillis(50), Duration.ofMillis(50));

  private final TestingDatabase database = TestingDatabase.freshDatabase();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private Path folder;
  private TestingReceiver receiver;
  private TestingDoor door;
  private String type;

  @BeforeAll
  void open(@TempDir Path shared) throws Exception {
    folder = shared;
    receiver = TestingReceiver.start();
    door = TestingDoor.open(database, folder);
  }

  @AfterAll
  void close() {
    callers.shutdownNow();
    door.close();
    receiver.close();
  }

  /** Each test has its own type of events, and the endpoint's path of that name. */
  @BeforeEach
  void name(TestInfo test) {
    type = test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void nobody_waits_any_more() {
    assertThat(door.replies().waiting()).isZero();
    assertThat(door.replies().expecting()).isZero();
  }

  @Test
  void what_the_endpoint_answers_in_time_is_the_reply() throws Exception {
    Endpoint endpoint = unsubscribed();
    answer(() -> new Answer(201, "text/plain; charset=utf-8", "yes, please"));

    Replied replied = ask(endpoint, AMPLE);

    assertThat(replied.acceptance()).isInstanceOf(Acceptance.Accepted.class);
    assertThat(replied.reply())
        .isInstanceOfSatisfying(
            Reply.Answer.class,
            answer -> {
              assertThat(answer.status()).isEqualTo(201);
              assertThat(answer.contentType()).isEqualTo("text/plain; charset=utf-8");
              assertThat(new String(answer.body(), UTF_8)).isEqualTo("yes, please");
            });
    awaitDeliveries("delivered 1");
    assertThat(received())
        .singleElement()
        .satisfies(r -> assertThat(r.body()).asString().contains("asks"));
    assertThat(received().getFirst().header("webhook-signature")).startsWith("v1,");
    assertThat(
            door.query(
                "SELECT convert_from(response_body, 'UTF8') FROM attempt JOIN delivery"
                    + " USING (delivery_id) JOIN event USING (event_id) WHERE type = '"
                    + type
                    + "'"))
        .containsExactly("yes, please");
  }

  @Test
  void an_endpoint_that_wants_the_event_as_well_gets_it_once() throws Exception {
    Endpoint asked = subscribed(QUICK);
    door.endpoint(receiver.url("/" + type + "/other"), type, QUICK, 8);

    assertThat(ask(asked, AMPLE).reply()).isInstanceOf(Reply.Answer.class);

    awaitDeliveries("delivered 1", "delivered 1");
    assertThat(received()).hasSize(1);
  }

  @Test
  void the_first_wait_of_the_schedule_is_left_out_for_who_is_asked() throws Exception {
    Endpoint asked = subscribed(List.of(Duration.ofHours(1)));
    Endpoint other =
        door.endpoint(receiver.url("/" + type + "/other"), type, List.of(Duration.ofHours(1)), 8);

    assertThat(ask(asked, AMPLE).reply()).isInstanceOf(Reply.Answer.class);

    awaitDeliveries("delivered 1", "waiting 0");
    door.delete(other);
  }

  @Test
  void the_reply_does_not_wait_for_the_record_of_the_attempt() throws Exception {
    Endpoint endpoint = unsubscribed();
    try (Connection _ = door.hold("LOCK TABLE attempt IN SHARE MODE")) {
      assertThat(ask(endpoint, AMPLE).reply()).isInstanceOf(Reply.Answer.class);
      assertThat(deliveries()).containsExactly("waiting 0");
    }
    awaitDeliveries("delivered 1");
  }

  @Test
  void an_answer_past_the_limit_is_no_reply_but_is_a_delivery_all_the_same() throws Exception {
    Endpoint endpoint = unsubscribed();
    CountDownLatch late = new CountDownLatch(1);
    answer(() -> {
      awaiting(late);
      return Answer.of(200);
    });

    Replied replied = ask(endpoint, SHORT);

    assertThat(replied.acceptance()).isInstanceOf(Acceptance.Accepted.class);
    assertNone(replied, Reply.None.Reason.LATE);
    assertThat(door.replies().expecting()).isZero();
    late.countDown();
    awaitDeliveries("delivered 1");
    assertThat(received()).as("asked once, not cut off and asked again").hasSize(1);
  }

  @Test
  void a_failure_is_no_reply_and_is_tried_again() throws Exception {
    Endpoint endpoint = unsubscribed();
    answer(() -> Answer.of(received().isEmpty() ? 500 : 200));

    assertNone(ask(endpoint, AMPLE), Reply.None.Reason.FAILED);

    awaitDeliveries("delivered 2");
  }

  @Test
  void an_endpoint_that_cannot_be_reached_gives_no_reply() throws Exception {
    Endpoint endpoint = door.endpoint("http://127.0.0.1:1/", "no." + type, QUICK, 8);

    assertNone(ask(endpoint, AMPLE), Reply.None.Reason.FAILED);

    awaitDeliveries("dead 3");
  }

  @Test
  void an_answer_that_is_not_kept_whole_is_no_reply() throws Exception {
    Endpoint endpoint = unsubscribed();
    answer(() -> new Answer(200, "text/plain", "x".repeat(16 * 1024 + 1)));

    assertNone(ask(endpoint, AMPLE), Reply.None.Reason.CUT);

    awaitDeliveries("delivered 1");
  }

  @Test
  void a_duplicate_asks_nobody_again() throws Exception {
    Endpoint endpoint = unsubscribed();
    Offer offer = offer("same");
    Replied first = door.acceptor().accept(offer, new ReplyRequest(endpoint.id(), AMPLE));

    Replied second = door.acceptor().accept(offer, new ReplyRequest(endpoint.id(), AMPLE));

    assertThat(first.reply()).isInstanceOf(Reply.Answer.class);
    assertThat(second.acceptance())
        .isEqualTo(
            new Acceptance.Duplicate(((Acceptance.Accepted) first.acceptance()).eventId(), true));
    assertNone(second, Reply.None.Reason.DUPLICATE);
    awaitDeliveries("delivered 1");
    assertThat(received()).hasSize(1);
  }

  @Test
  void a_paused_endpoint_gives_no_reply_and_gets_the_event_when_it_is_resumed() throws Exception {
    Endpoint endpoint = unsubscribed();
    door.save(endpoint.paused("a test"));

    assertNone(ask(endpoint, AMPLE), Reply.None.Reason.NOT_ASKED);

    assertThat(deliveries()).containsExactly("waiting 0");
    door.save(endpoint);
    awaitDeliveries("delivered 1");
  }

  @Test
  void an_endpoint_that_was_deleted_gives_no_reply_and_the_event_is_accepted() throws Exception {
    Endpoint endpoint = unsubscribed();
    door.delete(endpoint);

    Replied replied = ask(endpoint, AMPLE);

    assertThat(replied.acceptance()).isInstanceOf(Acceptance.Accepted.class);
    assertNone(replied, Reply.None.Reason.NOT_ASKED);
    assertThat(deliveries()).isEmpty();
  }

  @Test
  void a_busy_endpoint_gives_no_reply_in_time_and_gets_the_event_later() throws Exception {
    Endpoint endpoint = door.endpoint(receiver.url("/" + type), "no." + type, QUICK, 1);
    CountDownLatch busy = new CountDownLatch(1);
    answer(() -> {
      awaiting(busy);
      return Answer.of(200);
    });
    assertNone(ask(endpoint, SHORT), Reply.None.Reason.LATE);

    assertNone(ask(endpoint, SHORT), Reply.None.Reason.LATE);

    busy.countDown();
    awaitDeliveries("delivered 1", "delivered 1");
  }

  @Test
  void a_store_that_does_not_answer_in_time_gives_neither_an_event_nor_a_reply() throws Exception {
    Endpoint endpoint = unsubscribed();
    try (Connection _ = door.holdAccepting()) {
      Replied replied = ask(endpoint, SHORT);

      assertThat(replied.acceptance())
          .isEqualTo(new Acceptance.Unavailable(Acceptance.Unavailable.Reason.DATABASE));
      assertNone(replied, Reply.None.Reason.NOT_ACCEPTED);
      assertThat(door.replies().waiting()).isZero();
    }
    // Its commit was under way: nobody waits, and it is delivered like any other.
    awaitDeliveries("delivered 1");
  }

  @Test
  void what_cannot_be_stored_has_no_reply() throws Exception {
    Endpoint endpoint = unsubscribed();

    Replied replied =
        door.acceptor().accept(door.unstorable(type, null), new ReplyRequest(endpoint.id(), AMPLE));

    assertThat(replied.acceptance()).isInstanceOf(Acceptance.Unacceptable.class);
    assertNone(replied, Reply.None.Reason.NOT_ACCEPTED);
    assertThat(received()).isEmpty();
  }

  @Test
  void many_at_once_get_their_own_answers() throws Exception {
    Endpoint endpoint = door.endpoint(receiver.url("/" + type), "no." + type, QUICK, 32);
    receiver.answerFully(r -> new Answer(200, "text/plain", "re " + new String(r.body(), UTF_8)));
    List<Future<Replied>> replies = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Offer offer = door.offer(type, null, "question " + i);
      replies.add(
          callers.submit(
              () -> door.acceptor().accept(offer, new ReplyRequest(endpoint.id(), AMPLE))));
    }

    for (int i = 0; i < replies.size(); i++) {
      assertThat(replies.get(i).get().reply()).isInstanceOf(Reply.Answer.class);
      assertThat(((Reply.Answer) replies.get(i).get().reply()).body())
          .asString(UTF_8)
          .isEqualTo("re question " + i);
    }
  }

  @Test
  void past_the_most_who_may_wait_there_is_no_reply_and_the_event_is_delivered() throws Exception {
    Endpoint endpoint = unsubscribed();
    List<Replies.Waiter> others = new ArrayList<>();
    for (int i = 0; i < Replies.MAX_WAITING; i++) {
      others.add(door.replies().waiter(new ReplyRequest(new UUID(0, i), AMPLE)));
    }

    Replied replied = ask(endpoint, AMPLE);

    assertThat(replied.acceptance()).isInstanceOf(Acceptance.Accepted.class);
    assertNone(replied, Reply.None.Reason.TOO_MANY);
    awaitDeliveries("delivered 1");
    others.forEach(Replies.Waiter::close);
    assertThat(ask(endpoint, AMPLE).reply()).isInstanceOf(Reply.Answer.class);
  }

  @Test
  void one_who_has_gone_before_the_commit_was_answered_is_not_kept() {
    Replies replies = door.replies();
    Replies.Waiter waiter = replies.waiter(new ReplyRequest(new UUID(0, 1), AMPLE));
    waiter.close();

    waiter.expect(new UUID(0, 2));

    assertThat(replies.expecting()).isZero();
  }

  @Test
  void a_limit_is_more_than_nothing_and_not_endless() {
    for (Duration limit : List.of(Duration.ZERO, Duration.ofSeconds(31))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ReplyRequest(new UUID(0, 1), limit));
    }
  }

  @Test
  void after_a_restart_it_is_tried_again_though_nobody_waits() throws Exception {
    Endpoint endpoint =
        door.endpoint(
            receiver.url("/" + type),
            "no." + type,
            List.of(Duration.ZERO, Duration.ofSeconds(2)),
            8);
    answer(() -> Answer.of(500));
    assertNone(ask(endpoint, AMPLE), Reply.None.Reason.FAILED);
    awaitDeliveries("waiting 1");

    door.close();
    answer(() -> Answer.of(200));
    door = TestingDoor.open(database, folder);

    awaitDeliveries("delivered 2");
  }

  private Endpoint unsubscribed() throws Exception {
    return door.endpoint(receiver.url("/" + type), "no." + type, QUICK, 8);
  }

  private Endpoint subscribed(List<Duration> waits) throws Exception {
    return door.endpoint(receiver.url("/" + type), type, waits, 8);
  }

  private void answer(Supplier<Answer> answer) {
    String path = "/" + type;
    receiver.answerFully(r -> r.path().equals(path) ? answer.get() : Answer.of(204));
  }

  private Offer offer(String dedupeKey) {
    return door.offer(type, dedupeKey, "{\"text\":\"asks\"}");
  }

  private Replied ask(Endpoint endpoint, Duration limit) throws InterruptedException {
    return door.acceptor()
        .accept(
            door.offer(type, null, "{\"text\":\"asks\"}"), new ReplyRequest(endpoint.id(), limit));
  }

  private List<TestingReceiver.Received> received() {
    return receiver.received().stream().filter(r -> r.path().equals("/" + type)).toList();
  }

  private List<String> deliveries() throws Exception {
    return door.query(
        "SELECT delivery.state || ' ' || attempts FROM delivery JOIN event USING (event_id)"
            + " WHERE type = '"
            + type
            + "' ORDER BY 1");
  }

  private void awaitDeliveries(String... expected) throws Exception {
    Eventually.until(() -> deliveries().equals(List.of(expected)));
  }

  private static void assertNone(Replied replied, Reply.None.Reason reason) {
    assertThat(replied.reply())
        .isInstanceOfSatisfying(
            Reply.None.class, none -> assertThat(none.reason()).as("%s", none).isEqualTo(reason));
  }

  private static void awaiting(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
