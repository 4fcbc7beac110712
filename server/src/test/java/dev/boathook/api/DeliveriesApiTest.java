package dev.boathook.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.api.TestingAdmin.Caller;
import dev.boathook.api.TestingAdmin.Reply;
import dev.boathook.lane.DeliveryState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveriesApiTest {
  @TempDir private static Path folder;
  private static TestingAdmin admin;

  private Caller caller;

  @BeforeAll
  static void start() throws Exception {
    admin = new TestingAdmin(folder);
  }

  @AfterAll
  static void stop() {
    admin.close();
  }

  private String acme = "";
  private String endpoint = "";

  @BeforeEach
  void makeEndpoint() throws Exception {
    caller = admin.newProject();
    admin.attempts.clear();
    acme = "/v1/consumers/" + caller.make("/v1/consumers", "{\"name\":\"acme\"}");
    endpoint =
        caller.make(
            acme + "/endpoints",
            "{\"retry_schedule_seconds\":[0],\"url\":\"" + admin.receiver.url("/d") + "\"}");
    admin.receiver.answer(received -> 204);
  }

  private String publish(String type) throws Exception {
    return caller.make(acme + "/events", "{\"type\":\"" + type + "\",\"key\":\"k\",\"data\":1}");
  }

  private String onlyDelivery(String event) throws Exception {
    List<String> ids = caller.get("/v1/deliveries?event=" + event).ids();
    assertThat(ids).hasSize(1);
    return ids.getFirst();
  }

  @Test
  void an_event_is_shown_with_its_body_and_deliveries() throws Exception {
    String event = publish("a.b");
    admin.awaitAttempt();
    Reply shown = caller.get("/v1/events/" + event);
    assertThat(shown.get("type")).isEqualTo("a.b");
    assertThat(shown.get("key")).isEqualTo("k");
    assertThat(shown.get("body_text")).startsWith("{\"type\":\"a.b\"").endsWith("\"data\":1}");
    assertThat(shown.json().get("deliveries").get(0).get("state").stringValue())
        .isEqualTo("delivered");
    Reply body = caller.get("/v1/events/" + event + "/body");
    assertThat(body.text()).isEqualTo(shown.get("body_text"));
    assertThat(body.contentType()).isEqualTo("application/json");
    assertThat(body.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(body.headers().firstValue("content-security-policy")).isPresent();
  }

  @Test
  void events_are_found_by_what_they_are() throws Exception {
    String one = publish("one");
    String two = publish("two");
    String external = caller.make(acme + "/events", "{\"id\":\"my id\",\"type\":\"x\",\"data\":1}");
    String consumer = acme.replace("/v1/consumers/", "");
    assertThat(caller.get("/v1/events").ids()).containsExactly(external, two, one);
    assertThat(caller.get("/v1/events?type=one").ids()).containsExactly(one);
    assertThat(caller.get("/v1/events?key=k").ids()).containsExactly(two, one);
    assertThat(caller.get("/v1/events?external_id=my%20id").ids()).containsExactly(external);
    assertThat(caller.get("/v1/events?consumer=" + consumer).ids()).hasSize(3);
    assertThat(caller.get("/v1/events?source=src_" + consumer.substring(4)).ids()).isEmpty();
    String accepted = caller.get("/v1/events/" + one).get("accepted_at");
    assertThat(caller.get("/v1/events?since=" + accepted.substring(0, 19) + "Z").ids()).hasSize(3);
    assertThat(caller.get("/v1/events?until=2020-01-01T00:00:00%2B02:00").ids()).isEmpty();
    assertThat(caller.get("/v1/events?since=2100-01-01T00:00:00Z").ids()).isEmpty();
  }

  @Test
  void lists_come_in_pages() throws Exception {
    List<String> published = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      published.addFirst(publish("t"));
      admin.awaitAttempt();
    }
    assertThat(pages("/v1/events?type=t&limit=3")).isEqualTo(published);
    assertThat(pages("/v1/deliveries?limit=3")).hasSize(7).doesNotHaveDuplicates();
    for (int i = 0; i < 6; i++) {
      caller.make("/v1/consumers", "{\"name\":\"c" + i + "\"}");
    }
    assertThat(pages("/v1/consumers?limit=3"))
        .isEqualTo(caller.get("/v1/consumers?limit=200").ids())
        .hasSize(7);
  }

  private List<String> pages(String path) throws Exception {
    List<String> all = new ArrayList<>();
    Reply page = caller.get(path);
    all.addAll(page.ids());
    while (!page.json().get("next_cursor").isNull()) {
      assertThat(page.ids()).hasSize(3);
      page = caller.get(path + "&cursor=" + page.get("next_cursor"));
      all.addAll(page.ids());
    }
    return all;
  }

  @Test
  void a_dead_letter_is_shown_with_its_attempts_and_replayed() throws Exception {
    admin.receiver.answer(received -> 500);
    String event = publish("t");
    assertThat(admin.awaitAttempt().state()).isEqualTo(DeliveryState.DEAD);
    String dead = onlyDelivery(event);
    assertThat(caller.get("/v1/dead-letters").ids()).containsExactly(dead);
    assertThat(caller.get("/v1/deliveries?state=dead").ids()).containsExactly(dead);
    Reply shown = caller.get("/v1/deliveries/" + dead);
    assertThat(shown.json().get("attempt_count").intValue()).isEqualTo(1);
    assertThat(shown.json().get("attempts").get(0).get("status").intValue()).isEqualTo(500);
    assertThat(shown.json().get("last_status").intValue()).isEqualTo(500);
    assertThat(shown.json().get("due_at").isNull()).isTrue();

    admin.receiver.answer(received -> 204);
    Reply replay = caller.post("/v1/deliveries/" + dead + "/replay", "");
    assertThat(replay.status()).isEqualTo(201);
    assertThat(replay.get("event")).isEqualTo(event);
    assertThat(replay.get("replay_of")).isEqualTo(dead);
    assertThat(caller.get("/v1/dead-letters").json().get("data").get(0).get("replayed_by"))
        .isEqualTo(replay.json().get("id"));
    assertThat(admin.awaitAttempt().state()).isEqualTo(DeliveryState.DELIVERED);
    assertThat(caller.get("/v1/deliveries/" + replay.get("id")).get("state"))
        .isEqualTo("delivered");
    assertThat(caller.get("/v1/deliveries/" + dead).get("state")).isEqualTo("dead");
    assertThat(admin.receiver.received())
        .filteredOn(request -> request.header("webhook-id").equals(event))
        .hasSize(2);
  }

  @Test
  void a_dead_letter_is_replayed_once_more_only_when_its_replay_has_come_to_its_end()
      throws Exception {
    admin.receiver.answer(received -> 500);
    String dead = onlyDelivery(publish("t"));
    admin.awaitAttempt();
    caller.post("/v1/endpoints/" + endpoint + "/pause", "");
    String replay = caller.post("/v1/deliveries/" + dead + "/replay", "").get("id");

    Reply refusal = caller.post("/v1/deliveries/" + dead + "/replay", "");
    assertThat(refusal.status()).isEqualTo(409);
    assertThat(refusal.code()).isEqualTo("replay_waiting");
    assertThat(refusal.get("detail")).contains(replay);

    caller.post("/v1/deliveries/" + replay + "/cancel", "");
    Reply again = caller.post("/v1/deliveries/" + dead + "/replay", "");
    assertThat(again.status()).isEqualTo(201);
    assertThat(caller.get("/v1/deliveries/" + dead).get("replayed_by")).isEqualTo(again.get("id"));
  }

  @Test
  void what_waits_is_cancelled_and_what_is_finished_is_not() throws Exception {
    caller.post("/v1/endpoints/" + endpoint + "/pause", "");
    String waiting = onlyDelivery(publish("t"));
    assertThat(caller.get("/v1/deliveries?state=waiting&endpoint=" + endpoint).ids())
        .containsExactly(waiting);
    assertThat(caller.post("/v1/deliveries/" + waiting + "/replay", "").code())
        .isEqualTo("still_waiting");
    Reply cancelled = caller.post("/v1/deliveries/" + waiting + "/cancel", "");
    assertThat(cancelled.status()).isEqualTo(200);
    assertThat(cancelled.get("state")).isEqualTo("cancelled");
    assertThat(caller.post("/v1/deliveries/" + waiting + "/cancel", "").code())
        .isEqualTo("already_finished");

    caller.post("/v1/endpoints/" + endpoint + "/resume", "");
    publish("marker");
    admin.awaitAttempt();
    assertThat(admin.attempts).as("the cancelled one was not sent").isEmpty();
  }

  @Test
  void a_deleted_endpoint_gets_no_replay() throws Exception {
    String delivery = onlyDelivery(publish("t"));
    admin.awaitAttempt();
    caller.delete("/v1/endpoints/" + endpoint);
    Reply reply = caller.post("/v1/deliveries/" + delivery + "/replay", "");
    assertThat(reply.status()).isEqualTo(409);
    assertThat(reply.code()).isEqualTo("endpoint_deleted");
    assertThat(caller.get("/v1/deliveries?consumer=" + acme.replace("/v1/consumers/", "")).ids())
        .containsExactly(delivery);
  }

  @Test
  void the_accounting_is_balanced_at_every_step() throws Exception {
    assertAccount(0, 0, "{\"waiting\":0,\"delivered\":0,\"dead\":0,\"cancelled\":0}", 0);
    publish("t");
    admin.awaitAttempt();
    admin.receiver.answer(received -> 500);
    String dead = onlyDelivery(publish("t"));
    admin.awaitAttempt();
    caller.post("/v1/endpoints/" + endpoint + "/pause", "");
    publish("t");
    caller.post("/v1/deliveries/" + onlyDelivery(publish("t")) + "/cancel", "");
    assertAccount(4, 4, "{\"waiting\":1,\"delivered\":1,\"dead\":1,\"cancelled\":1}", 0);
    caller.post("/v1/deliveries/" + dead + "/replay", "");
    assertAccount(4, 4, "{\"waiting\":1,\"delivered\":1,\"dead\":1,\"cancelled\":1}", 1);
  }

  private void assertAccount(int events, int matches, String deliveries, int waitingReplays)
      throws Exception {
    Reply account = caller.get("/v1/accounting");
    assertThat(account.json().get("events").intValue()).isEqualTo(events);
    assertThat(account.json().get("matches").intValue()).isEqualTo(matches);
    assertThat(account.json().get("deliveries")).hasToString(deliveries);
    assertThat(account.json().get("replays").get("waiting").intValue()).isEqualTo(waitingReplays);
    assertThat(account.json().get("balanced").booleanValue()).isTrue();
  }

  @Test
  void a_lost_delivery_would_unbalance_the_accounting() throws Exception {
    String delivery = onlyDelivery(publish("t"));
    admin.awaitAttempt();
    admin.database.jdbi().useHandle(handle -> handle.execute("DELETE FROM delivery"));
    assertThat(caller.get("/v1/deliveries/" + delivery).status()).isEqualTo(404);
    assertThat(caller.get("/v1/accounting").json().get("balanced").booleanValue()).isFalse();
  }
}
