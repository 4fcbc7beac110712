package dev.boathook.receive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.KeyFetcher;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.WebhookRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Where a source says that the ordering key of its events stands. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrderingKeyTest {
  private static final String SECRET = "whsec_of_the_key_test";
  private static final Provider STRIPE = Providers.named("stripe");
  private static final KeyFetcher NONE =
      call -> {
        throw new AssertionError("nothing is fetched");
      };

  private TestingReception reception;

  @BeforeAll
  void start() throws Exception {
    reception = TestingReception.start(NONE);
  }

  @AfterAll
  void stop() {
    reception.close();
  }

  private TestingReception.Source source(Map<String, ?> more) throws Exception {
    return reception.source("stripe", Map.of(), List.of(SECRET), more);
  }

  private void send(TestingReception.Source source, Headers headers, String body) throws Exception {
    WebhookRequest request =
        TestingReception.signed(
            STRIPE, SECRET, TestingReception.json(source.publicUrl(), body).plus(headers));
    assertThat(reception.send(request).statusCode()).isEqualTo(200);
  }

  /** The keys of a source's events in the order of their acceptance; "none" where there is none. */
  private List<String> keys(TestingReception.Source source) throws Exception {
    List<String> keys = new ArrayList<>();
    for (JsonNode event : reception.get("/v1/events?source=" + source.id()).get("data")) {
      keys.addFirst(event.get("key").isNull() ? "none" : event.get("key").stringValue());
    }
    return keys;
  }

  private static String body(String id, String order) {
    return """
    {"id":"%s","type":"a","data":{"object":{"id":"obj"},"order":%s}}\
    """
        .formatted(id, order);
  }

  @Test
  void the_provider_says_where_it_stands_if_nobody_else_does() throws Exception {
    TestingReception.Source source = source(Map.of());

    send(source, Headers.of(), body("evt_1", "7"));

    assertThat(keys(source)).containsExactly("obj");
  }

  @Test
  void the_source_overrides_its_provider_and_what_lacks_the_key_has_none() throws Exception {
    TestingReception.Source source = source(Map.of("ordering_key", "json:/data/order"));

    send(source, Headers.of(), body("evt_1", "7"));
    send(source, Headers.of(), body("evt_2", "\"seven\""));
    send(source, Headers.of(), body("evt_3", "null"));
    send(source, Headers.of(), body("evt_4", "{}"));

    assertThat(keys(source)).containsExactly("7", "seven", "none", "none");
  }

  @Test
  void the_key_can_stand_in_a_header() throws Exception {
    TestingReception.Source source = source(Map.of("ordering_key", "header:X-Order"));

    send(source, Headers.of("X-Order", "o-1"), body("evt_1", "7"));
    send(source, Headers.of(), body("evt_2", "7"));

    assertThat(keys(source)).containsExactly("o-1", "none");
  }

  @Test
  void long_keys_stay_different() throws Exception {
    TestingReception.Source source = source(Map.of("ordering_key", "json:/data/order"));
    String common = "x".repeat(300);

    send(source, Headers.of(), body("evt_1", "\"" + common + "a\""));
    send(source, Headers.of(), body("evt_2", "\"" + common + "b\""));
    send(source, Headers.of(), body("evt_3", "\"" + common + "a\""));

    List<String> keys = keys(source);
    assertThat(keys.get(0)).hasSizeLessThanOrEqualTo(255).isEqualTo(keys.get(2));
    assertThat(keys.get(1)).isNotEqualTo(keys.get(0));
  }

  @Test
  void each_event_of_a_batch_has_its_own() throws Exception {
    TestingReception.Source source =
        reception.source(
            "hmac",
            Map.of("header", "X-Signature", "events", "", "id", "json:/0/id"),
            List.of(SECRET),
            Map.of("ordering_key", "json:/0/order"));
    Provider hmac =
        Providers.named("hmac", Map.of("header", "X-Signature", "events", "", "id", "json:/0/id"));

    WebhookRequest request =
        TestingReception.signed(
            hmac,
            SECRET,
            TestingReception.json(
                source.publicUrl(),
                "[{\"id\":1,\"order\":\"a\"},{\"id\":2,\"order\":\"b\"},{\"id\":3}]"));
    assertThat(reception.send(request).statusCode()).isEqualTo(200);

    assertThat(keys(source)).containsExactly("a", "b", "none");
  }
}
