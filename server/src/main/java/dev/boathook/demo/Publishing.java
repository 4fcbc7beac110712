package dev.boathook.demo;

import static dev.boathook.demo.Expectation.equal;
import static dev.boathook.demo.Expectation.holds;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** An event goes out to the two endpoints of a consumer, and is published twice. */
final class Publishing {
  private static final Map<String, Object> ORDER_SHIPPED =
      Map.of(
          "id",
          "order-17-shipped",
          "type",
          "order.shipped",
          "key",
          "order-17",
          "data",
          Map.of("order", 17, "parcels", 2));

  private final Stage stage;
  private final Timeline timeline;

  Publishing(Stage stage) {
    this.stage = stage;
    this.timeline = stage.timeline();
  }

  void play() throws IOException, InterruptedException, TooLate {
    timeline.part("An event goes out");
    String consumer =
        stage.api().make("/v1/consumers", Map.of("name", "acme")).path("id").asString();
    Mailbox shop = stage.receiver().open("/acme/shop");
    Mailbox warehouse = stage.receiver().open("/acme/warehouse");
    for (Mailbox mailbox : List.of(shop, warehouse)) {
      stage.connect(
          mailbox, "/v1/consumers/" + consumer + "/endpoints", Map.of("types", List.of("order.*")));
    }
    String events = "/v1/consumers/" + consumer + "/events";
    Answer answer = publish(events);
    String eventId = answer.eventId();
    timeline.promise(
        "published",
        "order.shipped for a consumer: " + answer.status() + " in " + answer.took(),
        equal("status", 201, answer.status()));
    Arrival first = shop.await(1).getFirst();
    Arrival second = warehouse.await(1).getFirst();
    timeline.promise(
        "delivered",
        "to both of its endpoints, each signed for it alone, verified",
        equal("webhook-id", eventId, first.webhookId()),
        equal("webhook-id", eventId, second.webhookId()),
        holds("a valid signature at the first", first.verified()),
        holds("a valid signature at the second", second.verified()),
        holds("different signatures", !first.signature().equals(second.signature())));

    stage.awaitState(eventId, "delivered");
    Answer again = publish(events);
    timeline.promise(
        "the same again",
        again.status() + " in " + again.took() + " with the same id; nothing is sent twice",
        equal("status", 200, again.status()),
        equal("id", eventId, again.eventId()),
        equal("deliveries", 2, stage.deliveriesOf(eventId).size()),
        equal("arrivals", 2, shop.arrivals().size() + warehouse.arrivals().size()));
  }

  private Answer publish(String path) throws IOException, InterruptedException {
    Answer answer = stage.api().post(path, ORDER_SHIPPED);
    stage.sent().note(answer);
    return answer;
  }
}
