package dev.boathook.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.api.TestingAdmin.Caller;
import dev.boathook.api.TestingAdmin.Reply;
import dev.boathook.consumer.Consumer;
import dev.boathook.id.IdKind;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsumersApiTest {
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

  @BeforeEach
  void makeConsumer() throws Exception {
    caller = admin.newProject();
    acme = "/v1/consumers/" + caller.make("/v1/consumers", "{\"name\":\"acme\"}");
  }

  @Test
  void a_consumer_is_made_once_renamed_and_deleted_with_its_endpoints() throws Exception {
    assertThat(caller.post("/v1/consumers", "{\"name\":\"acme\"}").status()).isEqualTo(200);
    String other = caller.make("/v1/consumers", "{\"name\":\"other\"}");
    assertThat(caller.patch("/v1/consumers/" + other, "{\"name\":\"acme\"}").code())
        .isEqualTo("name_taken");
    assertThat(caller.patch(acme, "{\"name\":\"Acme\"}").get("name")).isEqualTo("Acme");
    assertThat(caller.get(acme).get("name")).isEqualTo("Acme");
    assertThat(caller.get("/v1/consumers").ids()).hasSize(2);

    String endpoint = caller.make(acme + "/endpoints", "{\"url\":\"https://example.com\"}");
    assertThat(caller.delete(acme).status()).isEqualTo(204);
    assertThat(caller.get(acme).status()).isEqualTo(404);
    assertThat(caller.get("/v1/endpoints/" + endpoint).status()).isEqualTo(404);
    assertThat(caller.post(acme + "/events", "{\"type\":\"t\",\"data\":1}").status())
        .isEqualTo(404);
  }

  @Test
  void a_consumer_has_a_weight_that_is_kept_when_it_is_made_again() throws Exception {
    assertThat(caller.get(acme).json().get("weight")).hasToString("1");
    assertThat(caller.patch(acme, "{\"weight\":100}").json().get("weight")).hasToString("100");
    assertThat(caller.patch(acme, "{\"name\":\"acme\"}").json().get("weight")).hasToString("100");
    Reply again = caller.post("/v1/consumers", "{\"name\":\"acme\"}");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().get("weight")).hasToString("100");
    assertThat(caller.post("/v1/consumers", "{\"name\":\"acme\",\"weight\":100}").status())
        .isEqualTo(200);
    assertThat(caller.post("/v1/consumers", "{\"name\":\"acme\",\"weight\":99}").code())
        .isEqualTo("name_taken");
    Reply heavy = caller.post("/v1/consumers", "{\"name\":\"heavy\",\"weight\":7}");
    assertThat(heavy.status()).isEqualTo(201);
    assertThat(heavy.json().get("weight")).hasToString("7");
    for (String weight : List.of("0", "101", "1.5", "null", "\"2\"")) {
      Reply refused = caller.patch(acme, "{\"weight\":" + weight + "}");
      assertThat(refused.status()).as(weight).isEqualTo(422);
      assertThat(refused.get("detail")).isEqualTo("weight: is a whole number from 1 to 100");
    }
  }

  @Test
  void its_endpoints_are_its_own_and_take_no_sources() throws Exception {
    Reply made =
        caller.post(acme + "/endpoints", "{\"name\":\"n\",\"url\":\"https://example.com\"}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.get("consumer")).isEqualTo(acme.replace("/v1/consumers/", ""));
    assertThat(made.json().get("sources").isNull()).isTrue();
    assertThat(caller.get(acme + "/endpoints").ids()).containsExactly(made.get("id"));
    assertThat(caller.get("/v1/endpoints").ids()).isEmpty();
    assertThat(caller.patch("/v1/endpoints/" + made.get("id"), "{\"sources\":\"*\"}").field())
        .isEqualTo("sources");
    assertThat(caller.make("/v1/endpoints", "{\"name\":\"n\",\"url\":\"https://example.com\"}"))
        .as("a name is free in another set of endpoints")
        .isNotEqualTo(made.get("id"));
  }

  @Test
  void what_is_published_is_delivered_byte_by_byte() throws Exception {
    caller.make(
        acme + "/endpoints",
        "{\"types\":[\"invoice.*\"],\"url\":\"" + admin.receiver.url("/exact") + "\"}");
    String data = "{ \"n\" : 1e400,\"big\":9007199254740993 , \"t\":\"\\u00e9é\" }";
    Reply published =
        caller.post(
            acme + "/events",
            "{\"id\":\"i-17\",\"type\":\"invoice.paid\",\"key\":\"17\", \"data\" : " + data + " }");
    assertThat(published.status()).isEqualTo(201);
    assertThat(published.get("external_id")).isEqualTo("i-17");
    TestingReceiver.Received received = admin.receiver.await(1).getFirst();
    assertThat(received.header("webhook-id")).isEqualTo(published.get("id"));
    assertThat(new String(received.body(), StandardCharsets.UTF_8))
        .matches("\\{\"type\":\"invoice.paid\",\"timestamp\":\"[0-9T:.-]+Z\",\"data\":\\{ .* }}")
        .endsWith(",\"data\":" + data + "}");
  }

  @Test
  void a_repeated_id_answers_the_original_and_another_body_is_a_conflict() throws Exception {
    String body = "{\"id\":\"x\",\"type\":\"t\",\"key\":\"k\",\"data\":{\"a\":1}}";
    Reply first = caller.post(acme + "/events", body);
    Reply again = caller.post(acme + "/events", body);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.get("id")).isEqualTo(first.get("id"));
    assertThat(again.json().get("duplicate").booleanValue()).isTrue();
    for (String other :
        new String[] {
          body.replace("\"a\":1", "\"a\":2"),
          body.replace("\"t\"", "\"u\""),
          body.replace("\"k\"", "null")
        }) {
      Reply conflict = caller.post(acme + "/events", other);
      assertThat(conflict.status()).isEqualTo(409);
      assertThat(conflict.code()).isEqualTo("id_conflict");
      assertThat(conflict.get("event")).isEqualTo(first.get("id"));
    }
    String other = caller.make("/v1/consumers", "{\"name\":\"other\"}");
    assertThat(caller.post("/v1/consumers/" + other + "/events", body).status()).isEqualTo(201);
  }

  @Test
  void without_an_id_everything_is_new() throws Exception {
    String body = "{\"type\":\"t\",\"data\":null}";
    assertThat(caller.make(acme + "/events", body))
        .isNotEqualTo(caller.make(acme + "/events", body));
  }

  @Test
  void what_cannot_be_published_is_refused_with_the_reason() throws Exception {
    String path = acme + "/events";
    assertThat(caller.post(path, "{").code()).isEqualTo("malformed_json");
    assertThat(caller.post(path, "").code()).isEqualTo("malformed_json");
    assertThat(caller.post(path, "{\"type\":\"t\",\"data\":1,\"x\":1}").code())
        .isEqualTo("unknown_field");
    assertThat(caller.post(path, "{\"type\":\"t\"}").field()).isEqualTo("data");
    String large = "{\"type\":\"t\",\"data\":\"" + "x".repeat(256 << 10) + "\"}";
    assertThat(caller.post(path, large).status()).isEqualTo(413);
    Reply unsized =
        caller.send(
            caller
                .request(path)
                .header("content-type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofByteArrays(
                        List.of(large.getBytes(StandardCharsets.UTF_8))))
                .build());
    assertThat(unsized.status()).isEqualTo(413);
  }

  @Test
  void a_weight_that_another_node_has_given_a_moment_ago_stays() throws Exception {
    String id = caller.make("/v1/consumers", "{\"name\":\"a\"}");
    Configuration other = admin.elsewhere();
    Consumer made =
        Objects.requireNonNull(
            other
                .directory()
                .project(caller.projectId())
                .orElseThrow()
                .consumers()
                .get(IdKind.CONSUMER.parse(id).orElseThrow()));

    other
        .consumers()
        .save(
            other.changes(),
            new Consumer(made.projectId(), made.id(), "a", 7, made.createdAt(), made.updatedAt()));
    Reply renamed = caller.patch("/v1/consumers/" + id, "{\"name\":\"renamed\"}");

    assertThat(renamed.get("name")).isEqualTo("renamed");
    assertThat(renamed.json().get("weight").intValue()).isEqualTo(7);
  }
}
