package dev.boathook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.boathook.address.Cidr;
import dev.boathook.config.Settings;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.endpoint.StatusPattern;
import dev.boathook.signatures.Place;
import dev.boathook.source.ReplyFallback;
import dev.boathook.store.StoreException;
import dev.boathook.store.TestingDatabase;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Sources and endpoints that are declared in the file, over several starts on one store. */
class DeclarationsTest {
  private static final String SECRET_A = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String SECRET_B = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
  private static final List<Settings.EndpointSettings> ENDPOINTS =
      List.of(
          new Settings.EndpointSettings(
              "shop", "http://127.0.0.1:9/", List.of("payments"), List.of("*")));

  @TempDir private Path folder;
  private final TestingDatabase database = TestingDatabase.freshDatabase();

  @Test
  void what_the_file_names_is_so_and_what_it_does_not_name_stays() throws Exception {
    JsonNode made;
    try (TestingServer server = start(guarded(List.of("whsec_b", "whsec_a")), ENDPOINTS)) {
      made = source(server);
      assertThat(made.get("public_url").stringValue()).isEqualTo("https://hooks.example/x");
      assertThat(made.get("allowed_nets")).hasSize(1);
      assertThat(made.get("reply_endpoint").stringValue()).startsWith("ep_");
      assertThat(made.get("reply_fallback").get("status").intValue()).isEqualTo(202);
    }
    try (TestingServer server = start(guarded(List.of("whsec_b", "whsec_a")), ENDPOINTS)) {
      assertThat(source(server)).as("nothing has changed").isEqualTo(made);
    }
    try (TestingServer server = start(bare(List.of("whsec_c", "whsec_b")), ENDPOINTS)) {
      JsonNode changed = source(server);
      for (String kept : List.of("public_url", "allowed_nets", "reply_endpoint", "path")) {
        assertThat(changed.get(kept)).as(kept).isEqualTo(made.get(kept));
      }
      assertThat(changed.get("secrets")).hasSize(2);
      assertThat(changed.get("secrets").get(1)).isEqualTo(made.get("secrets").get(0));
    }
  }

