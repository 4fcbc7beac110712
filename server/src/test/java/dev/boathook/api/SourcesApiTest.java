package dev.boathook.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.api.TestingAdmin.Caller;
import dev.boathook.api.TestingAdmin.Reply;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcesApiTest {
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

  private static final String STRIPE =
      "{\"name\":\"payments\",\"provider\":\"stripe\",\"secrets\":[\"whsec_one\"]}";

  @Test
  void a_source_is_made_shown_changed_and_deleted() throws Exception {
    Reply made = caller.post("/v1/sources", STRIPE);
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.get("path")).matches("/in/[0-9a-hjkmnp-tv-z]{26}");
    assertThat(made.get("url")).isEqualTo(TestingAdmin.PUBLIC_URL + made.get("path"));
    assertThat(made.json().get("secrets").intValue()).isEqualTo(1);
    assertThat(made.text()).doesNotContain("whsec_one");

    String path = "/v1/sources/" + made.get("id");
    assertThat(caller.get(path).json()).isEqualTo(made.json());
    Reply changed =
        caller.patch(path, "{\"name\":\"money\",\"max_body_bytes\":10,\"enabled\":false}");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.get("name")).isEqualTo("money");
    assertThat(changed.json().get("max_body_bytes").intValue()).isEqualTo(10);
    assertThat(changed.get("path")).isEqualTo(made.get("path"));
    assertThat(caller.post(changed.get("path"), "{}").status())
        .as("a disabled source is as good as none")
        .isEqualTo(404);

    assertThat(caller.delete(path).status()).isEqualTo(204);
    assertThat(caller.get(path).code()).isEqualTo("not_found");
    assertThat(caller.delete(path).status()).isEqualTo(404);
  }

  @Test
  void making_it_again_answers_the_first_and_another_of_its_name_is_refused() throws Exception {
    Reply made = caller.post("/v1/sources", STRIPE);
    Reply again = caller.post("/v1/sources", STRIPE);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json()).isEqualTo(made.json());
    Reply other = caller.post("/v1/sources", STRIPE.replace("whsec_one", "whsec_two"));
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.code()).isEqualTo("name_taken");
    String github = caller.make("/v1/sources", STRIPE.replace("payments", "other"));
    assertThat(caller.patch("/v1/sources/" + github, "{\"name\":\"payments\"}").code())
        .isEqualTo("name_taken");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`{}`, name",
        "`{\"name\":\"\"}`, name",
        "`{\"name\":\"a\\nb\"}`, name",
        "`{\"name\":7}`, name",
        "`{\"name\":\"n\"}`, provider",
        "`{\"name\":\"n\",\"provider\":\"strype\"}`, provider",
        "`{\"name\":\"n\",\"provider\":\"stripe\"}`, secrets",
        "`{\"name\":\"n\",\"provider\":\"stripe\",\"secrets\":[]}`, secrets",
        "`{\"name\":\"n\",\"provider\":\"stripe\",\"secrets\":\"x\"}`, secrets",
        "`{\"name\":\"n\",\"provider\":\"standard-webhooks\",\"secrets\":[\"x\"]}`, secrets",
        "`{\"name\":\"n\",\"provider\":\"hmac\",\"secrets\":[\"x\"]}`, settings",
        "`{\"name\":\"n\",\"provider\":\"hmac\",\"settings\":[],\"secrets\":[\"x\"]}`, settings",
        "`{\"name\":\"n\",\"provider\":\"stripe\",\"settings\":{\"a\":\"b\"},\"secrets\":[\"x\"]}`,"
            + " settings",
        "`{\"name\":\"n\",\"provider\":\"stripe\",\"secrets\":[\"x\"],\"max_body_bytes\":0}`,"
            + " max_body_bytes",
        "`{\"name\":\"n\",\"provider\":\"stripe\",\"secrets\":[\"x\"],\"enabled\":1}`, enabled",
        "`{\"name\":\"n\",\"provider\":\"stripe\",\"secrets\":[\"x\"],"
            + "\"dedupe_window_seconds\":1.5}`, dedupe_window_seconds",
      })
  void a_wrong_field_is_named(String body, String field) throws Exception {
    Reply reply = caller.post("/v1/sources", body);
    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.field()).isEqualTo(field);
  }

  @Test
  void an_unfit_secret_is_refused_without_repeating_it() throws Exception {
    Reply reply =
        caller.post(
            "/v1/sources",
            "{\"name\":\"n\",\"provider\":\"standard-webhooks\",\"secrets\":[\"whsec_!secret\"]}");
    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.text()).doesNotContain("whsec_!secret");
  }

  @Test
  void a_configurable_provider_takes_settings() throws Exception {
    Reply made =
        caller.post(
            "/v1/sources",
            "{\"name\":\"n\",\"provider\":\"hmac\",\"secrets\":[\"x\"],"
                + "\"settings\":{\"header\":\"X-Sig\"}}");
    assertThat(made.status()).isEqualTo(201);
    String path = "/v1/sources/" + made.get("id");
    assertThat(caller.patch(path, "{\"settings\":{\"header\":\"X-Other\"}}").json().get("settings"))
        .hasToString("{\"header\":\"X-Other\"}");
    assertThat(caller.patch(path, "{\"settings\":{}}").field()).isEqualTo("settings");
  }

  @Test
  void a_rotated_url_ends_the_old_one() throws Exception {
    Reply made = caller.post("/v1/sources", STRIPE);
    Reply rotated = caller.post("/v1/sources/" + made.get("id") + "/rotate-url", "");
    assertThat(rotated.status()).isEqualTo(200);
    assertThat(caller.post(made.get("path"), "{}").status()).isEqualTo(404);
    assertThat(caller.post(rotated.get("path"), "{}").status()).isEqualTo(401);
  }

  @Test
  void secrets_are_added_in_front_and_old_ones_dropped() throws Exception {
    String path = "/v1/sources/" + caller.make("/v1/sources", STRIPE) + "/secrets";
    assertThat(secrets(caller.post(path, "{\"secret\":\"whsec_two\"}"))).isEqualTo(2);
    assertThat(secrets(caller.post(path, "{\"secret\":\"whsec_two\"}"))).isEqualTo(2);
    for (int i = 0; i < 20; i++) {
      caller.post(path, "{\"secret\":\"whsec_" + i + "\"}");
    }
    assertThat(secrets(caller.post(path, "{\"secret\":\"whsec_last\"}"))).isEqualTo(16);
    assertThat(secrets(caller.post(path, "{\"drop_old\":true}"))).isEqualTo(1);
    assertThat(caller.post(path, "{\"drop_old\":true,\"secret\":\"x\"}").field())
        .isEqualTo("drop_old");
    assertThat(caller.post(path, "{}").field()).isEqualTo("secret");
  }

  private static int secrets(Reply reply) {
    return reply.json().get("secrets").intValue();
  }

  @Test
  void refused_requests_can_be_looked_at() throws Exception {
    Reply made = caller.post("/v1/sources", STRIPE);
    assertThat(caller.post(made.get("path"), "{\"a\":1}").status()).isEqualTo(401);
    Reply refused = caller.get("/v1/sources/" + made.get("id") + "/refused");
    assertThat(refused.json().get("data")).hasSize(1);
    assertThat(refused.json().get("data").get(0).get("body_bytes").intValue()).isEqualTo(7);
  }
}
