package dev.boathook.receive;

import static dev.boathook.receive.TestingReception.post;
import static dev.boathook.receive.TestingReception.signed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.receive.TestingReception.Source;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Commands of Slack, which wait for an answer, at the public listener of a whole server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplyReceptionTest {
  private static final Provider SLACK = Providers.named("slack");
  private static final String SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
  private static final String FALLBACK = "{\"text\":\"It takes a while.\"}";

  private final AtomicInteger commands = new AtomicInteger();
  private TestingReception reception;
  private TestingReceiver receiver;
  private String endpoint = "";

  @BeforeAll
  void start() throws Exception {
    receiver = TestingReceiver.start();
    reception =
        TestingReception.start(call -> {
          throw new IOException("nothing is fetched here");
        });
    endpoint =
        reception
            .make(
                "/v1/endpoints",
                Map.of("name", "bot", "url", receiver.url("/bot"), "types", List.of("none")))
            .get("id")
            .stringValue();
  }

  @AfterAll
  void stop() {
    reception.close();
    receiver.close();
  }

  private Source source(Map<String, ?> more) throws Exception {
    return reception.source("slack", Map.of(), List.of(SECRET), more);
  }

  private Source asking() throws Exception {
    return source(
        Map.of(
            "reply_endpoint",
            endpoint,
            "reply_fallback",
            Map.of("status", 200, "content_type", "application/json", "body", FALLBACK)));
  }

  private HttpResponse<String> command(Source source) throws Exception {
    String body = "command=%2Fdeploy&trigger_id=" + commands.incrementAndGet();
    return reception.send(
        signed(SLACK, SECRET, post(source.publicUrl(), "application/x-www-form-urlencoded", body)));
  }

  /** The event is stored, and the endpoint has it, whatever was answered. */
  private void checkDelivered(Source source, HttpResponse<String> answer) throws Exception {
    String id = answer.headers().firstValue("boathook-event-id").orElseThrow();
    assertThat(reception.stored(source)).singleElement().matches(stored -> stored.id().equals(id));
    TestingReceiver.Received got =
        receiver.await(received -> received.header("webhook-id").equals(id));
    assertThat(new String(got.body(), UTF_8)).isEqualTo(reception.stored(source).getFirst().body());
  }

  private static String contentType(HttpResponse<String> answer) {
    return answer.headers().firstValue("content-type").orElse("");
  }

  @Test
  void what_the_endpoint_answers_is_the_answer() throws Exception {
    receiver.answerFully(
        received -> new TestingReceiver.Answer(201, "application/json", "{\"text\":\"Aye\"}"));
    Source source = asking();

    HttpResponse<String> answer = command(source);

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("{\"text\":\"Aye\"}");
    assertThat(contentType(answer)).isEqualTo("application/json");
    checkDelivered(source, answer);
  }

  @Test
  void a_repeated_command_gets_the_fallback_and_nobody_is_asked_again() throws Exception {
    receiver.answerFully(
        received -> new TestingReceiver.Answer(200, "application/json", "{\"text\":\"Aye\"}"));
    Source source = asking();
    String id = command(source).headers().firstValue("boathook-event-id").orElseThrow();
    commands.decrementAndGet();

    HttpResponse<String> again = command(source);

    assertThat(again.body()).isEqualTo(FALLBACK);
    assertThat(again.headers().firstValue("boathook-event-id")).hasValue(id);
    assertThat(reception.stored(source)).hasSize(1);
    assertThat(receiver.received())
        .filteredOn(received -> received.header("webhook-id").equals(id))
        .hasSize(1);
  }

  @Test
  void an_endpoint_that_fails_leaves_the_fallback() throws Exception {
    receiver.answer(received -> 500);
    Source source = asking();

    HttpResponse<String> answer = command(source);

    checkFallback(answer);
    checkDelivered(source, answer);
  }

  @Test
  void a_page_is_not_passed_on() throws Exception {
    receiver.answerFully(
        received -> new TestingReceiver.Answer(200, "text/html", "<script>alert(1)</script>"));
    Source source = asking();

    HttpResponse<String> answer = command(source);

    checkFallback(answer);
    checkDelivered(source, answer);
  }

  @Test
  void an_endpoint_that_is_slow_leaves_the_fallback_within_the_limit() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    receiver.answer(received -> {
      try {
        return answered.await(20, TimeUnit.SECONDS) ? 200 : 500;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return 500;
      }
    });
    Source source = asking();
    HttpResponse<String> answer;
    long beganNanos = System.nanoTime();
    try {
      answer = command(source);
    } finally {
      answered.countDown();
    }

    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos))
        .as("Slack waits 3 s, but this machine may be slow")
        .isBetween(2_000L, 6_000L);
    checkFallback(answer);
    checkDelivered(source, answer);
  }

  private static void checkFallback(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(FALLBACK);
    assertThat(contentType(answer)).isEqualTo("application/json");
    assertThat(answer.headers().allValues("x-content-type-options")).containsExactly("nosniff");
  }

  @Test
  void without_an_endpoint_the_providers_own_answer_is_given() throws Exception {
    Source source = source(Map.of());

    HttpResponse<String> answer = command(source);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(reception.stored(source)).hasSize(1);
  }

  @Test
  void an_event_that_waits_for_no_answer_gets_neither_the_endpoints_nor_the_fallback()
      throws Exception {
    Source source = asking();
    String body = "{\"type\":\"event_callback\",\"event_id\":\"Ev1\"}";

    HttpResponse<String> answer =
        reception.send(signed(SLACK, SECRET, post(source.publicUrl(), "application/json", body)));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo("{\"id\":\"" + reception.stored(source).getFirst().id() + "\"}");
  }
}
