package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.TestingReceiver;
import dev.boathook.TestingWebhook;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Senders that offer new events, signed by a provider or published, until they are told to end, and
 * know what each was answered. Every fifth event is for two endpoints, the others for one.
 */
final class Load implements AutoCloseable {
  private static final String SECRET = "whsec_of_the_load";
  private static final int SENDERS = 6;
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** Enough tries, near enough, that an endpoint that sometimes fails gets everything. */
  private static final String SCHEDULE =
      "[0" + ",0.05".repeat(5) + ",0.2".repeat(10) + ",1".repeat(30) + "]";

  private final Ledger ledger;
  private final String sourcePath;
  private final String consumerPath;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger count = new AtomicInteger();
  private final Map<String, Offer> offers = new ConcurrentHashMap<>();
  private final Map<String, String> accepted = new ConcurrentHashMap<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unavailable = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile ServerProcess server;

  private Load(ServerProcess server, Ledger ledger, String sourcePath, String consumerPath) {
    this.server = server;
    this.ledger = ledger;
    this.sourcePath = sourcePath;
    this.consumerPath = consumerPath;
  }

  /**
   * An event that was offered.
   *
   * @param id the sender's own id
   * @param body what is posted
   * @param paths the endpoints that want it
   */
  private record Offer(String id, String body, Set<String> paths) {
    boolean isPublished() {
      return paths.contains("/customer");
    }
  }

  /** What came of it all. */
  record Figures(
      int offered, int accepted, int unavailable, int unanswered, int delivered, int repeated) {}

  /** Configures a source, a consumer and three endpoints, and begins to send. */
  static Load start(ServerProcess server, TestingReceiver receiver, Ledger ledger)
      throws IOException, InterruptedException {
    receiver.answer(ledger);
    String source =
        server
            .post(
                "/v1/sources",
                "{\"name\":\"payments\",\"provider\":\"stripe\",\"secrets\":[\"" + SECRET + "\"]}")
            .path("path")
            .asString();
    String consumer =
        "/v1/consumers/" + server.post("/v1/consumers", "{\"name\":\"c\"}").path("id").asString();
    server.post("/v1/endpoints", endpoint(receiver, "/all", "*"));
    server.post("/v1/endpoints", endpoint(receiver, "/some", "fifth.*"));
    server.post(consumer + "/endpoints", endpoint(receiver, "/customer", "*"));
    Load load = new Load(server, ledger, source, consumer + "/events");
    for (int i = 0; i < SENDERS; i++) {
      load.senders.execute(load::send);
    }
    return load;
  }

  private static String endpoint(TestingReceiver receiver, String path, String type) {
    return "{\"url\":\"%s\",\"types\":[\"%s\"],\"retry_schedule_seconds\":%s}"
        .formatted(receiver.url(path), type, SCHEDULE);
  }

  private void send() {
    try {
      while (ended.getCount() > 0) {
        Offer offer = next();
        offers.put(offer.id(), offer);
        ServerProcess target = server;
        boolean more = offer(offer);
        while (!more && ended.getCount() > 0) {
          boolean ignored = ended.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
          more = target.isAlive() || !target.equals(server);
        }
      }
    } catch (InterruptedException | RuntimeException e) {
      wrong.add(e.toString());
    }
  }

  private Offer next() {
    int number = count.incrementAndGet();
    String id = "load_" + number;
    if (number % 3 == 0) {
      return new Offer(
          id,
          "{\"id\":\"%s\",\"type\":\"order.paid\",\"data\":{\"id\":\"%s\"}}".formatted(id, id),
          Set.of("/customer"));
    }
    boolean fifth = number % 5 == 0;
    return new Offer(
        id,
        "{\"id\":\"%s\",\"type\":\"%s\"}".formatted(id, fifth ? "fifth.paid" : "charge.paid"),
        fifth ? Set.of("/all", "/some") : Set.of("/all"));
  }

  /** Whether it was accepted. */
  private boolean offer(Offer offer) throws InterruptedException {
    ServerProcess target = server;
    HttpResponse<String> answer;
    try {
      answer = target.send(request(target, offer));
    } catch (IOException e) {
      unanswered.incrementAndGet();
      return false;
    }
    int status = answer.statusCode();
    if (status == 200 || status == 201) {
      String id = JsonMapper.shared().readTree(answer.body()).path("id").asString();
      String before = accepted.putIfAbsent(offer.id(), id);
      if (before != null && !before.equals(id)) {
        wrong.add(offer.id() + " was accepted as " + before + " and as " + id);
      }
      return true;
    }
    if (status == 503 && answer.headers().firstValue("retry-after").isPresent()) {
      unavailable.incrementAndGet();
    } else {
      wrong.add(status + " " + answer.headers().map() + answer.body());
    }
    return false;
  }

