package dev.boathook.demo;

import static dev.boathook.demo.Expectation.equal;
import static dev.boathook.demo.Expectation.holds;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Webhooks come in: genuine, twice, forged, stale; and from others than Stripe. */
final class Receiving {
  private static final Duration STALE = Duration.ofMinutes(10);

  /** With spaces and a letter that a parser would write in another way. */
  private static final String CHARGE =
      """
      {
        "id": "evt_demo_charge",  "object": "event",  "type": "charge.succeeded",
        "data": {"object": {"id": "ch_demo", "amount": 42.10, "description": "Caf\\u00e9 é"}}
      }
      """;

  private final Stage stage;
  private final Timeline timeline;
  private final Account stripe;

  Receiving(Stage stage, Account stripe) {
    this.stage = stage;
    this.timeline = stage.timeline();
    this.stripe = stripe;
  }

  void play() throws IOException, InterruptedException, TooLate {
    timeline.part("Webhooks come in");
    Mailbox payments = stage.receiver().open("/payments");
    stage.connect(
        payments,
        "/v1/endpoints",
        Map.of("sources", List.of(stripe.sourceId()), "types", List.of("charge.*")));
    String eventId = genuine(payments);
    duplicate(payments, eventId);
    forged(payments);
    stale(payments);
    others();
  }

  private String genuine(Mailbox payments) throws IOException, InterruptedException, TooLate {
    long began = stage.world().ticker().nanoTime();
    Answer answer = stripe.send(CHARGE);
    String eventId = answer.eventId();
    timeline.promise(
        "Stripe",
        "charge.succeeded: 200 in " + answer.took() + ", on disk as " + shortened(eventId),
        equal("status", 200, answer.status()));
    Arrival arrival = payments.await(1).getFirst();
    timeline.promise(
        "delivered",
        Timeline.duration(arrival.atNanos() - began)
            + " after it was sent; the same "
            + arrival.body().length
            + " bytes, signature verified",
        equal("webhook-id", eventId, arrival.webhookId()),
        equal("type", "charge.succeeded", arrival.type()),
        holds("the bytes that were sent", Arrays.equals(CHARGE.getBytes(UTF_8), arrival.body())),
        holds("a valid signature", arrival.verified()));
    return eventId;
  }

  private void duplicate(Mailbox payments, String eventId)
      throws IOException, InterruptedException, TooLate {
    Answer again = stripe.send(CHARGE);
    stage.awaitState(eventId, "delivered");
    timeline.promise(
        "the same again",
        "200 in " + again.took() + " with the same id; still one delivery",
        equal("status", 200, again.status()),
        equal("id", eventId, again.eventId()),
        equal("deliveries", 1, stage.deliveriesOf(eventId).size()),
        equal("arrivals", 1, payments.arrivals().size()));
  }

  private void forged(Mailbox payments) throws IOException, InterruptedException {
    Answer answer = stripe.sendForged(CHARGE.replace("42.10", "9000"));
    refused("forged", "another secret", "no_matching_signature", answer, payments);
  }

  private void stale(Mailbox payments) throws IOException, InterruptedException {
    Answer answer = stripe.sendStale(STALE, CHARGE.replace("ch_demo", "ch_old"));
    refused(
        "stale",
        "signed " + STALE.toMinutes() + " minutes ago",
        "timestamp_too_old",
        answer,
        payments);
  }

  private void refused(String what, String how, String reason, Answer answer, Mailbox payments)
      throws IOException, InterruptedException {
    String code = stripe.lastRefusal();
    timeline.promise(
        what,
        how + ": 401 in " + answer.took() + "; on record: " + code,
        equal("status", 401, answer.status()),
        equal("reason", reason, code),
        holds("no word of the reason in the answer", !answer.text().contains(reason)),
        equal("arrivals", 1, payments.arrivals().size()));
  }

  private void others() throws IOException, InterruptedException, TooLate {
    Account github = stage.account("github", "a secret of GitHub's");
    Account slack = stage.account("slack", "8f742231b10e8888abcd99yyyzzz85a5");
    Mailbox chat = stage.receiver().open("/chat");
    stage.connect(
        chat, "/v1/endpoints", Map.of("sources", List.of(github.sourceId(), slack.sourceId())));

    Answer pull =
        github.send(
            "{\"action\":\"opened\",\"number\":7,\"repository\":{\"id\":1296269}}",
            "X-GitHub-Event",
            "pull_request",
            "X-GitHub-Delivery",
            stage.world().ids().next().toString());
    arrived("GitHub", "pull_request.opened", pull, chat, 1);

    Answer handshake =
        slack.send("{\"type\":\"url_verification\",\"challenge\":\"3eZbrw1aB10FEMAGAZd4\"}");
    timeline.promise(
        "Slack",
        "url_verification: its challenge back in " + handshake.took() + ", no event made",
        equal("status", 200, handshake.status()),
        holds("its challenge", handshake.text().contains("3eZbrw1aB10FEMAGAZd4")));
    Answer message =
        slack.send(
            "{\"type\":\"event_callback\",\"event_id\":\"Ev08MFMKH6\","
                + "\"event\":{\"type\":\"message\",\"channel\":\"C0123\",\"text\":\"Ahoy!\"}}");
    arrived("Slack", "message", message, chat, 2);
  }

  private void arrived(String provider, String type, Answer answer, Mailbox mailbox, int count)
      throws IOException, InterruptedException, TooLate {
    Arrival arrival = mailbox.await(count).getLast();
    timeline.promise(
        provider,
        type + ": 200 in " + answer.took() + ", delivered, signature verified",
        equal("status", 200, answer.status()),
        equal("webhook-id", answer.eventId(), arrival.webhookId()),
        equal("type", type, arrival.type()),
        holds("a valid signature", arrival.verified()));
  }

  /** The beginning of an id, as much as a line has room for. */
  private static String shortened(String id) {
    return id.length() > 12 ? id.substring(0, 12) + "..." : id;
  }
}
