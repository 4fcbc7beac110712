package dev.boathook.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.api.TestingAdmin.Caller;
import dev.boathook.api.TestingAdmin.Reply;
import dev.boathook.id.IdKind;
import dev.boathook.key.Scope;
import dev.boathook.source.Source;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

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
    assertThat(made.json().get("secrets")).hasSize(1);
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
  void secrets_and_settings_may_be_keys_in_lines() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    String pem =
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
            .formatted(
                Base64.getMimeEncoder(64, new byte[] {'\n'})
                    .encodeToString(generator.generateKeyPair().getPublic().getEncoded()))
            .replace("\n", "\\n");

    Reply secret =
        caller.post(
            "/v1/sources",
            "{\"name\":\"shop\",\"provider\":\"magento\",\"secrets\":[\"%s\"]}".formatted(pem));
    assertThat(secret.status()).as(secret.text()).isEqualTo(201);
    Reply added =
        caller.post(
            "/v1/sources/" + secret.get("id") + "/secrets", "{\"secret\":\"%s\"}".formatted(pem));
    assertThat(added.status()).as(added.text()).isEqualTo(200);
    Reply settings =
        caller.post(
            "/v1/sources",
            """
            {"name":"io","provider":"adobe-io","settings":{"client_id":"c","public_key":"%s"}}
            """
                .formatted(pem + pem + pem));
    assertThat(settings.status()).as(settings.text()).isEqualTo(201);
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
    return reply.json().get("secrets").size();
  }

  @Test
  void the_others_get_a_date_when_a_new_secret_comes() throws Exception {
    String path = "/v1/sources/" + caller.make("/v1/sources", STRIPE) + "/secrets";

    Reply added = caller.post(path, "{\"secret\":\"whsec_two\",\"retire_others_in_seconds\":3600}");
    JsonNode newest = added.json().get("secrets").get(0);
    JsonNode old = added.json().get("secrets").get(1);

    assertThat(newest.get("retires_at").isNull()).isTrue();
    assertThat(old.get("active").booleanValue()).isTrue();
    Instant retiresAt = Instant.parse(old.get("retires_at").stringValue());
    assertThat(Instant.parse(newest.get("added_at").stringValue()))
        .isBetween(retiresAt.minusSeconds(3601), retiresAt.minusSeconds(3599));
    assertThat(added.text()).doesNotContain("whsec_");
    assertThat(caller.get(path.replace("/secrets", "")).json().get("secrets"))
        .isEqualTo(added.json().get("secrets"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'secret':'a','retire_others_at':'2020-01-01T00:00:00Z'}|retire_others_at",
        "{'secret':'a','retire_others_at':'9000-01-01T00:00:00Z'}|retire_others_at",
        "{'secret':'a','retire_others_at':'tomorrow'}|retire_others_at",
        "{'secret':'a','retire_others_in_seconds':0}|retire_others_in_seconds",
        "{'secret':'a','retire_others_in_seconds':1,'retire_others_at':'9000-01-01T00:00:00Z'}"
            + "|retire_others_at",
        "{'drop_old':true,'retire_others_in_seconds':1}|drop_old",
        "{'retire_others_in_seconds':1}|secret"
      },
      quoteCharacter = '`')
  void a_date_that_cannot_be_meant_is_refused(String body, String field) throws Exception {
    String path = "/v1/sources/" + caller.make("/v1/sources", STRIPE) + "/secrets";

    Reply reply = caller.post(path, body.replace('\'', '"'));

    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.field()).isEqualTo(field);
  }

  @Test
  void one_secret_retires_by_its_time_but_never_the_last_unasked() throws Exception {
    Reply made = caller.post("/v1/sources", STRIPE.replace("\"whsec_one\"", "\"a\",\"b\""));
    String path = "/v1/sources/" + made.get("id") + "/secrets/retire";
    String newest = made.json().get("secrets").get(0).get("added_at").stringValue();
    String old = made.json().get("secrets").get(1).get("added_at").stringValue();
    assertThat(newest).isNotEqualTo(old);

    Reply retired = caller.post(path, "{\"added_at\":\"" + old + "\"}");
    assertThat(retired.status()).isEqualTo(200);
    assertThat(retired.json().get("secrets")).hasSize(1);
    assertThat(caller.post(path, "{\"added_at\":\"" + old + "\"}").field()).isEqualTo("added_at");

    Reply last = caller.post(path, "{\"added_at\":\"" + newest + "\"}");
    assertThat(last.status()).isEqualTo(409);
    assertThat(last.code()).isEqualTo("last_secret");
    Reply past =
        caller.post(path, "{\"added_at\":\"" + newest + "\",\"at\":\"2020-01-01T00:00:00Z\"}");
    assertThat(past.field()).isEqualTo("at");

    Reply none = caller.post(path, "{\"added_at\":\"" + newest + "\",\"leave_none\":true}");
    assertThat(none.json().get("secrets").get(0).get("active").booleanValue()).isFalse();
    assertThat(caller.post(made.get("path"), "{}").status()).isEqualTo(401);
    assertThat(caller.get("/v1/sources/" + made.get("id") + "/refused").text())
        .contains("no_active_secret");
    assertThat(caller.post(path.replace("/retire", ""), "{\"drop_old\":true}").field())
        .isEqualTo("drop_old");
    assertThat(secrets(caller.post(path.replace("/retire", ""), "{\"secret\":\"c\"}")))
        .isEqualTo(1);
  }

  @Test
  void a_secret_that_a_person_gave_is_never_shown_again() throws Exception {
    String path = "/v1/sources/" + caller.make("/v1/sources", STRIPE) + "/secrets";

    Reply shown = caller.get(path);

    assertThat(shown.json().get("data").get(0).get("value").isNull()).isTrue();
    assertThat(shown.text()).doesNotContain("whsec_one");
    assertThat(caller.with(Scope.READ).get(path).status()).isEqualTo(403);
  }

  @Test
  void what_guards_a_source_is_set_shown_and_taken_away() throws Exception {
    String endpoint =
        caller.make("/v1/endpoints", "{\"name\":\"e\",\"url\":\"http://127.0.0.1:9/\"}");
    String guard =
        """
        {"public_url": "https://hooks.example.com:8443/a?b=c",
         "allowed_nets": ["192.0.2.0/24", "2001:db8::/32"],
         "client_certificates": {"sha256": ["%s"]},
         "reply_endpoint": "%s",
         "reply_fallback": {"status": 200, "content_type": "text/plain", "body": "a\\nb"}}
        """
            .formatted("AB:".repeat(31) + "AB", endpoint);
    Reply made = caller.post("/v1/sources", STRIPE);
    String path = "/v1/sources/" + made.get("id");

    Reply changed = caller.patch(path, guard);

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.get("public_url")).isEqualTo("https://hooks.example.com:8443/a?b=c");
    assertThat(changed.json().get("allowed_nets")).hasSize(2);
    assertThat(changed.json().get("client_certificates").get("sha256").get(0).stringValue())
        .isEqualTo("ab".repeat(32));
    assertThat(changed.get("reply_endpoint")).isEqualTo(endpoint);
    assertThat(changed.json().get("reply_fallback").get("body").stringValue()).isEqualTo("a\nb");
    assertThat(caller.patch(path, "{}").json().get("reply_fallback"))
        .isEqualTo(changed.json().get("reply_fallback"));
    assertThat(caller.post("/v1/sources", STRIPE).code())
        .as("the definition is another now")
        .isEqualTo("name_taken");
    Reply cleared =
        caller.patch(
            path,
            "{\"public_url\":null,\"allowed_nets\":[],\"client_certificates\":null,"
                + "\"reply_endpoint\":null,\"reply_fallback\":null}");
    assertThat(cleared.json().get("client_certificates").isNull()).isTrue();
    assertThat(caller.post("/v1/sources", STRIPE).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'public_url':'ftp://a/'}|public_url",
        "{'public_url':'https://user:pass@a/'}|public_url",
        "{'public_url':'https://a/#b'}|public_url",
        "{'allowed_nets':['192.0.2.1']}|allowed_nets",
        "{'allowed_nets':null}|allowed_nets",
        "{'client_certificates':{}}|client_certificates",
        "{'client_certificates':[]}|client_certificates",
        "{'client_certificates':{'sha256':['ab']}}|client_certificates",
        "{'client_certificates':{'sha256':'ab'}}|client_certificates.sha256",
        "{'client_certificates':{'ca':'no PEM'}}|client_certificates",
        "{'client_certificates':{'names':['a']}}|client_certificates",
        "{'reply_endpoint':'ep_none'}|reply_endpoint",
        "{'reply_endpoint':'ep_00000000000000000000000000'}|reply_endpoint",
        "{'reply_fallback':{'content_type':'text/plain','body':''}}|reply_fallback.status",
        "{'reply_fallback':{'status':302,'content_type':'text/plain','body':''}}|reply_fallback",
        "{'reply_fallback':{'status':204,'content_type':'text/plain','body':'x'}}|reply_fallback",
        "{'reply_fallback':{'status':200,'content_type':'text/html','body':''}}|reply_fallback"
      })
  void a_guard_that_cannot_be_is_refused(String body, String field) throws Exception {
    String path = "/v1/sources/" + caller.make("/v1/sources", STRIPE);

    Reply reply = caller.patch(path, body.replace('\'', '"'));

    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.field()).isEqualTo(field);
  }

  @Test
  void a_fallback_of_more_than_16_kib_is_refused() throws Exception {
    String path = "/v1/sources/" + caller.make("/v1/sources", STRIPE);
    String body = "ü".repeat(8 << 10);
    String fallback =
        "{\"reply_fallback\":{\"status\":200,\"content_type\":\"text/plain\",\"body\":\"%s\"}}";

    assertThat(caller.patch(path, fallback.formatted(body)).status()).isEqualTo(200);
    assertThat(caller.patch(path, fallback.formatted(body + "x")).field())
        .isEqualTo("reply_fallback");
  }

  @Test
  void an_endpoint_of_a_consumer_answers_no_provider() throws Exception {
    String consumer = caller.make("/v1/consumers", "{\"name\":\"acme\"}");
    String endpoint =
        caller.make(
            "/v1/consumers/" + consumer + "/endpoints", "{\"url\":\"http://127.0.0.1:9/\"}");
    String path = "/v1/sources/" + caller.make("/v1/sources", STRIPE);

    assertThat(caller.patch(path, "{\"reply_endpoint\":\"" + endpoint + "\"}").field())
        .isEqualTo("reply_endpoint");
  }

  @Test
  void refused_requests_can_be_looked_at() throws Exception {
    Reply made = caller.post("/v1/sources", STRIPE);
    assertThat(caller.post(made.get("path"), "{\"a\":1}").status()).isEqualTo(401);
    Reply refused = caller.get("/v1/sources/" + made.get("id") + "/refused");
    assertThat(refused.json().get("data")).hasSize(1);
    assertThat(refused.json().get("data").get(0).get("body_bytes").intValue()).isEqualTo(7);
  }

  @Test
  void where_the_key_and_the_sequence_stand_is_kept_and_shown() throws Exception {
    String id =
        caller.make(
            "/v1/sources",
            """
            {"name": "shop", "provider": "stripe", "secrets": ["whsec_one"],
             "ordering_key": "json:/order/id",
             "sequence": {"kind": "number", "at": "header:X-Sequence",
                          "starts_at": 9223372036854775807, "late": "drop"}}
            """);
    JsonNode made = caller.get("/v1/sources/" + id).json();
    assertThat(made.get("ordering_key").stringValue()).isEqualTo("json:/order/id");
    assertThat(made.get("sequence").toString())
        .isEqualTo(
            "{\"kind\":\"number\",\"at\":\"header:X-Sequence\",\"resource\":null,"
                + "\"starts_at\":9223372036854775807,\"wait_seconds\":60,\"max_held\":100,\"late\":\"drop\"}");

    JsonNode changed =
        caller
            .patch(
                "/v1/sources/" + id,
                """
                {"ordering_key": null,
                 "sequence": {"kind": "time", "at": "json:/at", "resource": "json:/id"}}
                """)
            .json();
    assertThat(changed.get("ordering_key").isNull()).isTrue();
    assertThat(changed.get("sequence").toString())
        .isEqualTo(
            "{\"kind\":\"time\",\"at\":\"json:/at\",\"resource\":\"json:/id\","
                + "\"starts_at\":null,\"wait_seconds\":null,\"max_held\":null,"
                + "\"late\":\"deliver\"}");
    assertThat(
            caller
                .patch(
                    "/v1/sources/" + id,
                    "{\"sequence\":" + changed.get("sequence").toString() + "}")
                .json()
                .get("sequence"))
        .as("what is shown can be given")
        .isEqualTo(changed.get("sequence"));
    assertThat(
            caller
                .patch("/v1/sources/" + id, "{\"sequence\":null}")
                .json()
                .get("sequence")
                .isNull())
        .isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'ordering_key':'/id'}|ordering_key",
        "{'ordering_key':7}|ordering_key",
        "{'sequence':{'at':'json:/n'}}|sequence.kind",
        "{'sequence':{'kind':'size','at':'json:/n'}}|sequence.kind",
        "{'sequence':{'kind':'number'}}|sequence.at",
        "{'sequence':{'kind':'number','at':null}}|sequence.at",
        "{'sequence':{'kind':'number','at':'n'}}|sequence.at",
        "{'sequence':{'kind':'number','at':'json:/n','resource':'n'}}|sequence.resource",
        "{'sequence':{'kind':'number','at':'json:/n','wait_seconds':0}}|sequence.wait_seconds",
        "{'sequence':{'kind':'number','at':'json:/n','wait_seconds':86401}}|sequence.wait_seconds",
        "{'sequence':{'kind':'number','at':'json:/n','max_held':1001}}|sequence.max_held",
        "{'sequence':{'kind':'number','at':'json:/n','starts_at':-1}}|sequence.starts_at",
        "{'sequence':{'kind':'number','at':'json:/n','starts_at':9223372036854775808}}"
            + "|sequence.starts_at",
        "{'sequence':{'kind':'version','at':'json:/n','starts_at':1}}|sequence.starts_at",
        "{'sequence':{'kind':'number','at':'json:/n','late':'keep'}}|sequence.late"
      })
  void a_wrong_place_or_sequence_is_refused(String fields, String field) throws Exception {
    String id = caller.make("/v1/sources", STRIPE);

    Reply refused = caller.patch("/v1/sources/" + id, fields.replace('\'', '"'));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.field()).isEqualTo(field);
  }

  @Test
  void a_secret_that_another_node_has_added_a_moment_ago_stays() throws Exception {
    String id =
        caller.make(
            "/v1/sources", "{\"name\":\"s\",\"provider\":\"github\",\"secrets\":[\"first\"]}");
    Configuration other = admin.elsewhere();
    Source source =
        Objects.requireNonNull(
            other
                .directory()
                .project(caller.projectId())
                .orElseThrow()
                .sources()
                .get(IdKind.SOURCE.parse(id).orElseThrow()));

    other
        .sources()
        .save(
            other.changes(),
            source
                .with()
                .secrets(source.secrets().adding("second", false, source.createdAt()))
                .build());
    Reply renamed = caller.patch("/v1/sources/" + id, "{\"name\":\"renamed\"}");

    assertThat(renamed.status()).isEqualTo(200);
    assertThat(renamed.get("name")).isEqualTo("renamed");
    assertThat(renamed.json().get("secrets")).hasSize(2);
  }
}
