package dev.boathook.demo;

import static dev.boathook.demo.Expectation.equal;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * The accounting: the server's numbers beside what the senders were told and what the receiver got,
 * who know nothing of the server's.
 */
final class Balance {
  private final Stage stage;
  private final Timeline timeline;

  /** An event at an endpoint, as the receiver sees it. */
  private record Pair(String path, String webhookId) {}

  Balance(Stage stage) {
    this.stage = stage;
    this.timeline = stage.timeline();
  }

  void play() throws IOException, InterruptedException {
    timeline.part("The accounts, on both sides");
    List<Arrival> arrivals = stage.receiver().arrivals();
    Set<Pair> refused = pairs(arrivals.stream().filter(arrival -> !arrival.isTaken()).toList());
    Set<Pair> taken = pairs(arrivals.stream().filter(Arrival::isTaken).toList());
    Set<Pair> takenAtOnce = new HashSet<>(taken);
    takenAtOnce.removeAll(refused);
    Set<Pair> takenLater = new HashSet<>(taken);
    takenLater.retainAll(refused);

    JsonNode server = stage.api().get("/v1/accounting");
    JsonNode deliveries = server.path("deliveries");
    timeline.detail(String.format(Locale.ROOT, "%8s  %10s", "server", "both ends"));
    compare("events", server.path("events"), stage.sent().eventIds().size(), "told to senders");
    compare(
        "deliveries",
        server.path("matches"),
        pairs(arrivals).size(),
        "pairs of endpoint and webhook-id that came");
    compare("delivered", deliveries.path("delivered"), takenAtOnce.size(), "taken, never refused");
    compare("dead letters", deliveries.path("dead"), refused.size(), "refused at every try");
    compare(
        "replayed",
        server.path("replays").path("delivered"),
        takenLater.size(),
        "taken after a replay");
    compare("waiting", deliveries.path("waiting"), 0, "");
    long genuine = arrivals.stream().filter(Arrival::verified).count();
    timeline.promise(
        "signatures",
        genuine + " requests came, " + genuine + " with a valid signature",
        equal("valid signatures", (long) arrivals.size(), genuine));
  }

  private static Set<Pair> pairs(List<Arrival> arrivals) {
    return arrivals.stream()
        .map(arrival -> new Pair(arrival.path(), arrival.webhookId()))
        .collect(Collectors.toSet());
  }

  private void compare(String what, JsonNode server, int ours, String meaning) {
    timeline.promise(
        what,
        String.format(Locale.ROOT, "%8d  %10d  %s", server.intValue(), ours, meaning)
            .stripTrailing(),
        equal(what, ours, server.intValue()));
  }
}
