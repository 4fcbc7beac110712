package dev.boathook.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.api.TestingAdmin.Caller;
import dev.boathook.api.TestingAdmin.Reply;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** How an endpoint wants to be delivered to, and what waits for it. */
class EndpointPolicyApiTest {
  private static final String URL = "\"url\":\"https://example.com/hooks\"";

  private static final String DEFAULT =
      """
      {"order":"unordered",
       "retry_schedule_seconds":[0,5,300,1800,7200,18000,36000,50400,72000,86400],
       "retry_jitter":0.2,"retry_max_age_seconds":null,"max_retry_after_seconds":86400,
       "retries_by_type":[],"final_statuses":[],"max_in_flight":32,
       "rate_per_second":null,"rate_burst":null,
       "circuit_breaker":{"failures":10,"wait_seconds":5,"max_wait_seconds":300},
       "disable_after_seconds":432000}
      """;

  private static final String OTHER =
      """
      {"order":"block","retry_schedule_seconds":[0,0.25],
       "retry_jitter":0.5,"retry_max_age_seconds":60.5,"max_retry_after_seconds":0,
       "retries_by_type":[
         {"types":["a.*","b"],"retry_schedule_seconds":[1],"retry_jitter":0.0,
          "retry_max_age_seconds":1,"max_retry_after_seconds":2.5}],
       "final_statuses":["404","4xx"],"max_in_flight":1,
       "rate_per_second":12.5,"rate_burst":3,
       "circuit_breaker":{"failures":0,"wait_seconds":0.5,"max_wait_seconds":3600},
       "disable_after_seconds":null}
      """;

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

  @Test
  void a_policy_of_which_nothing_is_said_is_the_default() throws Exception {
    assertThat(policy(caller.post("/v1/endpoints", "{" + URL + "}"))).isEqualTo(object(DEFAULT));
  }

