package dev.boathook.deliver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Eventually;
import dev.boathook.TestingReceiver;
import dev.boathook.TestingServer;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.store.TestingDatabase;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Deliveries from the event's acceptance to their end, through the whole server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeliverTest {
  private static final String QUICK = "\"retry_schedule_seconds\":[0,0.05,0.05]";
  private static final String PATIENT = "\"retry_schedule_seconds\":[0,60]";

  private final TestingDatabase database = TestingDatabase.freshDatabase();
  private final AtomicInteger names = new AtomicInteger();
  private Path folder;
  private TestingReceiver receiver;
  private TestingServer server;
  private String consumer;

  @BeforeAll
  void start() throws Exception {
    folder = Files.createTempDirectory("boathook-test-");
    receiver = TestingReceiver.start();
    server = TestingServer.start(database, folder, List.of(), List.of());
    consumer = post("/v1/consumers", "{\"name\":\"acme\"}").get("id").asString();
  }

  @AfterAll
  void stop() {
    server.close();
    receiver.close();
  }

  private JsonNode post(String path, String body) throws Exception {
    HttpResponse<String> answer =
        server.send(
            server
                .admin(path)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
    return TestingServer.json(answer);
  }

  private JsonNode get(String path) throws Exception {
    return TestingServer.json(server.send(server.admin(path)));
  }

  /** An endpoint of its own type of events, so that tests do not meet. */
  private record Target(String endpoint, String type, String path, String secret) {}

  private Target target(String policy) throws Exception {
    String name = "t" + names.incrementAndGet();
    JsonNode endpoint =
        post(
            "/v1/consumers/" + consumer + "/endpoints",
            "{\"url\":\"%s\",\"types\":[\"%s\"],%s}"
                .formatted(receiver.url("/" + name), name, policy));
    return new Target(
        endpoint.get("id").asString(), name, "/" + name, endpoint.get("secret").asString());
  }

  private String publish(Target target) throws Exception {
    return post(
            "/v1/consumers/" + consumer + "/events",
            "{\"type\":\"" + target.type + "\",\"data\":{\"n\":1}}")
        .get("id")
        .asString();
  }

  private void answer(Target target, int status) {
    receiver.answer(received -> received.path().equals(target.path) ? status : 204);
  }

  private JsonNode onlyDelivery(Target target) throws Exception {
    return get("/v1/deliveries?endpoint=" + target.endpoint).get("data").get(0);
  }

  private JsonNode awaitState(Target target, String state) throws Exception {
    return Eventually.get(() -> {
      JsonNode delivery = onlyDelivery(target);
      return delivery.get("state").asString().equals(state) ? delivery : null;
    });
  }

  private List<TestingReceiver.Received> receivedBy(Target target) {
    return receiver.received().stream().filter(r -> r.path().equals(target.path)).toList();
  }

  @Test
  void what_is_delivered_is_signed_with_the_endpoints_own_secret() throws Exception {
    Target target = target(QUICK);
    String event = publish(target);

    TestingReceiver.Received got = receiver.await(r -> r.path().equals(target.path));

    assertThat(got.header("webhook-id")).isEqualTo(event);
    assertThat(got.header("content-type")).isEqualTo("application/json");
    assertThat(new String(got.body(), UTF_8))
        .startsWith("{\"type\":\"" + target.type + "\",\"timestamp\":\"")
        .endsWith("\"data\":{\"n\":1}}");
    WebhookRequest request =
        new WebhookRequest(
            "POST",
            "",
            Headers.of(
                "webhook-id",
                got.header("webhook-id"),
                "webhook-timestamp",
                got.header("webhook-timestamp"),
                "webhook-signature",
                got.header("webhook-signature")),
            got.body());
    assertThat(
            Providers.named("standard-webhooks")
                .verifier(List.of(target.secret))
                .verify(request, InstantSource.system().instant()))
        .isInstanceOf(Verdict.Verified.class);
  }

  @Test
  void a_receiver_that_is_down_is_tried_as_often_as_the_schedule_says_then_it_is_a_dead_letter()
      throws Exception {
    Target target = target(QUICK);
    answer(target, 500);
    String event = publish(target);

    JsonNode dead = awaitState(target, "dead");

    assertThat(dead.get("attempt_count").asInt()).isEqualTo(3);
    JsonNode attempts = get("/v1/deliveries/" + dead.get("id").asString()).get("attempts");
    assertThat(attempts.size()).isEqualTo(3);
    assertThat(attempts.get(2).get("status").asInt()).isEqualTo(500);
    assertThat(receivedBy(target)).hasSize(3);

    answer(target, 204);
    JsonNode replay = post("/v1/deliveries/" + dead.get("id").asString() + "/replay", "");

    assertThat(replay.get("replay_of").asString()).isEqualTo(dead.get("id").asString());
    Eventually.until(() -> receivedBy(target).size() == 4);
    assertThat(
            receivedBy(target).stream()
                .map(r -> r.header("webhook-id"))
                .collect(Collectors.toSet()))
        .isEqualTo(Set.of(event));
  }

  @Test
  void a_redirect_is_a_failure_and_is_not_followed() throws Exception {
    Target target = target(QUICK);
    answer(target, 302);
    publish(target);

    assertThat(awaitState(target, "dead").get("last_status").asInt()).isEqualTo(302);
  }

  @Test
  void our_own_listeners_are_never_called() throws Exception {
    for (int port : List.of(server.boathook().publicPort(), server.boathook().adminPort())) {
      String body =
          "{\"url\":\"http://%s:"
              + port
              + "/in/x\",\"types\":[\"own-"
              + port
              + "\"],"
              + QUICK
              + "}";
      String path = "/v1/consumers/" + consumer + "/endpoints";
      HttpResponse<String> refused =
          server.send(
              server
                  .admin(path)
                  .header("content-type", "application/json")
                  .POST(BodyPublishers.ofString(body.formatted("127.0.0.1"))));
      assertThat(refused.statusCode()).isEqualTo(422);
      assertThat(refused.body()).contains("address_refused", "our own listener");
      String endpoint = post(path, body.formatted("localhost")).get("id").asString();
      Target target = new Target(endpoint, "own-" + port, "", "");
      publish(target);
      JsonNode dead = awaitState(target, "dead");
      assertThat(dead.get("last_outcome").asString()).isEqualTo("blocked");
    }
  }

  @Test
  void a_receiver_that_is_gone_is_disabled_and_what_comes_then_waits() throws Exception {
    Target target = target(QUICK);
    answer(target, 410);
    publish(target);

    awaitState(target, "dead");
    Eventually.until(
        () -> get("/v1/endpoints/" + target.endpoint).get("status").asString().equals("disabled"));
    publish(target);
    assertThat(awaitState(target, "waiting").get("attempt_count").asInt()).isZero();

    String why = get("/v1/endpoints/" + target.endpoint).get("status_reason").asString();
    post("/v1/endpoints/" + target.endpoint + "/pause", "");
    JsonNode still = get("/v1/endpoints/" + target.endpoint);
    assertThat(still.get("status").asString()).isEqualTo("disabled");
    assertThat(still.get("status_reason").asString()).isNotEmpty().isEqualTo(why);

    answer(target, 204);
    post("/v1/endpoints/" + target.endpoint + "/resume", "");
    awaitState(target, "delivered");
  }

  @Test
  void a_paused_endpoint_keeps_its_queue_and_gets_it_when_it_is_resumed() throws Exception {
    Target target = target(QUICK);
    post("/v1/endpoints/" + target.endpoint + "/pause", "");
    for (int i = 0; i < 5; i++) {
      publish(target);
    }
    assertThat(get("/v1/deliveries?state=waiting&endpoint=" + target.endpoint).get("data").size())
        .isEqualTo(5);
    assertThat(receivedBy(target)).isEmpty();

    post("/v1/endpoints/" + target.endpoint + "/resume", "");
    Eventually.until(() -> receivedBy(target).size() == 5);
  }

  @Test
  void what_waits_for_a_deleted_endpoint_is_cancelled() throws Exception {
    Target target = target(PATIENT);
    answer(target, 500);
    String event = publish(target);
    Eventually.until(() -> onlyDelivery(target).get("attempt_count").asInt() == 1);

    server.send(server.admin("/v1/endpoints/" + target.endpoint).DELETE());

    Eventually.until(() ->
        get("/v1/deliveries?event=" + event)
            .get("data")
            .get(0)
            .get("state")
            .asString()
            .equals("cancelled"));
  }

  @Test
  void a_cancelled_delivery_is_not_sent() throws Exception {
    Target target = target(QUICK);
    post("/v1/endpoints/" + target.endpoint + "/pause", "");
    publish(target);
    String delivery = onlyDelivery(target).get("id").asString();
    post("/v1/deliveries/" + delivery + "/cancel", "");
    publish(target);

    post("/v1/endpoints/" + target.endpoint + "/resume", "");

    awaitState(target, "delivered");
    assertThat(receivedBy(target)).hasSize(1);
    assertThat(get("/v1/deliveries/" + delivery).get("state").asString()).isEqualTo("cancelled");
  }

  @Test
  void a_restart_in_the_middle_loses_nothing_and_keeps_the_schedule() throws Exception {
    Target target = target("\"retry_schedule_seconds\":[0,2,2]");
    answer(target, 503);
    publish(target);
    JsonNode waiting =
        Eventually.get(() -> {
          JsonNode delivery = onlyDelivery(target);
          return delivery.get("attempt_count").asInt() == 1 ? delivery : null;
        });
    Instant due = Instant.parse(waiting.get("due_at").asString());
    answer(target, 204);

    server.close();
    server = TestingServer.start(database, folder, List.of(), List.of());

    JsonNode delivered = awaitState(target, "delivered");
    Instant finished = Instant.parse(delivered.get("finished_at").asString());
    assertThat(finished).isBetween(due, due.plus(Duration.ofSeconds(3)));
  }
}
