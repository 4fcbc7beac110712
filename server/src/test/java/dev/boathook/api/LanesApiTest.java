package dev.boathook.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Eventually;
import dev.boathook.api.TestingAdmin.Caller;
import dev.boathook.api.TestingAdmin.Reply;
import dev.boathook.id.IdKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Lanes that halt, and what operators do to them, with a real store and a real receiver. */
class LanesApiTest {
  @TempDir private static Path folder;
  private static TestingAdmin admin;

  /** The types that are refused. */
  private final Set<String> refused = ConcurrentHashMap.newKeySet();

  /** The types that were taken, in this order. */
  private final Queue<String> delivered = new ConcurrentLinkedQueue<>();

  private Caller caller;
  private String acme = "";
  private String endpoint = "";
  private String lanes = "";

  @BeforeAll
  static void start() throws Exception {
    admin = new TestingAdmin(folder);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  @BeforeEach
  void makeEndpoint() throws Exception {
    caller = admin.newProject();
    acme = "/v1/consumers/" + caller.make("/v1/consumers", "{\"name\":\"acme\"}");
    endpoint = newEndpoint("[0]");
    lanes = "/v1/endpoints/" + endpoint + "/lanes";
    admin.receiver.answer(received -> {
      String type =
          TestingAdmin.JSON.readTree(new String(received.body(), UTF_8)).get("type").stringValue();
      if (refused.contains(type)) {
        return 500;
      }
      delivered.add(type);
      return 204;
    });
  }

  private String newEndpoint(String waits) throws Exception {
    return caller.make(
        acme + "/endpoints",
        "{\"order\":\"block\",\"retry_schedule_seconds\":%s,\"url\":\"%s\"}"
            .formatted(waits, admin.receiver.url("/d")));
  }

  /** Promise 2, whatever was done. */
  @AfterEach
  void nothingIsLost() throws Exception {
    assertThat(caller.get("/v1/accounting").json().get("balanced").booleanValue()).isTrue();
  }

  private String publish(String key, int number) throws Exception {
    return caller.make(
        acme + "/events",
        "{\"type\":\"%s%d\",\"key\":\"%s\",\"data\":1}".formatted(key, number, key));
  }

  /** A lane with this key and four events, that halts behind the second. */
  private void halt(String key) throws Exception {
    refused.add(key + 1);
    for (int i = 0; i < 4; i++) {
      publish(key, i);
    }
    Eventually.until(() -> keys("?halted=true&limit=200").contains(key));
  }

  private List<String> keys(String query) throws Exception {
    return caller
        .get(lanes + query)
        .json()
        .get("data")
        .valueStream()
        .map(lane -> lane.get("key").stringValue())
        .toList();
  }

  private void awaitDelivered(String... types) throws Exception {
    Eventually.until(() -> delivered.size() >= types.length);
    assertThat(delivered).containsExactly(types);
  }

  private String key(String key) {
    return "{\"key\":\"" + key + "\"}";
  }

  @Test
  void a_halted_lane_is_shown() throws Exception {
    halt("a");
    JsonNode lane = caller.get(lanes + "?halted=true").json().get("data").get(0);
    assertThat(lane.get("key").stringValue()).isEqualTo("a");
    assertThat(lane.get("waiting").intValue()).isEqualTo(2);
    assertThat(lane.get("last_place").intValue()).isEqualTo(4);
    assertThat(lane.get("done_place").intValue()).isEqualTo(2);
    assertThat(lane.get("due_at").isNull()).isTrue();
    String head = lane.get("halted_by").stringValue();
    assertThat(caller.get("/v1/dead-letters").ids()).containsExactly(head);
  }

  @Test
  void a_retried_head_takes_its_own_place_and_the_lane_goes_on() throws Exception {
    halt("a");
    refused.clear();
    Reply reply = caller.post(lanes + "/retry", key("a"));
    assertThat(reply.text())
        .isEqualTo("{\"lanes\":1,\"made\":1,\"cancelled\":0,\"expired\":0,\"complete\":true}");
    awaitDelivered("a0", "a1", "a2", "a3");
    Eventually.until(
        () -> caller.get(lanes).json().get("data").get(0).get("done_place").intValue() == 4);
    assertThat(keys("?halted=true")).isEmpty();
    publish("a", 4);
    awaitDelivered("a0", "a1", "a2", "a3", "a4");
  }

  @Test
  void a_head_that_dies_again_halts_its_lane_again() throws Exception {
    halt("a");
    String first = haltedBy();
    caller.post(lanes + "/retry", key("a"));
    Eventually.until(() -> !keys("?halted=true").isEmpty() && !haltedBy().equals(first));
    assertThat(caller.get("/v1/deliveries/" + haltedBy()).get("replay_of")).isEqualTo(first);
    assertThat(delivered).containsExactly("a0");
    refused.clear();
    caller.post(lanes + "/retry", key("a"));
    awaitDelivered("a0", "a1", "a2", "a3");
  }

  private String haltedBy() throws Exception {
    JsonNode halted = caller.get(lanes + "?halted=true").json().get("data");
    return halted.isEmpty() ? "" : halted.get(0).get("halted_by").stringValue();
  }

  @Test
  void a_skipped_head_stays_dead_and_the_lane_goes_on() throws Exception {
    halt("a");
    Reply reply = caller.post(lanes + "/skip", key("a"));
    assertThat(reply.json().get("lanes").intValue()).isEqualTo(1);
    awaitDelivered("a0", "a2", "a3");
    assertThat(caller.get("/v1/dead-letters").ids()).hasSize(1);
  }

  @Test
  void a_drained_lane_goes_on_with_what_is_new() throws Exception {
    halt("a");
    Reply reply = caller.post(lanes + "/drain", key("a"));
    assertThat(reply.json().get("cancelled").intValue()).isEqualTo(2);
    assertThat(keys("?halted=true")).isEmpty();
    publish("a", 4);
    awaitDelivered("a0", "a4");
    assertThat(caller.get("/v1/deliveries?state=cancelled").ids()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"retry", "skip", "drain"})
  void all_halted_lanes_go_on_at_once(String action) throws Exception {
    for (String key : List.of("a", "b", "c")) {
      halt(key);
    }
    publish("d", 0);
    refused.clear();
    Reply reply = caller.post(lanes + "/" + action, "{\"all_halted\":true}");
    assertThat(reply.json().get("lanes").intValue()).isEqualTo(3);
    assertThat(reply.json().get("complete").booleanValue()).isTrue();
    assertThat(keys("?halted=true")).isEmpty();
    for (String key : List.of("a", "b", "c")) {
      publish(key, 4);
    }
    int each =
        switch (action) {
          case "retry" -> 5;
          case "skip" -> 4;
          case "drain" -> 2;
          default -> throw new AssertionError(action);
        };
    Eventually.until(() -> delivered.size() == 3 * each + 1);
    for (String key : List.of("a", "b", "c")) {
      assertThat(delivered.stream().filter(type -> type.startsWith(key)))
          .hasSize(each)
          .isSorted()
          .startsWith(key + 0)
          .endsWith(key + 4);
    }
    assertThat(caller.post(lanes + "/" + action, "{\"all_halted\":true}").text())
        .isEqualTo("{\"lanes\":0,\"made\":0,\"cancelled\":0,\"expired\":0,\"complete\":true}");
  }

  @Test
  void a_replay_goes_to_the_tail_and_does_not_pass_a_halted_head() throws Exception {
    halt("a");
    refused.clear();
    String first = caller.get("/v1/deliveries?state=delivered").ids().getFirst();
    Reply replay = caller.post("/v1/deliveries/" + first + "/replay", "");
    assertThat(replay.status()).isEqualTo(201);
    JsonNode lane = caller.get(lanes).json().get("data").get(0);
    assertThat(lane.get("last_place").intValue()).isEqualTo(5);
    assertThat(lane.get("waiting").intValue()).isEqualTo(3);
    assertThat(delivered).containsExactly("a0");
    caller.post(lanes + "/skip", key("a"));
    awaitDelivered("a0", "a2", "a3", "a0");
  }

  @Test
  void the_head_of_a_halted_lane_is_replayed_by_what_lets_the_lane_go_on() throws Exception {
    halt("a");
    refused.clear();
    String head = haltedBy();
    Reply refusal = caller.post("/v1/deliveries/" + head + "/replay", "");
    assertThat(refusal.status()).isEqualTo(409);
    assertThat(refusal.code()).isEqualTo("lane_halted");
    refused.add("a1");
    caller.post(lanes + "/retry", key("a"));
    Eventually.until(() -> !haltedBy().isEmpty() && !haltedBy().equals(head));
    assertThat(caller.post("/v1/deliveries/" + head + "/replay", "").code())
        .as("a retry of it is the head now")
        .isEqualTo("lane_halted");
    refused.clear();
    caller.post(lanes + "/skip", key("a"));
    awaitDelivered("a0", "a2", "a3");
    assertThat(caller.post("/v1/deliveries/" + head + "/replay", "").status()).isEqualTo(201);
    awaitDelivered("a0", "a2", "a3", "a1");
  }

  @Test
  void a_lane_goes_on_when_the_head_that_it_waits_for_is_cancelled() throws Exception {
    String slow = newEndpoint("[0,86400]");
    caller.delete("/v1/endpoints/" + endpoint);
    refused.add("a0");
    String head = publish("a", 0);
    publish("a", 1);
    publish("b", 0);
    awaitDelivered("b0");
    String path = "/v1/deliveries?endpoint=" + slow + "&event=" + head;
    Eventually.until(
        () -> caller.get(path).json().get("data").get(0).get("attempt_count").intValue() == 1);
    assertThat(delivered).as("the head is due tomorrow").containsExactly("b0");
    caller.post("/v1/deliveries/" + caller.get(path).ids().getFirst() + "/cancel", "");
    awaitDelivered("b0", "a1");
  }

  @Test
  void a_replay_of_many_keeps_order_among_what_is_new() throws Exception {
    caller.patch("/v1/endpoints/" + endpoint, "{\"order\":\"skip\"}");
    for (int i = 0; i < 9; i++) {
      refused.add("a" + i);
      publish("a", i);
    }
    Eventually.until(() -> caller.get("/v1/dead-letters").ids().size() == 9);
    refused.clear();
    caller.make("/v1/replays", "{\"rate_per_second\":20,\"filter\":{\"state\":\"dead\"}}");
    publish("b", 0);
    publish("b", 1);
    Eventually.until(() -> delivered.size() == 11);
    assertThat(delivered.stream().filter(type -> type.startsWith("a"))).hasSize(9).isSorted();
    assertThat(delivered.stream().filter(type -> type.startsWith("b"))).hasSize(2).isSorted();
  }

  @Test
  void lanes_come_in_pages_by_key() throws Exception {
    caller.post("/v1/endpoints/" + endpoint + "/pause", "");
    List<String> keys = new ArrayList<>(List.of(""));
    caller.make(acme + "/events", "{\"type\":\"t\",\"data\":1}");
    for (String key : List.of("a", "b", "schön", "z")) {
      publish(key, 0);
      keys.add(key);
    }
    List<String> pages = new ArrayList<>();
    String query = "?limit=1";
    while (true) {
      Reply page = caller.get(lanes + query);
      page.json().get("data").forEach(lane -> pages.add(lane.get("key").stringValue()));
      if (page.json().get("next_cursor").isNull()) {
        break;
      }
      query = "?limit=1&cursor=" + page.get("next_cursor");
    }
    assertThat(pages).isEqualTo(keys);
    String delivery = caller.get("/v1/deliveries").ids().getLast();
    assertThat(caller.get("/v1/deliveries/" + delivery).json().get("key").isNull()).isTrue();
    assertThat(caller.get(lanes + "?cursor=AAAA").code()).isEqualTo("invalid_parameter");
    assertThat(caller.get(lanes + "?halted=maybe").code()).isEqualTo("invalid_parameter");
  }

  @Test
  void what_cannot_be_done_is_said() throws Exception {
    publish("a", 0);
    awaitDelivered("a0");
    for (String action : List.of("retry", "skip", "drain")) {
      assertThat(caller.post(lanes + "/" + action, key("a")).code()).isEqualTo("not_halted");
      assertThat(caller.post(lanes + "/" + action, key("x")).code()).isEqualTo("not_found");
      assertThat(caller.post(lanes + "/" + action, "{}").code()).isEqualTo("invalid");
      assertThat(caller.post(lanes + "/" + action, "{\"key\":\"a\",\"all_halted\":true}").code())
          .isEqualTo("invalid");
      assertThat(admin.newProject().post(lanes + "/" + action, key("a")).code())
          .isEqualTo("not_found");
    }
    assertThat(admin.newProject().get(lanes).code()).isEqualTo("not_found");
  }

  @Test
  void what_takes_too_long_may_be_asked_again() throws Exception {
    halt("a");
    List<Callable<Reply>> calls =
        List.of(
            () -> caller.get(lanes),
            () -> caller.post(lanes + "/drain", key("a")),
            () ->
                caller.post(
                    "/v1/deliveries/cancel", "{\"filter\":{\"endpoint\":\"" + endpoint + "\"}}"));
    for (Callable<Reply> call : calls) {
      try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
          Connection held = admin.database.hotConnection();
          Statement statement = held.createStatement()) {
        held.setAutoCommit(false);
        statement.execute("LOCK TABLE delivery");
        Future<Reply> reply = thread.submit(call);
        // What a time-out of the statement does, without waiting for it.
        Eventually.until(() ->
            admin
                    .database
                    .jdbi()
                    .withHandle(handle ->
                        handle
                            .select(
                                "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE"
                                    + " wait_event_type = 'Lock' AND datname = current_database()")
                            .mapTo(Integer.class)
                            .one())
                > 0);
        assertThat(reply.get().status()).isEqualTo(503);
        assertThat(reply.get().code()).isEqualTo("database_unavailable");
        held.rollback();
      }
    }
    assertThat(keys("?halted=true")).containsExactly("a");
  }

  @Test
  void a_head_whose_event_is_gone_can_only_be_left_behind() throws Exception {
    halt("a");
    admin
        .database
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "DELETE FROM event WHERE event_id = (SELECT event_id FROM delivery"
                    + " WHERE delivery_id = ?)",
                IdKind.DELIVERY.parse(haltedBy()).orElseThrow()));
    assertThat(caller.post(lanes + "/retry", key("a")).code()).isEqualTo("event_expired");
    assertThat(caller.post(lanes + "/retry", "{\"all_halted\":true}").text())
        .isEqualTo("{\"lanes\":0,\"made\":0,\"cancelled\":0,\"expired\":1,\"complete\":true}");
    assertThat(keys("?halted=true")).containsExactly("a");
    caller.post(lanes + "/skip", key("a"));
    awaitDelivered("a0", "a2", "a3");
    // Its match was dropped with it, but the delivery stays: that is what expiry will look like.
    admin
        .database
        .jdbi()
        .useHandle(handle -> handle.execute("UPDATE event SET matched = 2 WHERE type = 'a0'"));
  }
}
