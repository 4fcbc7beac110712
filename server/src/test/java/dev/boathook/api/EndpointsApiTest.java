package dev.boathook.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.api.TestingAdmin.Caller;
import dev.boathook.api.TestingAdmin.Reply;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.id.IdKind;
import dev.boathook.key.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsApiTest {
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

  @BeforeEach
  void enter() {
    caller = admin.newProject();
  }

  private static final String URL = "\"url\":\"https://example.com/hooks\"";

  @Test
  void an_endpoint_has_the_defaults_and_a_secret_that_is_shown_once() throws Exception {
    Reply made = caller.post("/v1/endpoints", "{" + URL + "}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.get("secret")).startsWith("whsec_");
    assertThat(made.get("sources")).isEqualTo("*");
    assertThat(made.json().get("types")).hasToString("[\"*\"]");
    assertThat(made.json().get("retry_schedule_seconds"))
        .hasToString("[0,5,300,1800,7200,18000,36000,50400,72000,86400]");
    assertThat(made.json().get("timeout_seconds")).hasToString("15");
    assertThat(made.get("status")).isEqualTo("active");
    Reply shown = caller.get("/v1/endpoints/" + made.get("id"));
    assertThat(shown.json().has("secret")).isFalse();
    assertThat(caller.get("/v1/endpoints").text()).doesNotContain(made.get("secret"));
  }

  @Test
  void everything_of_an_endpoint_can_be_given_and_changed() throws Exception {
    String source =
        caller.make(
            "/v1/sources", "{\"name\":\"s\",\"provider\":\"github\",\"secrets\":[\"secret\"]}");
    Reply made =
        caller.post(
            "/v1/endpoints",
            "{"
                + URL
                + ",\"name\":\"billing\",\"sources\":[\""
                + source
                + "\"],\"types\":[\"a.*\",\"b\"],\"retry_schedule_seconds\":[0,0.25,3],"
                + "\"timeout_seconds\":0.5,\"max_in_flight\":7,"
                + "\"secret\":\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.get("secret")).isEqualTo("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assertThat(made.json().get("sources")).hasToString("[\"" + source + "\"]");
    assertThat(made.json().get("retry_schedule_seconds")).hasToString("[0,0.25,3]");

    String path = "/v1/endpoints/" + made.get("id");
    Reply changed =
        caller.patch(
            path,
            "{\"name\":null,\"url\":\"http://example.com:81\",\"sources\":\"*\","
                + "\"types\":[\"c\"],\"retry_schedule_seconds\":[1],\"timeout_seconds\":60,"
                + "\"max_in_flight\":1,\"allowed_nets\":[\"10.0.0.0/8\"]}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.json().get("name").isNull()).isTrue();
    assertThat(changed.get("url")).isEqualTo("http://example.com:81/");
    assertThat(changed.get("sources")).isEqualTo("*");
    assertThat(changed.json().get("allowed_nets")).hasToString("[\"10.0.0.0/8\"]");
    Reply kept = caller.patch(path, "{}");
    assertThat(kept.json().get("types")).hasToString("[\"c\"]");
    assertThat(kept.json().get("max_in_flight").intValue()).isEqualTo(1);
  }

  @Test
  void making_a_named_one_again_answers_the_first_and_an_unnamed_one_is_another() throws Exception {
    String named = "{\"name\":\"n\"," + URL + "}";
    Reply made = caller.post("/v1/endpoints", named);
    Reply again = caller.post("/v1/endpoints", named);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json()).isEqualTo(made.json());
    assertThat(caller.post("/v1/endpoints", named.replace("}", ",\"timeout_seconds\":1}")).code())
        .isEqualTo("name_taken");
    assertThat(caller.make("/v1/endpoints", "{" + URL + "}"))
        .isNotEqualTo(caller.make("/v1/endpoints", "{" + URL + "}"));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`{}`, url, invalid",
        "`{\"url\":\"ftp://example.com\"}`, url, bad_scheme",
        "`{\"url\":\"http://u:p@example.com\"}`, url, userinfo",
        "`{\"url\":\"http://127.1/\"}`, url, ambiguous_address",
        "`{\"url\":\"http://10.0.0.1/\"}`, url, address_refused",
        "`{\"url\":\"http://[::ffff:169.254.169.254]/\"}`, url, address_refused",
        "`{\"types\":[]}`, types, invalid",
        "`{\"types\":[\"*********\"]}`, types, invalid",
        "`{\"sources\":[]}`, sources, invalid",
        "`{\"sources\":\"payments\"}`, sources, invalid",
        "`{\"sources\":[\"src_00000000000000000000000000\"]}`, sources, invalid",
        "`{\"retry_schedule_seconds\":[]}`, retry_schedule_seconds, invalid",
        "`{\"retry_schedule_seconds\":[-1]}`, retry_schedule_seconds, invalid",
        "`{\"retry_schedule_seconds\":[1e-999999999]}`, retry_schedule_seconds, invalid",
        "`{\"retry_schedule_seconds\":[1e999999999]}`, retry_schedule_seconds, invalid",
        "`{\"timeout_seconds\":0}`, timeout_seconds, invalid",
        "`{\"timeout_seconds\":61}`, timeout_seconds, invalid",
        "`{\"max_in_flight\":257}`, max_in_flight, invalid",
        "`{\"allowed_nets\":[\"10.0.0.1/8\"]}`, allowed_nets, invalid",
        "`{\"secret\":\"whsec_!secret\"}`, secret, invalid"
      })
  void a_wrong_field_is_named_with_a_code(String body, String field, String code) throws Exception {
    String whole =
        body.contains("url") || field.equals("url") ? body : body.replace("{", "{" + URL + ",");
    Reply reply = caller.post("/v1/endpoints", whole);
    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.field()).isEqualTo(field);
    assertThat(reply.code()).isEqualTo(code);
  }

  @Test
  void a_private_address_needs_an_opened_network_and_that_needs_the_scope() throws Exception {
    String body = "{\"url\":\"http://10.0.0.1/\",\"allowed_nets\":[\"10.0.0.0/8\"]}";
    Reply refused = caller.with(Scope.MANAGE).post("/v1/endpoints", body);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.get("detail")).contains("operate");
    Reply made = caller.post("/v1/endpoints", body);
    assertThat(made.status()).isEqualTo(201);
    assertThat(caller.patch("/v1/endpoints/" + made.get("id"), "{\"allowed_nets\":[]}").code())
        .isEqualTo("address_refused");
  }

  @Test
  void an_opened_network_lends_itself_to_no_other_url_without_the_scope() throws Exception {
    String opened =
        "/v1/endpoints/"
            + caller.make(
                "/v1/endpoints",
                "{\"url\":\"http://10.0.0.1/\",\"allowed_nets\":[\"10.0.0.0/8\"]}");
    Caller manager = caller.with(Scope.MANAGE);
    String another = "{\"url\":\"http://10.0.0.2/\"}";
    Reply refused = manager.patch(opened, another);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.get("detail")).contains("operate");
    assertThat(caller.get(opened).get("url")).isEqualTo("http://10.0.0.1/");
    assertThat(manager.patch(opened, "{\"url\":\"http://10.0.0.1/\",\"name\":\"n\"}").status())
        .isEqualTo(200);
    assertThat(caller.patch(opened, another).status()).isEqualTo(200);

    String open = "/v1/endpoints/" + caller.make("/v1/endpoints", "{" + URL + "}");
    assertThat(manager.patch(open, "{\"url\":\"https://example.org/\"}").status()).isEqualTo(200);
  }

  @Test
  void sources_are_all_or_a_list_and_the_refusal_says_so() throws Exception {
    for (String sources : List.of("\"src_abc\"", "1", "null", "{}")) {
      Reply reply = caller.post("/v1/endpoints", "{" + URL + ",\"sources\":" + sources + "}");
      assertThat(reply.get("detail")).isEqualTo("sources: is \"*\" or a list of sources' ids");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AA",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_AAAA",
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
      })
  void a_secret_that_a_receiver_may_not_take_is_refused_and_not_repeated(String secret)
      throws Exception {
    String path = "/v1/endpoints/" + caller.make("/v1/endpoints", "{" + URL + "}");
    for (Reply reply :
        List.of(
            caller.post("/v1/endpoints", "{" + URL + ",\"secret\":\"" + secret + "\"}"),
            caller.post(path + "/rotate-secret", "{\"secret\":\"" + secret + "\"}"))) {
      assertThat(reply.status()).isEqualTo(422);
      assertThat(reply.field()).isEqualTo("secret");
      assertThat(reply.get("detail")).contains("'whsec_'").doesNotContain(secret);
    }
  }

  @Test
  void it_is_paused_and_resumed() throws Exception {
    String path = "/v1/endpoints/" + caller.make("/v1/endpoints", "{" + URL + "}");
    Reply paused = caller.post(path + "/pause", "");
    assertThat(paused.get("status")).isEqualTo("paused");
    assertThat(paused.get("status_reason")).isNotEmpty();
    Reply resumed = caller.post(path + "/resume", "{}");
    assertThat(resumed.get("status")).isEqualTo("active");
    assertThat(resumed.json().get("status_reason").isNull()).isTrue();
  }

  @Test
  void secrets_are_rotated_and_old_ones_dropped() throws Exception {
    Reply made = caller.post("/v1/endpoints", "{" + URL + "}");
    String path = "/v1/endpoints/" + made.get("id") + "/rotate-secret";
    Reply rotated = caller.post(path, "");
    assertThat(rotated.get("secret")).startsWith("whsec_").isNotEqualTo(made.get("secret"));
    assertThat(rotated.json().get("secrets").intValue()).isEqualTo(2);
    for (int i = 0; i < 5; i++) {
      rotated = caller.post(path, "{}");
    }
    assertThat(rotated.json().get("secrets").intValue()).isEqualTo(5);
    Reply dropped = caller.post(path, "{\"drop_old\":true}");
    assertThat(dropped.json().get("secrets").intValue()).isEqualTo(1);
    assertThat(dropped.get("secret")).isEqualTo(rotated.get("secret"));
    assertThat(caller.post(path, "{\"secret\":\"whsec_!\"}").field()).isEqualTo("secret");
    assertThat(caller.post(path, "{\"drop_old\":true,\"secret\":\"whsec_!\"}").field())
        .isEqualTo("drop_old");
  }

  @Test
  void it_is_deleted() throws Exception {
    String path = "/v1/endpoints/" + caller.make("/v1/endpoints", "{" + URL + "}");
    assertThat(caller.delete(path).status()).isEqualTo(204);
    assertThat(caller.get(path).status()).isEqualTo(404);
    assertThat(caller.patch(path, "{}").status()).isEqualTo(404);
    assertThat(caller.post(path + "/pause", "").status()).isEqualTo(404);
    assertThat(caller.delete(path).status()).isEqualTo(404);
  }

  private Endpoint seen(Configuration node, String id) {
    node.directory().refreshAll();
    return Objects.requireNonNull(
        node.directory()
            .project(caller.projectId())
            .orElseThrow()
            .endpoints()
            .get(IdKind.ENDPOINT.parse(id).orElseThrow()));
  }

  @Test
  void what_another_node_has_changed_a_moment_ago_stays() throws Exception {
    String id = caller.make("/v1/endpoints", "{" + URL + "}");
    String path = "/v1/endpoints/" + id;
    Configuration other = admin.elsewhere();

    other.endpoints().save(other.changes(), seen(other, id).paused("by another node"));
    assertThat(caller.get(path).get("status")).as("not heard of here").isEqualTo("active");
    Reply renamed = caller.patch(path, "{\"name\":\"renamed\"}");

    assertThat(renamed.status()).isEqualTo(200);
    assertThat(renamed.get("status")).isEqualTo("paused");
    assertThat(seen(other, id).name()).isEqualTo("renamed");
    assertThat(seen(other, id).status()).isEqualTo(Endpoint.Status.PAUSED);
  }

  @Test
  void a_secret_that_another_node_has_made_a_moment_ago_stays() throws Exception {
    String id = caller.make("/v1/endpoints", "{" + URL + "}");
    String path = "/v1/endpoints/" + id;
    Configuration other = admin.elsewhere();
    Endpoint before = seen(other, id);
    String secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    other.endpoints().save(other.changes(), before.signingFirstWith(secret));
    assertThat(caller.patch(path, "{\"timeout_seconds\":3}").status()).isEqualTo(200);
    assertThat(seen(other, id).secrets()).containsExactly(secret, before.secrets().getFirst());

    other.endpoints().save(other.changes(), seen(other, id).paused("by another node"));
    String rotated = caller.post(path + "/rotate-secret", "").get("secret");
    assertThat(seen(other, id).secrets())
        .containsExactly(rotated, secret, before.secrets().getFirst());
    assertThat(seen(other, id).status()).isEqualTo(Endpoint.Status.PAUSED);
    assertThat(seen(other, id).timeout()).hasSeconds(3);
  }
}