  @Test
  void a_date_that_a_secret_was_given_outlives_a_start() throws Exception {
    JsonNode retiring;
    try (TestingServer server = start(bare(List.of("whsec_b", "whsec_a")), List.of())) {
      JsonNode old = source(server).get("secrets").get(1);
      server.send(
          server
              .admin("/v1/sources/" + source(server).get("id").stringValue() + "/secrets/retire")
              .header("content-type", "application/json")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"added_at\":\""
                          + old.get("added_at").stringValue()
                          + "\",\"at\":\""
                          + java.time.InstantSource.system().instant().plusSeconds(3600)
                          + "\"}")));
      retiring = source(server).get("secrets");
      assertThat(retiring.get(1).get("retires_at").isNull()).isFalse();
    }
    try (TestingServer server = start(bare(List.of("whsec_b", "whsec_a")), List.of())) {
      assertThat(source(server).get("secrets")).isEqualTo(retiring);
    }
  }

  @Test
  void an_endpoint_for_answers_that_there_is_not_is_refused() {
    StoreException refusal =
        catchThrowableOfType(
            StoreException.class, () -> start(guarded(List.of("whsec_a")), List.of()).close());

    assertThat(refusal.code()).isEqualTo("configuration");
    assertThat(refusal).hasMessageContaining("'shop', which there is not");
  }

  @Test
  void what_the_file_names_of_an_endpoint_is_so_and_what_it_does_not_name_stays() throws Exception {
    JsonNode made;
    String path;
    try (TestingServer server = startEndpoint(tuned(SECRET_A))) {
      path = "/v1/endpoints/" + endpoint(server).get("id").stringValue();
      assertThat(newestSecret(server, path)).isEqualTo(SECRET_A);
      made = endpoint(server);
      assertThat(made.get("order").stringValue()).isEqualTo("skip");
      assertThat(made.get("retry_schedule_seconds")).hasToString("[0,3]");
      assertThat(made.get("final_statuses")).hasToString("[\"4xx\"]");
      assertThat(made.get("max_in_flight").intValue()).isEqualTo(2);
      assertThat(made.get("rate_per_second")).hasToString("5.0");
      assertThat(made.get("rate_burst")).hasToString("5");
      assertThat(made.get("allowed_nets")).hasToString("[\"10.1.0.0/16\"]");
    }
    try (TestingServer server = startEndpoint(tuned(SECRET_A))) {
      assertThat(endpoint(server)).as("nothing has changed").isEqualTo(made);
      send(
          server,
          path,
          "PATCH",
          "{\"order\":\"latest\",\"retry_jitter\":0.5,\"timeout_seconds\":3}");
      send(server, path + "/pause", "POST", "");
    }
    try (TestingServer server = startEndpoint(tuned(SECRET_B))) {
      JsonNode changed = endpoint(server);
      assertThat(changed.get("order").stringValue()).as("the file names it").isEqualTo("skip");
      assertThat(changed.get("retry_jitter")).as("it does not").hasToString("0.5");
      assertThat(changed.get("timeout_seconds")).hasToString("3");
      assertThat(changed.get("status").stringValue()).isEqualTo("paused");
      assertThat(changed.get("secrets").intValue()).as("the old one signs too").isEqualTo(2);
      assertThat(newestSecret(server, path)).isEqualTo(SECRET_B);
    }
    Settings.EndpointSettings bare =
        new Settings.EndpointSettings("tuned", "http://10.1.0.1/", List.of(), List.of("*"));
    try (TestingServer server = startEndpoint(bare)) {
      JsonNode kept = endpoint(server);
      for (String field :
          List.of("order", "retry_schedule_seconds", "rate_burst", "allowed_nets", "url")) {
        assertThat(kept.get(field)).as(field).isEqualTo(made.get(field));
      }
    }
  }

  @Test
  void a_secret_that_was_rotated_does_not_come_to_the_front_at_the_next_start() throws Exception {
    String rotated;
    try (TestingServer server = startEndpoint(tuned(SECRET_A))) {
      rotated =
          send(server, path(server) + "/rotate-secret", "POST", "{}").get("secret").asString();
    }
    try (TestingServer server = startEndpoint(tuned(SECRET_A))) {
      assertThat(endpoint(server).get("secrets").intValue()).isEqualTo(2);
      assertThat(newestSecret(server, path(server))).isEqualTo(rotated);
    }
  }

  @Test
  void credentials_do_not_follow_a_url_of_the_file_to_another_host() throws Exception {
    try (TestingServer server = startEndpoint(at("http://10.1.0.1/"))) {
      JsonNode changed =
          send(server, path(server), "PATCH", "{\"security\":{\"headers\":{\"x-key\":\"1\"}}}");
      assertThat(changed.at("/security/headers")).hasSize(1);
    }
    startEndpoint(at("http://10.1.0.1/other")).close();

    StoreException refusal =
        catchThrowableOfType(
            StoreException.class, () -> startEndpoint(at("http://10.1.0.2/")).close());

    assertThat(refusal.code()).isEqualTo("configuration");
    assertThat(refusal).hasMessageContaining("'tuned'").hasMessageContaining("another host");
  }

  private static Settings.EndpointSettings at(String url) {
    return new Settings.EndpointSettings(
        "tuned",
        url,
        List.of(),
        List.of("*"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(List.of(Cidr.parse("10.1.0.0/16"))));
  }

  private static String path(TestingServer server) throws Exception {
    return "/v1/endpoints/" + endpoint(server).get("id").asString();
  }

  private TestingServer startEndpoint(Settings.EndpointSettings endpoint) throws StoreException {
    return TestingServer.start(database, folder, List.of(), List.of(endpoint));
  }

  private static Settings.EndpointSettings tuned(String secret) {
    return new Settings.EndpointSettings(
        "tuned",
        "http://10.1.0.1/",
        List.of(),
        List.of("*"),
        Optional.of(Order.SKIP),
        Optional.of(new RetrySchedule(List.of(Duration.ZERO, Duration.ofSeconds(3)))),
        Optional.of(List.of(new StatusPattern("4xx"))),
        Optional.of(2),
        Optional.of(Rate.of(5)),
        Optional.of(secret),
        Optional.of(List.of(Cidr.parse("10.1.0.0/16"))));
  }

  private static JsonNode endpoint(TestingServer server) throws Exception {
    return TestingServer.json(server.send(server.admin("/v1/endpoints"))).get("data").get(0);
  }

  /** Dropping the old ones would say it; keeping the newest is the same and changes nothing. */
  private static String newestSecret(TestingServer server, String path) throws Exception {
    return send(server, path + "/rotate-secret", "POST", "{\"drop_old\":true}")
        .get("secret")
        .stringValue();
  }

  private static JsonNode send(TestingServer server, String path, String method, String body)
      throws Exception {
    return TestingServer.json(
        server.send(
            server
                .admin(path)
                .header("content-type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))));
  }

  private TestingServer start(
      Settings.SourceSettings source, List<Settings.EndpointSettings> endpoints)
      throws StoreException {
    return TestingServer.start(database, folder, List.of(source), endpoints);
  }

  private static Settings.SourceSettings bare(List<String> secrets) {
    return new Settings.SourceSettings("payments", "stripe", secrets, Map.of());
  }

  private static Settings.SourceSettings guarded(List<String> secrets) {
    return new Settings.SourceSettings(
        "payments",
        "stripe",
        secrets,
        Map.of(),
        Optional.of("https://hooks.example/x"),
        Optional.of(List.of(Cidr.parse("192.0.2.0/24"))),
        Optional.empty(),
        Optional.of("shop"),
        Optional.of(new ReplyFallback(202, "text/plain", "")),
        Optional.of(Place.parse("header:X-Resource")),
        Optional.empty());
  }

  private static JsonNode source(TestingServer server) throws Exception {
    return TestingServer.json(server.send(server.admin("/v1/sources"))).get("data").get(0);
  }
}