  @Test
  void a_policy_is_shown_as_it_was_given_and_kept_and_given_back_changes_nothing()
      throws Exception {
    Reply made = caller.post("/v1/endpoints", with(OTHER));
    String path = "/v1/endpoints/" + made.get("id");
    assertThat(policy(made)).isEqualTo(object(OTHER));
    assertThat(policy(caller.get(path))).isEqualTo(object(OTHER));
    assertThat(policy(caller.patch(path, "{}"))).isEqualTo(object(OTHER));
    assertThat(policy(caller.patch(path, DEFAULT))).isEqualTo(object(DEFAULT));
    assertThat(policy(caller.patch(path, OTHER))).isEqualTo(object(OTHER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "order",
        "retry_schedule_seconds",
        "retry_jitter",
        "retry_max_age_seconds",
        "max_retry_after_seconds",
        "retries_by_type",
        "final_statuses",
        "max_in_flight",
        "circuit_breaker",
        "disable_after_seconds"
      })
  void what_is_named_is_changed_and_nothing_else(String field) throws Exception {
    String path = "/v1/endpoints/" + caller.make("/v1/endpoints", with(OTHER));
    ObjectNode change = TestingAdmin.JSON.createObjectNode();
    change.set(field, object(DEFAULT).get(field));

    Reply changed = caller.patch(path, change.toString());

    assertThat(policy(changed)).isEqualTo(object(OTHER).setAll(change));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      nullValues = "-",
      value = {
        // before; change; per second and burst after
        "`{}`; `\"rate_per_second\":10`; 10.0; 10",
        "`{}`; `\"rate_per_second\":0.5`; 0.5; 1",
        "`{}`; `\"rate_per_second\":10,\"rate_burst\":null`; 10.0; 10",
        "`{}`; `\"rate_burst\":null`; -; -",
        "`\"rate_per_second\":10,\"rate_burst\":3`; `\"rate_per_second\":20`; 20.0; 3",
        "`\"rate_per_second\":10,\"rate_burst\":3`; `\"rate_burst\":4`; 10.0; 4",
        "`\"rate_per_second\":10,\"rate_burst\":3`; `\"rate_burst\":null`; 10.0; 10",
        "`\"rate_per_second\":10,\"rate_burst\":3`; `\"rate_per_second\":null`; -; -",
        "`\"rate_per_second\":10`; `\"rate_per_second\":null,\"rate_burst\":null`; -; -"
      },
      delimiter = ';')
  void a_rate_has_a_burst_and_both_go_together(
      String before, String change, String perSecond, String burst) throws Exception {
    String given = before.equals("{}") ? "" : "," + before;
    String path = "/v1/endpoints/" + caller.make("/v1/endpoints", "{" + URL + given + "}");

    Reply changed = caller.patch(path, "{" + change + "}");

    assertThat(changed.json().get("rate_per_second")).hasToString(String.valueOf(perSecond));
    assertThat(changed.json().get("rate_burst")).hasToString(String.valueOf(burst));
  }

  @Test
  void a_schedule_can_be_given_as_waits_that_grow() throws Exception {
    Reply made =
        caller.post(
            "/v1/endpoints",
            "{"
                + URL
                + ",\"retry_exponential\":"
                + "{\"base_seconds\":0.5,\"factor\":2.5,\"cap_seconds\":5,\"tries\":6}}");

    assertThat(made.json().get("retry_schedule_seconds")).hasToString("[0,0.5,1.25,3.125,5,5]");
    assertThat(made.json().has("retry_exponential")).isFalse();
  }

  @Test
  void a_part_of_the_circuit_breaker_can_be_changed() throws Exception {
    String path = "/v1/endpoints/" + caller.make("/v1/endpoints", "{" + URL + "}");

    Reply changed = caller.patch(path, "{\"circuit_breaker\":{\"failures\":3}}");

    assertThat(changed.json().get("circuit_breaker"))
        .hasToString("{\"failures\":3,\"wait_seconds\":5,\"max_wait_seconds\":300}");
  }

  @Test
  void what_an_entry_by_type_does_not_name_is_taken_from_the_endpoint_once() throws Exception {
    String path =
        "/v1/endpoints/"
            + caller.make(
                "/v1/endpoints",
                "{"
                    + URL
                    + ",\"retry_schedule_seconds\":[0,1],\"retry_jitter\":0.5,"
                    + "\"retries_by_type\":[{\"types\":[\"a\"],\"retry_max_age_seconds\":60},"
                    + "{\"types\":[\"b\"],\"retry_exponential\":"
                    + "{\"base_seconds\":1,\"factor\":1,\"cap_seconds\":1,\"tries\":3}}]}");

    Reply changed = caller.patch(path, "{\"retry_jitter\":0.1}");

    assertThat(changed.json().get("retries_by_type"))
        .isEqualTo(
            TestingAdmin.JSON.readTree(
                """
                [{"types":["a"],"retry_schedule_seconds":[0,1],"retry_jitter":0.5,
                  "retry_max_age_seconds":60,"max_retry_after_seconds":86400},
                 {"types":["b"],"retry_schedule_seconds":[0,1,1],"retry_jitter":0.5,
                  "retry_max_age_seconds":null,"max_retry_after_seconds":86400}]
                """));
  }

  @Test
  void another_policy_is_another_definition_of_a_name() throws Exception {
    String named = "{\"name\":\"n\"," + URL + ",\"order\":\"skip\"}";
    caller.make("/v1/endpoints", named);

    assertThat(caller.post("/v1/endpoints", named).status()).isEqualTo(200);
    assertThat(caller.post("/v1/endpoints", named.replace("skip", "latest")).code())
        .isEqualTo("name_taken");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "\"order\":\"fifo\"; order; is one of unordered, block, skip, latest",
        "\"order\":null; order; is not a text",
        "\"retry_schedule_seconds\":null; retry_schedule_seconds; is a list of at most 50",
        "\"retry_schedule_seconds\":[604801]; retry_schedule_seconds; is 0 to 604800 seconds",
        "\"retry_exponential\":null; retry_exponential; is not an object",
        "\"retry_exponential\":{}; retry_exponential.base_seconds; is missing",
        "\"retry_exponential\":{\"base_seconds\":0,\"factor\":2,\"cap_seconds\":9,\"tries\":3};"
            + " retry_exponential.base_seconds; is 0.001 to 604800 seconds",
        "\"retry_exponential\":{\"base_seconds\":1,\"factor\":0.9,\"cap_seconds\":9,\"tries\":3};"
            + " retry_exponential.factor; is 1 to 100",
        "\"retry_exponential\":{\"base_seconds\":1,\"factor\":2,\"cap_seconds\":0.5,\"tries\":3};"
            + " retry_exponential.cap_seconds; is less than base_seconds",
        "\"retry_exponential\":{\"base_seconds\":1,\"factor\":2,\"cap_seconds\":9,\"tries\":51};"
            + " retry_exponential.tries; is a whole number from 1 to 50",
        "\"retry_schedule_seconds\":[1],\"retry_exponential\":{}; retry_exponential;"
            + " takes the place of retry_schedule_seconds",
        "\"retry_jitter\":1.1; retry_jitter; is 0 to 1",
        "\"retry_jitter\":-0.1; retry_jitter; is 0 to 1",
        "\"retry_jitter\":null; retry_jitter; is 0 to 1",
        "\"retry_jitter\":1e-999999999; retry_jitter; is 0 to 1",
        "\"retry_max_age_seconds\":0; retry_max_age_seconds; is 0.001 to 2592000 seconds",
        "\"retry_max_age_seconds\":2592001; retry_max_age_seconds; is 0.001 to 2592000 seconds",
        "\"max_retry_after_seconds\":-1; max_retry_after_seconds; is 0 to 86400 seconds",
        "\"max_retry_after_seconds\":null; max_retry_after_seconds; is 0 to 86400 seconds",
        "\"retries_by_type\":{}; retries_by_type; is a list of at most 20",
        "\"retries_by_type\":[1]; retries_by_type[0]; is not an object",
        "\"retries_by_type\":[{}]; retries_by_type[0].types; is missing",
        "\"retries_by_type\":[{\"types\":[]}]; retries_by_type[0].types; is empty",
        "\"retries_by_type\":[{\"types\":[\"a\"]},{\"types\":[\"b\"],\"retry_jitter\":2}];"
            + " retries_by_type[1].retry_jitter; is 0 to 1",
        "\"retries_by_type\":[{\"types\":[\"a\"],\"retry_exponential\":{\"tries\":0}}];"
            + " retries_by_type[0].retry_exponential.base_seconds; is missing",
        "\"final_statuses\":[\"200\"]; final_statuses; a status is 300 to 599, or 3xx, 4xx or 5xx",
        "\"final_statuses\":[\"2xx\"]; final_statuses; a status is 300 to 599, or 3xx, 4xx or 5xx",
        "\"final_statuses\":[404]; final_statuses; is not a text",
        "\"final_statuses\":\"404\"; final_statuses; is a list of at most 50",
        "\"max_in_flight\":0; max_in_flight; is a whole number from 1 to 256",
        "\"rate_per_second\":0; rate_per_second; is 0.001 to 10000",
        "\"rate_per_second\":\"9\"; rate_per_second; is 0.001 to 10000",
        "\"rate_per_second\":1,\"rate_burst\":0; rate_burst; is a whole number from 1 to 10000",
        "\"rate_burst\":5; rate_burst; needs rate_per_second",
        "\"rate_per_second\":null,\"rate_burst\":5; rate_burst; needs rate_per_second",
        "\"circuit_breaker\":null; circuit_breaker; is not an object",
        "\"circuit_breaker\":{\"failures\":1001}; circuit_breaker.failures;"
            + " is a whole number from 0 to 1000",
        "\"circuit_breaker\":{\"wait_seconds\":0}; circuit_breaker.wait_seconds;"
            + " is 0.001 to 3600 seconds",
        "\"circuit_breaker\":{\"wait_seconds\":301}; circuit_breaker.max_wait_seconds;"
            + " is less than wait_seconds",
        "\"circuit_breaker\":{\"max_wait_seconds\":3601}; circuit_breaker.max_wait_seconds;"
            + " is 0.001 to 3600 seconds",
        "\"disable_after_seconds\":0; disable_after_seconds; is 0.001 to 2592000 seconds"
      })
  void a_wrong_field_is_named_with_what_is_allowed(String change, String field, String message)
      throws Exception {
    String path = "/v1/endpoints/" + caller.make("/v1/endpoints", "{" + URL + "}");
    for (Reply reply :
        List.of(
            caller.post("/v1/endpoints", "{" + URL + "," + change + "}"),
            caller.patch(path, "{" + change + "}"))) {
      assertThat(reply.status()).isEqualTo(422);
      assertThat(reply.code()).isEqualTo("invalid");
      assertThat(reply.field()).isEqualTo(field);
      assertThat(reply.get("detail")).isEqualTo(field + ": " + message);
    }
    assertThat(policy(caller.get(path))).isEqualTo(object(DEFAULT));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "\"retry\":1; retry",
        "\"circuit_breaker\":{\"on\":true}; circuit_breaker.on",
        "\"retry_exponential\":{\"start\":1}; retry_exponential.start",
        "\"retries_by_type\":[{\"types\":[\"a\"],\"order\":\"skip\"}]; retries_by_type[0].order"
      })
  void an_unknown_field_is_named_wherever_it_is(String change, String field) throws Exception {
    Reply reply = caller.post("/v1/endpoints", "{" + URL + "," + change + "}");
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.code()).isEqualTo("unknown_field");
    assertThat(reply.field()).isEqualTo(field);
  }

  @Test
  void what_has_waited_is_sent_at_the_rate_that_the_resuming_names() throws Exception {
    String path = "/v1/endpoints/" + caller.make("/v1/endpoints", "{" + URL + "}");
    caller.post(path + "/pause", "");

    Reply resumed = caller.post(path + "/resume", "{\"rate_per_second\":2.5,\"rate_burst\":1}");

    assertThat(resumed.get("status")).isEqualTo("active");
    assertThat(resumed.json().get("resume_rate_per_second")).hasToString("2.5");
    assertThat(resumed.json().get("resume_rate_burst")).hasToString("1");
    assertThat(resumed.json().get("rate_per_second").isNull()).isTrue();
    assertThat(caller.patch(path, "{\"name\":\"n\"}").json().get("resume_rate_per_second"))
        .as("another change keeps it")
        .hasToString("2.5");
    assertThat(
            caller
                .post(path + "/resume", "{\"rate_per_second\":5}")
                .json()
                .get("resume_rate_burst"))
        .hasToString("5");
    assertThat(caller.post(path + "/pause", "").json().get("resume_rate_per_second").isNull())
        .isTrue();
    assertThat(caller.post(path + "/resume", "").json().get("resume_rate_per_second").isNull())
        .isTrue();
    assertThat(caller.post(path + "/resume", "{\"rate_burst\":5}").field()).isEqualTo("rate_burst");
    assertThat(caller.post(path + "/resume", "{\"rate_per_second\":0}").field())
        .isEqualTo("rate_per_second");
  }

  @Test
  void an_endpoint_shows_what_waits_for_it_and_lists_do_not() throws Exception {
    String acme = "/v1/consumers/" + caller.make("/v1/consumers", "{\"name\":\"acme\"}");
    String path = "/v1/endpoints/" + caller.make(acme + "/endpoints", "{" + URL + "}");
    caller.post(path + "/pause", "");
    Reply idle = caller.get(path);
    assertThat(idle.json().get("queue"))
        .hasToString("{\"waiting\":0,\"more\":false,\"oldest_due_at\":null,\"halted_lanes\":0}");
    assertThat(idle.json().get("failing_since").isNull()).isTrue();
    Instant before = Instant.parse(idle.get("updated_at"));
    for (int i = 0; i < 3; i++) {
      caller.make(acme + "/events", "{\"type\":\"t\",\"data\":1}");
    }

    Reply busy = caller.get(path);

    assertThat(busy.json().get("queue").get("waiting").intValue()).isEqualTo(3);
    assertThat(Instant.parse(busy.json().get("queue").get("oldest_due_at").stringValue()))
        .isAfterOrEqualTo(before);
    assertThat(caller.get(acme + "/endpoints").json().get("data").get(0).has("queue")).isFalse();
  }

  @Test
  void an_endpoint_is_shown_without_its_queue_when_it_cannot_be_counted_in_time() throws Exception {
    String path = "/v1/endpoints/" + caller.make("/v1/endpoints", "{" + URL + "}");
    try (Connection connection = admin.database.hotConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE");

      Reply shown = caller.get(path);

      connection.rollback();
      assertThat(shown.status()).isEqualTo(200);
      assertThat(shown.json().get("queue").isNull()).isTrue();
    }
  }

  private static String with(String policy) {
    return policy.replaceFirst("\\{", "{" + URL + ",");
  }

  private static ObjectNode object(String json) {
    return (ObjectNode) TestingAdmin.JSON.readTree(json);
  }

  /** What of the answer is the policy. */
  private static ObjectNode policy(Reply reply) {
    return ((ObjectNode) reply.json()).retain(Set.copyOf(object(DEFAULT).propertyNames()));
  }
}