  private HttpRequest.Builder request(ServerProcess target, Offer offer) {
    return offer.isPublished()
        ? target
            .admin(consumerPath)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(offer.body()))
        : TestingWebhook.of("stripe", SECRET, offer.body()).to(target.open(sourcePath));
  }

  /** From now on it sends there. */
  void to(ServerProcess next) {
    server = next;
  }

  /** How many events were answered as accepted. */
  int accepted() {
    return accepted.size();
  }

  /** How many answers were 503. */
  int unavailable() {
    return unavailable.get();
  }

  /**
   * Ends the sending, and then checks the whole promise: what was not accepted is offered again, as
   * a provider would; then nothing is lost, doubled or invented, on either side.
   */
  Figures settle() throws Exception {
    close();
    ServerProcess target = server;
    int acceptedAtOnce = accepted.size();
    for (Offer offer : offers.values()) {
      if (!accepted.containsKey(offer.id())) {
        assertThat(offer(offer)).as("%s, offered again, is accepted", offer.id()).isTrue();
      }
    }
    assertThat(wrong).as("answers that are neither 2xx nor 503 with Retry-After").isEmpty();
    Eventually.holds(
        "nothing waits any more",
        DRAIN_LIMIT,
        () -> target.get("/v1/accounting").path("deliveries").path("waiting").asLong() == 0);

    assertThat(stored(target)).containsExactlyInAnyOrderEntriesOf(accepted);
    long matches = offers.values().stream().mapToLong(offer -> offer.paths().size()).sum();
    JsonNode account = target.get("/v1/accounting");
    assertThat(account.path("balanced").asBoolean()).isTrue();
    assertThat(account.path("events").asLong()).isEqualTo(offers.size());
    assertThat(account.path("matches").asLong()).isEqualTo(matches);
    assertThat(account.path("deliveries").path("delivered").asLong()).isEqualTo(matches);
    int repeated = checkReceipts();
    return new Figures(
        offers.size(),
        acceptedAtOnce,
        unavailable.get(),
        unanswered.get(),
        (int) matches,
        repeated);
  }

  /** Every event in the store: the sender's id and ours. */
  private static Map<String, String> stored(ServerProcess server)
      throws IOException, InterruptedException {
    Map<String, String> stored = new HashMap<>();
    String cursor = "";
    while (true) {
      JsonNode page = server.get("/v1/events?limit=200" + cursor);
      for (JsonNode event : page.path("data")) {
        String externalId = event.path("external_id").asString();
        assertThat(stored.put(externalId, event.path("id").asString()))
            .as("another event of %s", externalId)
            .isNull();
      }
      if (page.path("next_cursor").isNull()) {
        return stored;
      }
      cursor = "&cursor=" + page.path("next_cursor").asString();
    }
  }

  /** How many deliveries came again after they had been answered with success. */
  private int checkReceipts() {
    Map<String, Offer> byEventId = new HashMap<>();
    accepted.forEach((id, eventId) -> byEventId.put(eventId, offers.get(id)));
    Set<Ledger.Receipt.Delivery> wanted = new HashSet<>();
    byEventId.forEach((eventId, offer) ->
        offer.paths().forEach(path -> wanted.add(new Ledger.Receipt.Delivery(eventId, path))));

    List<Ledger.Receipt> receipts = ledger.receipts();
    for (Ledger.Receipt receipt : receipts) {
      assertThat(wanted).as("invented").contains(receipt.delivery());
      Offer offer = byEventId.get(receipt.eventId());
      if (offer == null || !isOf(receipt, offer)) {
        throw new AssertionError("other bytes than were offered: " + receipt);
      }
    }
    List<Ledger.Receipt> delivered = receipts.stream().filter(Ledger.Receipt::delivered).toList();
    assertThat(delivered.stream().map(Ledger.Receipt::delivery).collect(Collectors.toSet()))
        .as("delivered")
        .containsExactlyInAnyOrderElementsOf(wanted);
    Map<Object, Long> inOneLife =
        delivered.stream()
            .collect(
                Collectors.groupingBy(
                    receipt -> List.of(receipt.delivery(), receipt.life()), Collectors.counting()));
    inOneLife.values().removeIf(times -> times == 1);
    assertThat(inOneLife).as("repeated without a cause").isEmpty();
    return delivered.size() - wanted.size();
  }

  private static boolean isOf(Ledger.Receipt receipt, Offer offer) {
    return offer.isPublished()
        ? receipt.body().endsWith("\"data\":{\"id\":\"" + offer.id() + "\"}}")
        : receipt.body().equals(offer.body());
  }

  /** Ends the sending. */
  @Override
  public void close() {
    ended.countDown();
    senders.close();
  }
}
