package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.TestingReceiver.Answer;
import dev.boathook.TestingReceiver.Received;
import dev.boathook.TestingWebhook;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two server processes on one database: who delivers, and what each may do to the other's. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodesTest {
  private static final String SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** What is published arrives within a second; a busy machine adds this. */
  private static final Duration PROMPT = Duration.ofSeconds(1).plusSeconds(2);

  /** A lease, and what passes until the others look. */
  private static final Duration TAKE_OVER = Duration.ofSeconds(8);

  private Nodes nodes;
  private TestingReceiver receiver;
  private String consumer;
  private final AtomicInteger count = new AtomicInteger();

  /** An endpoint that gets events of its own type. */
  private record Wanted(String id, String type) {}

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    receiver = TestingReceiver.start();
    nodes = Nodes.start(folder, 2);
    consumer =
        "/v1/consumers/"
            + nodes.get(0).post("/v1/consumers", "{\"name\":\"c\"}").path("id").asString();
  }

  @AfterAll
  void close() throws Exception {
    nodes.close();
    receiver.close();
  }

  @BeforeEach
  void calm() throws Exception {
    receiver.answer(received -> 204);
    nodes.awaitEvenShares();
  }

  @AfterEach
  void no_bugs() throws Exception {
    nodes.assertNoBugs();
  }

  @Test
  void what_is_published_at_either_arrives_within_a_second_whoever_holds_the_endpoint()
      throws Exception {
    for (int holder = 0; holder < 2; holder++) {
      Wanted endpoint = endpointHeldBy(holder, "");
      for (int node = 0; node < 2; node++) {
        long began = System.nanoTime();
        String event = publish(node, endpoint);
        await(event);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        say("published at " + node + ", held by " + holder + ", arrived after", took);
        assertThat(took).isLessThan(PROMPT);
      }
    }
  }

  @Test
  void an_endpoint_is_paused_changed_and_resumed_through_the_node_that_does_not_hold_it()
      throws Exception {
    Wanted endpoint = endpointHeldBy(0, "");
    await(publish(0, endpoint));
    nodes.get(1).post("/v1/endpoints/" + endpoint.id() + "/pause", "");
    String held = publish(0, endpoint);
    String alsoHeld = publish(1, endpoint);
    Wanted other = endpointHeldBy(0, "");
    await(publish(1, other));
    assertThat(received(held)).isEmpty();
    assertThat(received(alsoHeld)).isEmpty();

    HttpResponse<String> moved =
        nodes
            .get(1)
            .send(
                nodes
                    .get(1)
                    .admin("/v1/endpoints/" + endpoint.id())
                    .header("content-type", "application/json")
                    .method(
                        "PATCH",
                        BodyPublishers.ofString("{\"url\":\"" + receiver.url("/moved") + "\"}")));
    assertThat(moved.statusCode()).isEqualTo(200);
    nodes.get(1).post("/v1/endpoints/" + endpoint.id() + "/resume", "");
    for (String event : List.of(held, alsoHeld)) {
      await(event);
      assertThat(received(event))
          .singleElement()
          .satisfies(received -> assertThat(received.path()).isEqualTo("/moved"));
    }
  }

  @Test
  void a_delivery_is_cancelled_and_replayed_through_the_node_that_does_not_hold_it()
      throws Exception {
    Wanted endpoint = endpointHeldBy(1, ",\"retry_schedule_seconds\":[3]");
    String called = publish(1, endpoint);
    nodes.get(0).post("/v1/deliveries/" + deliveryOf(0, called) + "/cancel", "");
    String delivered = publish(1, endpoint);
    await(delivered);
    assertThat(received(called)).as("called off before it was due").isEmpty();
    awaitState(0, delivered, "delivered");

    nodes.get(0).post("/v1/deliveries/" + deliveryOf(0, delivered) + "/replay", "");
    Eventually.holds("replayed", LIMIT, () -> received(delivered).size() == 2);
  }

  @Test
  void a_provider_is_answered_with_what_the_endpoint_says_whichever_node_asks_it()
      throws Exception {
    receiver.answerFully(received -> new Answer(200, "application/json", "{\"text\":\"Aye\"}"));
    for (int holder = 0; holder < 2; holder++) {
      String endpoint = endpointHeldBy(holder, "/v1/endpoints", "none", "");
      String path =
          nodes
              .get(0)
              .post(
                  "/v1/sources",
                  ("{\"name\":\"slack %d\",\"provider\":\"slack\",\"secrets\":[\"%s\"],"
                          + "\"reply_endpoint\":\"%s\"}")
                      .formatted(holder, SLACK_SECRET, endpoint))
              .path("path")
              .asString();
      for (int node = 0; node < 2; node++) {
        ServerProcess server = nodes.get(node);
        Eventually.holds(
            "it knows the source",
            LIMIT,
            () -> server.get("/v1/sources?limit=200").toString().contains(path));
        String body = "command=%2Fdeploy&trigger_id=" + count.incrementAndGet();
        long began = System.nanoTime();
        HttpResponse<String> answer =
            server.send(
                TestingWebhook.of("slack", SLACK_SECRET, body)
                    .contentType("application/x-www-form-urlencoded")
                    .to(server.open(path)));
        say(
            "asked " + node + ", held by " + holder + ", answered after",
            Duration.ofNanos(System.nanoTime() - began));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"text\":\"Aye\"}");
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
      }
    }
  }

  @Test
  void when_a_node_is_killed_the_other_takes_over_and_its_restart_has_its_shards_at_once()
      throws Exception {
    Wanted endpoint = endpointHeldBy(1, "");
    nodes.get(1).kill();
    long killed = System.nanoTime();
    await(publish(0, endpoint));
    Duration took = Duration.ofNanos(System.nanoTime() - killed);
    say("killed, taken over after", took);
    assertThat(took).isLessThan(TAKE_OVER.plusSeconds(4));

    nodes.restart(1);
    nodes.awaitEvenShares();
    Wanted own = endpointHeldBy(1, "");
    nodes.get(1).kill();
    nodes.restart(1);
    long ready = System.nanoTime();
    await(publish(1, own));
    Duration back = Duration.ofNanos(System.nanoTime() - ready);
    say("killed and started again, delivers after", back);
    assertThat(nodes.holderOf(own.id())).isEqualTo(1);
    assertThat(back).isLessThan(PROMPT);
  }

  @Test
  void a_third_node_gets_its_share_and_hands_it_over_at_once_when_it_stops() throws Exception {
    int third = nodes.add();
    nodes.awaitEvenShares();
    assertThat(nodes.shares()[third]).isBetween(84, 86);
    Wanted endpoint = endpointHeldBy(third, "");
    await(publish(0, endpoint));

    long began = System.nanoTime();
    nodes.get(third).stop();
    Duration stopped = Duration.ofNanos(System.nanoTime() - began);
    await(publish(0, endpoint));
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    say("told to stop, has ended after", stopped);
    say("told to stop, delivered by others after", took);
    assertThat(took.minus(stopped)).as("after its end").isLessThan(PROMPT);
    nodes.awaitEvenShares();
  }

  @Test
  void while_a_node_that_stops_waits_for_a_slow_answer_the_other_delivers_the_rest()
      throws Exception {
    Wanted slow = endpointHeldBy(1, "");
    List<Wanted> others = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      others.add(endpointHeldBy(1, ""));
    }
    CountDownLatch out = new CountDownLatch(1);
    CountDownLatch delivered = new CountDownLatch(1);
    receiver.answer(received -> {
      if (received.path().equals("/" + slow.type())) {
        out.countDown();
        return awaited(delivered) ? 204 : 503;
      }
      return 204;
    });
    String hanging = publish(1, slow);
    assertThat(out.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

    assertThat(nodes.get(1).handle().destroy()).isTrue();
    long began = System.nanoTime();
    List<String> events = new ArrayList<>();
    for (Wanted other : others) {
      events.add(publish(0, other));
    }
    for (String event : events) {
      await(event);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    say("told to stop while an answer hangs, the rest delivered by the other after", took);
    assertThat(took).isLessThan(PROMPT);
    assertThat(nodes.get(1).isAlive()).as("it waits for the answer").isTrue();
    assertThat(nodes.holderOf(slow.id())).isEqualTo(1);

    delivered.countDown();
    nodes.get(1).stop();
    awaitState(0, hanging, "delivered");
    assertThat(received(hanging)).as("handed over when it was done").hasSize(1);
    nodes.restart(1);
    nodes.awaitEvenShares();
  }

  @Test
  void a_node_frozen_past_its_lease_changes_nothing_when_it_wakes_and_joins_again()
      throws Exception {
    Wanted endpoint = endpointHeldBy(1, "");
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch out = new CountDownLatch(1);
    CountDownLatch takenOver = new CountDownLatch(1);
    receiver.answer(received -> {
      if (asked.getAndIncrement() > 0) {
        return 204;
      }
      out.countDown();
      return awaited(takenOver) ? 500 : 503;
    });
    String event = publish(1, endpoint);
    assertThat(out.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    try (var _ = Frozen.of(nodes.get(1).handle())) {
      long frozen = System.nanoTime();
      awaitState(0, event, "delivered");
      say("frozen, taken over after", Duration.ofNanos(System.nanoTime() - frozen));
      takenOver.countDown();
      await(event);
    }
    nodes.awaitEvenShares();
    Wanted later = endpointHeldBy(1, "");
    await(publish(1, later));
    JsonNode delivery = nodes.get(0).get("/v1/deliveries/" + deliveryOf(0, event));
    assertThat(delivery.path("state").asString()).isEqualTo("delivered");
    assertThat(delivery.path("attempts").valueStream().map(a -> a.path("status").asInt()))
        .as("the answer that the frozen node got is not recorded")
        .containsExactly(204);
    assertThat(nodes.get(1).isAlive()).isTrue();
  }

  /** A consumer's endpoint. */
  private Wanted endpointHeldBy(int holder, String policy) throws Exception {
    String type = "type." + count.incrementAndGet();
    return new Wanted(endpointHeldBy(holder, consumer + "/endpoints", type, policy), type);
  }

  /** Makes endpoints until one is the node's. */
  private String endpointHeldBy(int holder, String path, String type, String policy)
      throws Exception {
    while (true) {
      String id =
          nodes
              .get(0)
              .post(
                  path,
                  "{\"url\":\"%s\",\"types\":[\"%s\"]%s}"
                      .formatted(receiver.url("/" + type), type, policy))
              .path("id")
              .asString();
      if (nodes.holderOf(id) == holder) {
        return id;
      }
      assertThat(nodes.get(0).send(nodes.get(0).admin("/v1/endpoints/" + id).DELETE()).statusCode())
          .isEqualTo(204);
    }
  }

  private String publish(int node, Wanted endpoint) throws Exception {
    return nodes
        .get(node)
        .post(consumer + "/events", "{\"type\":\"" + endpoint.type() + "\",\"data\":1}")
        .path("id")
        .asString();
  }

  private void await(String event) throws Exception {
    Eventually.holds("it arrives", LIMIT, () -> !received(event).isEmpty());
  }

  private List<Received> received(String event) {
    return receiver.received().stream()
        .filter(received -> received.header("webhook-id").equals(event))
        .toList();
  }

  private String deliveryOf(int node, String event) throws Exception {
    return nodes
        .get(node)
        .get("/v1/deliveries?event=" + event)
        .path("data")
        .path(0)
        .path("id")
        .asString();
  }

  private void awaitState(int node, String event, String state) throws Exception {
    Eventually.holds(
        state,
        LIMIT,
        () ->
            nodes
                .get(node)
                .get("/v1/deliveries?event=" + event)
                .path("data")
                .path(0)
                .path("state")
                .asString()
                .equals(state));
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void say(String what, Duration took) {
    System.out.println("NodesTest: " + what + " " + took.toMillis() + " ms");
  }
}
