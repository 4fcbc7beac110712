package dev.boathook.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Eventually;
import dev.boathook.api.TestingAdmin.Caller;
import dev.boathook.api.TestingAdmin.Reply;
import dev.boathook.id.IdKind;
import dev.boathook.key.Scope;
import dev.boathook.lane.DeliveryState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ReplaysApiTest {
  @TempDir private static Path folder;
  private static TestingAdmin admin;

  private Caller caller;
  private String consumer = "";
  private String acme = "";
  private String endpoint = "";

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
    admin.attempts.clear();
    consumer = caller.make("/v1/consumers", "{\"name\":\"acme\"}");
    acme = "/v1/consumers/" + consumer;
    endpoint = newEndpoint("[\"*\"]");
    admin.receiver.answer(received -> 204);
  }

  /** Promise 2, whatever was done. */
  @AfterEach
  void nothingIsLost() throws Exception {
    assertThat(caller.get("/v1/accounting").json().get("balanced").booleanValue()).isTrue();
  }

  private String newEndpoint(String types) throws Exception {
    return caller.make(
        acme + "/endpoints",
        "{\"retry_schedule_seconds\":[0],\"url\":\"%s\",\"types\":%s}"
            .formatted(admin.receiver.url("/d"), types));
  }

  private String publish(String type, String key) throws Exception {
    return caller.make(
        acme + "/events", "{\"type\":\"%s\",\"key\":\"%s\",\"data\":1}".formatted(type, key));
  }

  private String publishDead(String type) throws Exception {
    admin.receiver.answer(received -> 500);
    String event = publish(type, "k");
    assertThat(admin.awaitAttempt().state()).isEqualTo(DeliveryState.DEAD);
    admin.receiver.answer(received -> 204);
    return event;
  }

  private String onlyDelivery(String event) throws Exception {
    List<String> ids = caller.get("/v1/deliveries?event=" + event).ids();
    assertThat(ids).hasSize(1);
    return ids.getFirst();
  }

  private String replay(String body) throws Exception {
    return caller.make("/v1/replays", body);
  }

  private Reply awaitDone(String replay) throws Exception {
    return Eventually.get(() -> {
      Reply shown = caller.get("/v1/replays/" + replay);
      return shown.get("state").equals("done") ? shown : null;
    });
  }

  private long dryRun(String filter) throws Exception {
    Reply reply = caller.post("/v1/replays", "{\"dry_run\":true,\"filter\":" + filter + "}");
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    assertThat(reply.json().get("complete").booleanValue()).isTrue();
    return reply.json().get("matched").longValue();
  }

  private void pause() throws Exception {
    assertThat(caller.post("/v1/endpoints/" + endpoint + "/pause", "").status()).isEqualTo(200);
  }

  @Test
  void all_dead_letters_are_delivered_once_more() throws Exception {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      events.add(publishDead("t"));
    }
    publish("t", "k");
    admin.awaitAttempt();
    String id = replay("{\"filter\":{\"state\":\"dead\"}}");
    assertThat(id).startsWith("rpl_");
    Reply done = awaitDone(id);
    assertThat(done.json().get("matched").intValue()).isEqualTo(3);
    assertThat(done.json().get("made").intValue()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      assertThat(admin.awaitAttempt().state()).isEqualTo(DeliveryState.DELIVERED);
    }
    Reply shown = caller.get("/v1/replays/" + id);
    assertThat(shown.json().get("deliveries"))
        .hasToString("{\"waiting\":0,\"delivered\":3,\"dead\":0,\"cancelled\":0}");
    assertThat(shown.get("created_by")).startsWith("key_");
    assertThat(shown.get("finished_at")).isNotEmpty();
    assertThat(shown.json().get("filter").get("state").stringValue()).isEqualTo("dead");
    assertThat(caller.get("/v1/replays").ids()).containsExactly(id);
    List<String> replayed = new ArrayList<>();
    for (JsonNode row : caller.get("/v1/deliveries?replay=" + id).json().get("data")) {
      replayed.addFirst(row.get("event").stringValue());
      assertThat(row.get("replay").stringValue()).isEqualTo(id);
      assertThat(row.get("replay_of").isNull()).isFalse();
    }
    assertThat(replayed).as("the oldest first").isEqualTo(events);
  }

  @Test
  void what_was_repeated_since_counts_by_its_repetition() throws Exception {
    publishDead("t");
    assertThat(dryRun("{\"state\":\"dead\"}")).isEqualTo(1);
    admin.receiver.answer(received -> 500);
    awaitDone(replay("{\"filter\":{\"state\":\"dead\"}}"));
    assertThat(admin.awaitAttempt().state()).isEqualTo(DeliveryState.DEAD);
    assertThat(dryRun("{\"state\":\"dead\"}")).as("two dead letters, one event").isEqualTo(1);
    admin.receiver.answer(received -> 204);
    awaitDone(replay("{\"filter\":{\"state\":\"dead\"}}"));
    admin.awaitAttempt();
    assertThat(dryRun("{\"state\":\"dead\"}")).isZero();
    assertThat(dryRun("{\"state\":\"delivered\"}")).isEqualTo(1);
    assertThat(caller.get("/v1/dead-letters").ids()).as("kept all the same").hasSize(2);
  }

  @Test
  void a_dry_run_makes_nothing() throws Exception {
    publishDead("t");
    assertThat(dryRun("{\"state\":\"dead\"}")).isEqualTo(1);
    assertThat(caller.get("/v1/replays").ids()).isEmpty();
    assertThat(caller.get("/v1/deliveries").ids()).hasSize(1);
  }

  @Test
  void a_filter_takes_what_it_names() throws Exception {
    String dead = publishDead("order.paid");
    publish("order.made", "other");
    admin.awaitAttempt();
    String other = newEndpoint("[\"none\"]");
    assertThat(dryRun("{\"endpoint\":\"" + endpoint + "\"}")).isEqualTo(2);
    assertThat(dryRun("{\"endpoint\":\"" + other + "\"}")).isZero();
    assertThat(dryRun("{\"consumer\":\"" + consumer + "\"}")).isEqualTo(2);
    assertThat(dryRun("{\"source\":\"src_" + consumer.substring(4) + "\"}")).isZero();
    assertThat(dryRun("{\"types\":[\"order.*\"]}")).isEqualTo(2);
    assertThat(dryRun("{\"types\":[\"x\",\"*.paid\"]}")).isEqualTo(1);
    assertThat(dryRun("{\"key\":\"other\"}")).isEqualTo(1);
    assertThat(dryRun("{\"state\":\"delivered\"}")).isEqualTo(1);
    assertThat(dryRun("{\"state\":\"cancelled\"}")).isZero();
    assertThat(dryRun("{\"state\":\"finished\",\"types\":[\"*\"]}")).isEqualTo(2);
    assertThat(dryRun("{\"since\":\"2020-01-01T00:00:00Z\"}")).isEqualTo(2);
    assertThat(dryRun("{\"since\":\"2100-01-01T00:00:00Z\"}")).isZero();
    assertThat(dryRun("{\"until\":\"2020-01-01T00:00:00Z\"}")).isZero();
    String accepted = caller.get("/v1/events/" + dead).get("accepted_at");
    assertThat(dryRun("{\"state\":\"dead\",\"since\":\"" + accepted + "\"}")).isEqualTo(1);
    assertThat(dryRun("{\"state\":\"dead\",\"until\":\"" + accepted + "\"}")).isZero();
    assertThat(caller.withKey(admin.newProject().key()).get("/v1/replays").ids()).isEmpty();
  }

  @Test
  void nothing_of_another_project_is_matched() throws Exception {
    publishDead("t");
    Caller other = admin.newProject();
    Reply reply = other.post("/v1/replays", "{\"dry_run\":true,\"filter\":{\"state\":\"dead\"}}");
    assertThat(reply.json().get("matched").intValue()).isZero();
    String id = replay("{\"filter\":{\"state\":\"dead\"}}");
    awaitDone(id);
    admin.awaitAttempt();
    assertThat(other.get("/v1/replays/" + id).status()).isEqualTo(404);
    assertThat(other.post("/v1/replays/" + id + "/cancel", "").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|filter",
        "{\"filter\":{}}|filter",
        "{\"filter\":{\"state\":\"waiting\"}}|filter.state",
        "{\"filter\":{\"state\":\"missing\"}}|filter.endpoint",
        "{\"filter\":{\"endpoint\":\"ep_01m80ydf8ce00a2cgmyazf26g7\"}}|filter.endpoint",
        "{\"filter\":{\"endpoint\":\"x\"}}|filter.endpoint",
        "{\"filter\":{\"types\":[]}}|filter.types",
        "{\"filter\":{\"since\":\"soon\"}}|filter.since",
        "{\"filter\":{\"since\":\"2026-01-02T00:00:00Z\",\"until\":\"2026-01-01T00:00:00Z\"}}"
            + "|filter.until",
        "{\"filter\":{\"state\":\"dead\"},\"rate_per_second\":0}|rate_per_second",
      })
  void a_wrong_wish_is_refused(String body, String field) throws Exception {
    Reply reply = caller.post("/v1/replays", body);
    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.field()).isEqualTo(field);
    assertThat(caller.get("/v1/replays").ids()).isEmpty();
  }

  @Test
  void only_a_key_that_may_operate_acts_on_many() throws Exception {
    Caller manager = caller.with(Scope.MANAGE);
    String body = "{\"dry_run\":true,\"filter\":{\"state\":\"dead\"}}";
    assertThat(manager.post("/v1/replays", body).status()).isEqualTo(403);
    assertThat(manager.post("/v1/deliveries/cancel", "{\"filter\":{\"key\":\"k\"}}").status())
        .isEqualTo(403);
    assertThat(manager.post("/v1/endpoints/" + endpoint + "/lanes/skip", "").status())
        .isEqualTo(403);
    assertThat(caller.with(Scope.OPERATE).post("/v1/replays", body).status()).isEqualTo(200);
  }

  @Test
  void what_was_called_off_before_any_attempt_is_replayed() throws Exception {
    publishDead("t");
    pause();
    String never = publish("t", "k");
    caller.post("/v1/deliveries/" + onlyDelivery(never) + "/cancel", "");
    assertThat(dryRun("{\"state\":\"never_attempted\"}")).isEqualTo(1);
    String id = replay("{\"filter\":{\"state\":\"never_attempted\"}}");
    awaitDone(id);
    JsonNode made = caller.get("/v1/deliveries?replay=" + id).json().get("data");
    assertThat(made).hasSize(1);
    assertThat(made.get(0).get("event").stringValue()).isEqualTo(never);
  }

  @Test
  void a_new_endpoint_gets_the_events_from_before_it_was_made() throws Exception {
    List<String> wanted = new ArrayList<>();
    for (String type : List.of("a", "b", "a")) {
      String event = publish(type, "k");
      admin.awaitAttempt();
      if (type.equals("a")) {
        wanted.add(event);
      }
    }
    String fresh = newEndpoint("[\"a\"]");
    String last = publish("a", "k");
    admin.awaitAttempt();
    admin.awaitAttempt();
    String filter = "{\"state\":\"missing\",\"endpoint\":\"" + fresh + "\"}";
    assertThat(dryRun(filter)).as("all but the last, which it has").isEqualTo(2);
    String id = replay("{\"filter\":" + filter + "}");
    awaitDone(id);
    admin.awaitAttempt();
    admin.awaitAttempt();
    List<String> got = new ArrayList<>();
    for (JsonNode row : caller.get("/v1/deliveries?endpoint=" + fresh).json().get("data")) {
      got.addFirst(row.get("event").stringValue());
    }
    wanted.addFirst(last);
    assertThat(got).isEqualTo(wanted);
    assertThat(dryRun(filter)).isZero();
    JsonNode account = caller.get("/v1/accounting").json();
    assertThat(account.get("matches").intValue()).isEqualTo(5);
    assertThat(account.get("replays").get("delivered").intValue()).isEqualTo(2);
  }

  @Test
  void a_deleted_endpoint_gets_no_replays_and_ends_the_one_that_names_it() throws Exception {
    publishDead("t");
    caller.delete("/v1/endpoints/" + endpoint);
    assertThat(dryRun("{\"state\":\"dead\"}")).isZero();
    assertThat(dryRun("{\"consumer\":\"" + consumer + "\"}")).isZero();
  }

  @Test
  void a_rate_spreads_what_is_made() throws Exception {
    pause();
    for (int i = 0; i < 5; i++) {
      caller.post("/v1/deliveries/" + onlyDelivery(publish("t", "k")) + "/cancel", "");
    }
    String id = replay("{\"rate_per_second\":0.01,\"filter\":{\"state\":\"cancelled\"}}");
    Eventually.until(() -> caller.get("/v1/replays/" + id).json().get("made").intValue() == 1);
    Reply running = caller.get("/v1/replays/" + id);
    assertThat(running.get("state")).isEqualTo("running");
    assertThat(running.json().get("matched").intValue()).isEqualTo(5);

    Reply cancelled = caller.post("/v1/replays/" + id + "/cancel", "");
    assertThat(cancelled.get("state")).isEqualTo("cancelled");
    assertThat(cancelled.get("cancelled_by")).startsWith("key_");
    assertThat(cancelled.json().get("deliveries"))
        .hasToString("{\"waiting\":0,\"delivered\":0,\"dead\":0,\"cancelled\":1}");
    assertThat(caller.post("/v1/replays/" + id + "/cancel", "").code())
        .isEqualTo("already_finished");
  }

  @Test
  void what_waits_of_a_finished_replay_is_cancelled() throws Exception {
    publishDead("t");
    pause();
    String id = replay("{\"filter\":{\"state\":\"dead\"}}");
    awaitDone(id);
    Reply cancelled = caller.post("/v1/replays/" + id + "/cancel", "");
    assertThat(cancelled.status()).isEqualTo(200);
    assertThat(cancelled.get("state")).isEqualTo("done");
    assertThat(cancelled.json().get("deliveries").get("cancelled").intValue()).isEqualTo(1);
    caller.post("/v1/endpoints/" + endpoint + "/resume", "");
    publish("marker", "k");
    admin.awaitAttempt();
    assertThat(admin.attempts).as("the cancelled one was not sent").isEmpty();
    assertThat(caller.post("/v1/replays/" + id + "/cancel", "").code())
        .isEqualTo("already_finished");
  }

  @Test
  void many_that_wait_are_called_off_by_a_filter() throws Exception {
    pause();
    publish("a", "one");
    publish("a", "two");
    publish("b", "one");
    assertThat(cancelMany("{\"types\":[\"a\"]}", true)).isEqualTo(2);
    assertThat(caller.get("/v1/deliveries?state=waiting").ids()).hasSize(3);
    assertThat(cancelMany("{\"types\":[\"a\"],\"key\":\"one\"}", false)).isEqualTo(1);
    assertThat(cancelMany("{\"until\":\"2020-01-01T00:00:00Z\"}", false)).isZero();
    assertThat(cancelMany("{\"consumer\":\"" + consumer + "\"}", false)).isEqualTo(2);
    assertThat(cancelMany("{\"endpoint\":\"" + endpoint + "\"}", false)).isZero();
    assertThat(caller.get("/v1/deliveries?state=cancelled").ids()).hasSize(3);
    assertThat(caller.post("/v1/deliveries/cancel", "{\"filter\":{}}").field()).isEqualTo("filter");
    caller.post("/v1/endpoints/" + endpoint + "/resume", "");
    publish("marker", "k");
    admin.awaitAttempt();
    assertThat(admin.attempts).as("the cancelled ones were not sent").isEmpty();
  }

  private long cancelMany(String filter, boolean dryRun) throws Exception {
    Reply reply =
        caller.post(
            "/v1/deliveries/cancel", "{\"filter\":%s,\"dry_run\":%s}".formatted(filter, dryRun));
    assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    assertThat(reply.json().get("dry_run").booleanValue()).isEqualTo(dryRun);
    assertThat(reply.json().get("complete").booleanValue()).isTrue();
    return reply.json().get(dryRun ? "matched" : "cancelled").longValue();
  }

  @Test
  void no_more_run_than_may() throws Exception {
    pause();
    for (int i = 0; i < 2; i++) {
      caller.post("/v1/deliveries/" + onlyDelivery(publish("t", "k")) + "/cancel", "");
    }
    String slow = "{\"rate_per_second\":0.001,\"filter\":{\"state\":\"cancelled\"}}";
    String first = replay(slow);
    Eventually.until(() -> caller.get("/v1/replays/" + first).json().get("made").intValue() == 1);
    // It rests now until its rate lets it go on; so do as many like it.
    admin
        .database
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO replay SELECT (replay).* FROM (SELECT jsonb_populate_record(replay,"
                    + " jsonb_build_object('replay_id', gen_random_uuid())) AS replay"
                    + " FROM replay, generate_series(1, 15) WHERE replay_id = ?) AS copies",
                IdKind.REPLAY.parse(first).orElseThrow()));
    assertThat(caller.post("/v1/replays", slow).code()).isEqualTo("too_many_replays");
    List<String> all = caller.get("/v1/replays?limit=20").ids();
    assertThat(all).hasSize(16).contains(first);
    Reply page = caller.get("/v1/replays?limit=10");
    List<String> pages = new ArrayList<>(page.ids());
    pages.addAll(caller.get("/v1/replays?limit=10&cursor=" + page.get("next_cursor")).ids());
    assertThat(pages).isEqualTo(all);
    caller.post("/v1/replays/" + first + "/cancel", "");
    assertThat(caller.post("/v1/replays", slow).status()).isEqualTo(201);
  }
}
