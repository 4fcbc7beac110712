package dev.boathook.demo;

import static dev.boathook.demo.Expectation.equal;
import static dev.boathook.demo.Expectation.holds;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * The server is killed while deliveries wait and some are out; then it starts again on the same
 * folder.
 */
final class Crashing {
  private static final int EVENTS = 200;
  private static final int SENDERS = 16;
  private static final int MAX_IN_FLIGHT = 8;
  private static final int ANSWERED_BEFORE = 60;

  private final Stage stage;
  private final Timeline timeline;
  private final Account stripe;

  Crashing(Stage stage, Account stripe) {
    this.stage = stage;
    this.timeline = stage.timeline();
    this.stripe = stripe;
  }

  void play() throws IOException, InterruptedException, TooLate {
    timeline.part("kill -9");
    Mailbox invoices = stage.receiver().open("/invoices");
    stage.connect(
        invoices,
        "/v1/endpoints",
        Map.of(
            "sources",
            List.of(stripe.sourceId()),
            "types",
            List.of("invoice.*"),
            "max_in_flight",
            MAX_IN_FLIGHT));
    invoices.holdAfter(ANSWERED_BEFORE);
    Set<String> accepted = sendAll();
    kill(invoices);
    restart();
    after(invoices, accepted);
  }

  /** Gives the ids of what was accepted. */
  private Set<String> sendAll() throws IOException, InterruptedException {
    List<Callable<Answer>> sends = new ArrayList<>();
    for (int i = 0; i < EVENTS; i++) {
      String body =
          "{\"id\":\"evt_demo_invoice_%d\",\"object\":\"event\",\"type\":\"invoice.paid\"}"
              .formatted(i);
      sends.add(() -> stripe.send(body));
    }
    long began = stage.world().ticker().nanoTime();
    Set<String> accepted = new HashSet<>();
    try (ExecutorService senders = Executors.newFixedThreadPool(SENDERS)) {
      for (Future<Answer> sent : senders.invokeAll(sends)) {
        Answer answer = sent.get();
        if (answer.isSuccess()) {
          accepted.add(answer.eventId());
        }
      }
    } catch (ExecutionException e) {
      throw new IOException("an event could not be sent", e.getCause());
    }
    long nanos = stage.world().ticker().nanoTime() - began;
    timeline.promise(
        "accepted",
        EVENTS + " events from " + SENDERS + " senders in " + Timeline.duration(nanos),
        equal("accepted events", EVENTS, accepted.size()));
    return accepted;
  }

  private void kill(Mailbox invoices) throws IOException, InterruptedException, TooLate {
    // No more than so many are out or unrecorded at once: what was answered is recorded by now.
    stage
        .watch()
        .until(MAX_IN_FLIGHT + " deliveries are out", () -> held(invoices).size() == MAX_IN_FLIGHT);
    int waiting = waiting();
    long pid = stage.server().kill();
    timeline.note(
        "killed",
        "process %d; %d deliveries waiting, %d of them out, unanswered"
            .formatted(pid, waiting, MAX_IN_FLIGHT));
    invoices.release();
  }

  private void restart() throws IOException, InterruptedException {
    long began = stage.world().ticker().nanoTime();
    stage.server().start();
    timeline.note(
        "ready again",
        Timeline.duration(stage.world().ticker().nanoTime() - began)
            + " after the new start, the database recovered");
  }

  private void after(Mailbox invoices, Set<String> accepted)
      throws IOException, InterruptedException, TooLate {
    long began = stage.world().ticker().nanoTime();
    stage.watch().until("nothing waits any more", () -> waiting() == 0);
    long nanos = stage.world().ticker().nanoTime() - began;
    List<Arrival> arrivals = invoices.arrivals();
    Map<String, List<Arrival>> byId =
        arrivals.stream().collect(Collectors.groupingBy(Arrival::webhookId));
    Set<String> lost = new HashSet<>(accepted);
    lost.removeAll(byId.keySet());
    timeline.promise(
        "all delivered",
        "%d of %d, the last %s after the server was ready; %d lost"
            .formatted(byId.size(), EVENTS, Timeline.duration(nanos), lost.size()),
        equal("lost events", 0, lost.size()),
        holds("no event but those that were sent", accepted.containsAll(byId.keySet())),
        holds("valid signatures", arrivals.stream().allMatch(Arrival::verified)));

    Set<String> unanswered =
        held(invoices).stream().map(Arrival::webhookId).collect(Collectors.toSet());
    List<List<Arrival>> repeated = byId.values().stream().filter(same -> same.size() > 1).toList();
    timeline.promise(
        "repeated",
        repeated.size() + " that were out when it died; the same webhook-id and bytes",
        holds(
            "only what was unanswered is repeated",
            repeated.stream().allMatch(same -> unanswered.contains(same.getFirst().webhookId()))),
        holds("each at most once", repeated.stream().allMatch(same -> same.size() == 2)),
        holds("the same bytes", repeated.stream().allMatch(Crashing::haveSameBytes)));
  }

  private int waiting() throws IOException, InterruptedException {
    return stage.api().get("/v1/accounting").path("deliveries").path("waiting").intValue();
  }

  private static List<Arrival> held(Mailbox invoices) {
    return invoices.arrivals().stream().filter(Arrival::held).toList();
  }

  private static boolean haveSameBytes(List<Arrival> same) {
    return Arrays.equals(same.getFirst().body(), same.getLast().body());
  }
}
