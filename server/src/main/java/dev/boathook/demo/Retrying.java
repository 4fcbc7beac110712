package dev.boathook.demo;

import static dev.boathook.demo.Expectation.equal;
import static dev.boathook.demo.Expectation.holds;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** A receiver is down: retries, a dead letter, the receiver's return, a replay. */
final class Retrying {
  private static final List<Double> SCHEDULE_SECONDS = List.of(0.0, 0.3, 0.6, 1.0);

  /** By chance a wait is shorter by up to a fifth; never longer. */
  private static final double SHORTEST = 0.8;

  /** How much later than promised a try may come on a machine that is busy with other work. */
  private static final double LATE_SECONDS = 1.5;

  /** The server's waits are in whole milliseconds. */
  private static final double ROUNDING_SECONDS = 0.002;

  private final Stage stage;
  private final Timeline timeline;
  private final Account stripe;

  Retrying(Stage stage, Account stripe) {
    this.stage = stage;
    this.timeline = stage.timeline();
    this.stripe = stripe;
  }

  void play() throws IOException, InterruptedException, TooLate {
    timeline.part("A receiver is down");
    Mailbox payouts = stage.receiver().open("/payouts");
    String endpoint =
        stage.connect(
            payouts,
            "/v1/endpoints",
            Map.of(
                "sources",
                List.of(stripe.sourceId()),
                "types",
                List.of("payout.*"),
                "retry_schedule_seconds",
                SCHEDULE_SECONDS));
    payouts.down();
    Answer answer =
        stripe.send("{\"id\":\"evt_demo_payout\",\"object\":\"event\",\"type\":\"payout.failed\"}");
    String eventId = answer.eventId();
    tries(payouts);
    String dead = deadLetter(endpoint, eventId, payouts);
    replay(dead, eventId, payouts);
  }

  private void tries(Mailbox payouts) throws IOException, InterruptedException, TooLate {
    Arrival before = payouts.await(1).getFirst();
    timeline.note(before.atNanos(), "try 1", before.status() + ", at once");
    for (int i = 1; i < SCHEDULE_SECONDS.size(); i++) {
      Arrival arrival = payouts.await(i + 1).get(i);
      double promised = SCHEDULE_SECONDS.get(i);
      long waitNanos = arrival.atNanos() - before.atNanos();
      double wait = waitNanos / (double) TimeUnit.SECONDS.toNanos(1);
      timeline.promise(
          "try " + (i + 1),
          "%d, after %s; %.0f ms less up to a fifth by chance"
              .formatted(arrival.status(), Timeline.duration(waitNanos), promised * 1_000),
          holds(
              "a wait of %.2f to %.2f s".formatted(promised * SHORTEST, promised + LATE_SECONDS),
              wait >= promised * SHORTEST - ROUNDING_SECONDS && wait <= promised + LATE_SECONDS),
          equal("webhook-id", before.webhookId(), arrival.webhookId()));
      before = arrival;
    }
  }

  private String deadLetter(String endpoint, String eventId, Mailbox payouts)
      throws IOException, InterruptedException, TooLate {
    stage.awaitState(eventId, "dead");
    JsonNode letters = stage.api().get("/v1/dead-letters?endpoint=" + endpoint).path("data");
    String dead = letters.path(0).path("id").asString("");
    JsonNode attempts = stage.api().get("/v1/deliveries/" + dead).path("attempts");
    List<Integer> statuses =
        attempts.valueStream().map(attempt -> attempt.path("status").intValue()).toList();
    timeline.promise(
        "dead letter",
        "kept with its " + attempts.size() + " attempts, ready for a replay",
        equal("dead letters", 1, letters.size()),
        equal("event", eventId, letters.path(0).path("event").asString("")),
        equal("attempts", SCHEDULE_SECONDS.size(), attempts.size()),
        equal("attempts at the receiver", SCHEDULE_SECONDS.size(), payouts.arrivals().size()),
        equal(
            "statuses",
            IntStream.range(0, SCHEDULE_SECONDS.size()).mapToObj(i -> Mailbox.DOWN).toList(),
            statuses));
    return dead;
  }

  private void replay(String dead, String eventId, Mailbox payouts)
      throws IOException, InterruptedException, TooLate {
    payouts.up();
    timeline.note("back again", "the receiver answers " + Mailbox.TAKEN);
    long began = stage.world().ticker().nanoTime();
    Answer answer = stage.api().post("/v1/deliveries/" + dead + "/replay", Map.of());
    JsonNode made = answer.json();
    Arrival arrival = payouts.await(SCHEDULE_SECONDS.size() + 1).getLast();
    stage.watch().until("the replay is delivered", () -> isDelivered(made));
    timeline.promise(
        "replay",
        "delivered in "
            + Timeline.duration(arrival.atNanos() - began)
            + " as a new delivery with the same webhook-id",
        equal("status", 201, answer.status()),
        equal("replay of", dead, made.path("replay_of").asString("")),
        equal("webhook-id", eventId, arrival.webhookId()),
        holds("a valid signature", arrival.verified()));
  }

  private boolean isDelivered(JsonNode delivery) throws IOException, InterruptedException {
    JsonNode now = stage.api().get("/v1/deliveries/" + delivery.path("id").asString(""));
    return now.path("state").asString("").equals("delivered");
  }
}
