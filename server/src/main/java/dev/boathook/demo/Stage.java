package dev.boathook.demo;

import dev.boathook.world.World;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What every part of the story is played on.
 *
 * @param world time and chance
 * @param timeline what the person sees
 * @param watch waits
 * @param server Boathook
 * @param api its API
 * @param caller calls it as a sender does
 * @param receiver gets what it delivers
 * @param sent what senders were told
 */
record Stage(
    World world,
    Timeline timeline,
    Watch watch,
    Server server,
    Api api,
    Caller caller,
    Receiver receiver,
    SentBook sent) {
  /** A new source of this provider. */
  Account account(String provider, String secret) throws IOException, InterruptedException {
    JsonNode source =
        api.make(
            "/v1/sources",
            Map.of("name", provider, "provider", provider, "secrets", List.of(secret)));
    return new Account(
        this, provider, secret, source.path("id").asString(), source.path("path").asString());
  }

  /** A new URL of the receiver, and the endpoint that leads there; gives the endpoint's id. */
  String connect(Mailbox mailbox, String collection, Map<String, ?> fields)
      throws IOException, InterruptedException {
    Map<String, Object> all = new HashMap<>(fields);
    all.put("url", mailbox.url());
    JsonNode endpoint = api.make(collection, all);
    mailbox.trust(endpoint.path("secret").asString());
    return endpoint.path("id").asString();
  }

  /** The deliveries of an event, the newest first. */
  List<JsonNode> deliveriesOf(String eventId) throws IOException, InterruptedException {
    return List.copyOf(api.get("/v1/deliveries?event=" + eventId).path("data").values());
  }

  /** Waits until all deliveries of an event are in this state. */
  void awaitState(String eventId, String state) throws IOException, InterruptedException, TooLate {
    watch.until(
        "the delivery of " + eventId + " is " + state,
        () ->
            deliveriesOf(eventId).stream()
                .allMatch(delivery -> delivery.path("state").asString().equals(state)));
  }
}
