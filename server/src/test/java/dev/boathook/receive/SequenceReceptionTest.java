package dev.boathook.receive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.TestingServer;
import dev.boathook.signatures.KeyFetcher;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** A numbered source from its provider's request to what people see of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SequenceReceptionTest {
  private static final String SECRET = "whsec_of_the_sequence_test";
  private static final Provider STRIPE = Providers.named("stripe");
  private static final KeyFetcher NONE =
      call -> {
        throw new AssertionError("nothing is fetched");
      };

  private TestingReceiver receiver;
  private TestingReception reception;

  @BeforeAll
  void start() throws Exception {
    receiver = TestingReceiver.start();
    reception = TestingReception.start(NONE);
    reception.make("/v1/endpoints", Map.of("url", receiver.url("/hook"), "types", List.of("*")));
  }

  @AfterAll
  void stop() {
    reception.close();
    receiver.close();
  }

  private TestingReception.Source source(int waitSeconds) throws Exception {
    return source(
        Map.of(
            "kind",
            "number",
            "at",
            "json:/order/number",
            "resource",
            "json:/order/id",
            "wait_seconds",
            waitSeconds));
  }

  private TestingReception.Source source(Map<String, Object> sequence) throws Exception {
    return reception.source("stripe", Map.of(), List.of(SECRET), Map.of("sequence", sequence));
  }

  private void send(TestingReception.Source source, int number) throws Exception {
    send(source, "o-1", number);
  }

  private void send(TestingReception.Source source, String order, int number) throws Exception {
    String body =
        """
        {"id":"evt_%d","type":"a","order":{"id":"%s","number":%d}}\
        """
            .formatted(number, order, number);
    HttpResponse<String> answer =
        reception.send(
            TestingReception.signed(
                STRIPE, SECRET, TestingReception.json(source.publicUrl(), body)));
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  private TestingReceiver.Received received(int number) throws Exception {
    return receiver.await(
        received -> new String(received.body(), UTF_8).contains("evt_" + number + "\""));
  }

  @Test
  void a_number_that_never_comes_is_waited_for_recorded_and_late_when_it_does() throws Exception {
    TestingReception.Source source = source(1);
    send(source, 1);
    send(source, 3);
    assertThat(received(3).header("boathook-late")).isEmpty();
    JsonNode gap = reception.get("/v1/sources/" + source.id() + "/gaps").get("data").get(0);
    assertThat(gap.get("resource").stringValue()).isEqualTo("o-1");
    assertThat(gap.get("first").longValue()).isEqualTo(2);
    assertThat(gap.get("last").longValue()).isEqualTo(2);
    assertThat(gap.get("cause").stringValue()).isEqualTo("time");

    send(source, 2);
    assertThat(received(2).header("boathook-late")).isEqualTo("true");
    JsonNode late = reception.get("/v1/events?source=" + source.id()).get("data").get(0);
    assertThat(late.get("late").booleanValue()).isTrue();
    TestingServer server = reception.server();
    assertThat(server.send(server.admin("/metrics")).body())
        .contains("boathook_sequence_held_total{project=\"default\"}")
        .contains("boathook_sequence_gaps_total{project=\"default\"} 1.0")
        .contains("boathook_sequence_late_total{project=\"default\"} 1.0");
  }

  @Test
  void what_has_neither_resource_nor_key_is_in_one_sequence_of_its_source() throws Exception {
    TestingReception.Source source =
        source(Map.of("kind", "number", "at", "json:/order/number", "wait_seconds", 3_600));

    send(source, "o-1", 21);
    send(source, "o-2", 23);

    received(21);
    JsonNode newest = reception.get("/v1/deliveries").get("data").get(0);
    assertThat(newest.get("due_at").isNull()).isTrue();
    send(source, "o-3", 22);
    received(22);
    received(23);
  }

  @Test
  void what_is_held_waits_and_is_due_at_no_time() throws Exception {
    TestingReception.Source source = source(3_600);

    send(source, 11);
    send(source, 13);

    JsonNode newest = reception.get("/v1/deliveries").get("data").get(0);
    assertThat(newest.get("state").stringValue()).isEqualTo("waiting");
    assertThat(newest.get("due_at").isNull()).isTrue();
    assertThat(reception.get("/v1/accounting").get("balanced").booleanValue()).isTrue();
    received(11);
  }
}
