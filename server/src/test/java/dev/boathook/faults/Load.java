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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Senders that offer new events, signed by a provider or published, until they are told to end, and
 * know what each was answered. Every fifth event is for two endpoints, the others for one. Two more
 * senders publish to lanes, each with an ordering key of its own, and offer the same event until it
 * is accepted before they go on to the next.
 */
final class Load implements AutoCloseable {
  private static final String SECRET = "whsec_of_the_load";
  private static final int SENDERS = 6;
  private static final int ORDERED_SENDERS = 2;
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(60);
  private static final int MAX_SHOWN = 3;
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** Enough tries, near enough, that an endpoint that sometimes fails gets everything. */
  private static final String SCHEDULE =
      "[0" + ",0.05".repeat(5) + ",0.2".repeat(10) + ",1".repeat(30) + "]";

  private static final String FEW_TRIES = "[0,0.05]";

  private final Ledger ledger;
  private final Paths paths;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger count = new AtomicInteger();
  private final Map<String, Offer> offers = new ConcurrentHashMap<>();
  private final Map<String, String> accepted = new ConcurrentHashMap<>();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unavailable = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile List<ServerProcess> servers;

  private Load(List<ServerProcess> servers, Ledger ledger, Paths paths) {
    this.servers = List.copyOf(servers);
    this.ledger = ledger;
    this.paths = paths;
  }

  /** Where events are offered. */
  private record Paths(String source, String consumer, String ordered) {}

  /**
   * An event that was offered.
   *
   * @param id the sender's own id
   * @param body what is posted
   * @param data what of it arrives in what is published; null for what a provider sends
   * @param paths the endpoints that want it
   * @param lane of what is ordered its key and its place in it, from 1; else null
   */
  private record Offer(
      String id, String body, @Nullable String data, Set<String> paths, @Nullable Turn lane) {
    boolean isRefusedBy(String path) {
      return path.startsWith(Ledger.SKIP) && body.contains(Ledger.REFUSED);
    }

    boolean isOf(String received) {
      return data == null ? received.equals(body) : received.endsWith("\"data\":" + data + "}");
    }
  }

  private record Turn(String key, int number) {}

  /**
   * What came of it all.
   *
   * @param accepted answered 2xx while there were faults
   * @param unavailable answered 503
   * @param unanswered not answered at all
   * @param delivered what was wanted and arrived
   * @param dead what was wanted by an endpoint that refuses it
   * @param lost what was wanted and did not arrive
   * @param repeated arrived again after a success, across a fault
   * @param repeatedWithoutCause arrived again after a success though there was no fault
   * @param outOfOrder arrived before its predecessor in its lane was done
   */
  record Figures(
      int offered,
      int accepted,
      int unavailable,
      int unanswered,
      int delivered,
      int dead,
      int lost,
      int repeated,
      int repeatedWithoutCause,
      int outOfOrder) {
    /** One line for people, and then fails unless the promises were kept. */
    Figures reported(String kind, int rounds) {
      System.out.printf(
          "faults: %s: %d rounds, %d events accepted, %d delivered, %d lost, %d repeated with"
              + " cause, %d without, %d out of order (%d answered 503, %d not answered, %d dead as"
              + " they should)%n",
          kind,
          rounds,
          accepted,
          delivered,
          lost,
          repeated,
          repeatedWithoutCause,
          outOfOrder,
          unavailable,
          unanswered,
          dead);
      assertThat(lost).as("lost").isZero();
      assertThat(repeatedWithoutCause).as("repeated without cause").isZero();
      assertThat(outOfOrder).as("out of order").isZero();
      return this;
    }
  }

  /** Configures a source, consumers and their endpoints, and begins to send to all of these. */
  static Load start(List<ServerProcess> servers, TestingReceiver receiver, Ledger ledger)
      throws Exception {
    receiver.answer(ledger);
    ServerProcess server = servers.getFirst();
    String source =
        server
            .post(
                "/v1/sources",
                "{\"name\":\"payments\",\"provider\":\"stripe\",\"secrets\":[\"" + SECRET + "\"]}")
            .path("path")
            .asString();
    String consumer = consumer(server, "c");
    String ordered = consumer(server, "ordered");
    server.post("/v1/endpoints", endpoint(receiver, "/all", "*", SCHEDULE, ""));
    server.post("/v1/endpoints", endpoint(receiver, "/some", "fifth.*", SCHEDULE, ""));
    server.post(consumer + "/endpoints", endpoint(receiver, "/customer", "*", SCHEDULE, ""));
    server.post(
        ordered + "/endpoints",
        endpoint(receiver, "/block", "*", SCHEDULE, ",\"order\":\"block\""));
    server.post(
        ordered + "/endpoints",
        endpoint(receiver, Ledger.SKIP, "*", FEW_TRIES, ",\"order\":\"skip\""));
    Load load =
        new Load(servers, ledger, new Paths(source, consumer + "/events", ordered + "/events"));
    for (ServerProcess each : servers) {
      // What is offered to a node before it knows of the source is refused.
      Eventually.holds(
          "it knows the source",
          DRAIN_LIMIT,
          () -> each.get("/v1/sources").toString().contains(source));
    }
    for (int i = 0; i < SENDERS; i++) {
      load.senders.execute(load::send);
    }
    for (int i = 0; i < ORDERED_SENDERS; i++) {
      String key = "key_" + i;
      load.senders.execute(() -> load.sendInOrder(key));
    }
    return load;
  }

  private static String consumer(ServerProcess server, String name)
      throws IOException, InterruptedException {
    return "/v1/consumers/"
        + server.post("/v1/consumers", "{\"name\":\"" + name + "\"}").path("id").asString();
  }

  private static String endpoint(
      TestingReceiver receiver, String path, String type, String schedule, String more) {
    return "{\"url\":\"%s\",\"types\":[\"%s\"],\"retry_schedule_seconds\":%s%s}"
        .formatted(receiver.url(path), type, schedule, more);
  }

  private void send() {
    try {
      while (ended.getCount() > 0) {
        Offer offer = next();
        offers.put(offer.id(), offer);
        boolean accepted = offer(offer);
        awaitTurn(accepted);
      }
    } catch (InterruptedException | RuntimeException e) {
      wrong.add(e.toString());
    }
  }

  private void sendInOrder(String key) {
    try {
      for (int number = 1; ended.getCount() > 0; number++) {
        Offer offer = inOrder(key, number);
        offers.put(offer.id(), offer);
        boolean accepted = false;
        while (!accepted && ended.getCount() > 0) {
          accepted = offer(offer);
          awaitTurn(accepted);
        }
      }
    } catch (InterruptedException | RuntimeException e) {
      wrong.add(e.toString());
    }
  }

  /** A pause, after a failure until somebody lives. */
  private void awaitTurn(boolean accepted) throws InterruptedException {
    boolean more = false;
    while (!more && ended.getCount() > 0) {
      boolean ignored = ended.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
      more = accepted || servers.stream().anyMatch(ServerProcess::isAlive);
    }
  }

  private Offer next() {
    int number = count.incrementAndGet();
    String id = "load_" + number;
    if (number % 3 == 0) {
      String data = "{\"id\":\"" + id + "\"}";
      return new Offer(id, published(id, "order.paid", data, ""), data, Set.of("/customer"), null);
    }
    boolean fifth = number % 5 == 0;
    return new Offer(
        id,
        "{\"id\":\"%s\",\"type\":\"%s\"}".formatted(id, fifth ? "fifth.paid" : "charge.paid"),
        null,
        fifth ? Set.of("/all", "/some") : Set.of("/all"),
        null);
  }

  private static Offer inOrder(String key, int number) {
    String id = key + "_" + number;
    String data = "{\"id\":\"" + id + "\"" + (number % 10 == 0 ? "," + Ledger.REFUSED : "") + "}";
    return new Offer(
        id,
        published(id, "step", data, ",\"key\":\"" + key + "\""),
        data,
        Set.of("/block", Ledger.SKIP),
        new Turn(key, number));
  }

  private static String published(String id, String type, String data, String more) {
    return "{\"id\":\"%s\",\"type\":\"%s\"%s,\"data\":%s}".formatted(id, type, more, data);
  }

  /** Whether it was accepted. */
  private boolean offer(Offer offer) throws InterruptedException {
    List<ServerProcess> among = servers.stream().filter(ServerProcess::isAlive).toList();
    if (among.isEmpty()) {
      return false;
    }
    ServerProcess target = among.get(ThreadLocalRandom.current().nextInt(among.size()));
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
    return offer.data() == null
        ? TestingWebhook.of("stripe", SECRET, offer.body()).to(target.open(paths.source()))
        : target
            .admin(offer.lane() == null ? paths.consumer() : paths.ordered())
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(offer.body()));
  }

  /** From now on it sends there. */
  void to(ServerProcess... next) {
    servers = List.of(next);
  }

  /** How many events were answered as accepted. */
  int accepted() {
    return accepted.size();
  }

  /** How many answers were 503. */
  int unavailable() {
    return unavailable.get();
  }

  /** Waits until so many more were accepted. */
  void awaitMoreAccepted(int more) throws Exception {
    int before = accepted();
    Eventually.holds("events are accepted", DRAIN_LIMIT, () -> accepted() >= before + more);
  }

  /**
   * Ends the sending, and then checks the whole promise: what was not accepted is offered again, as
   * a provider would; then nothing is doubled or invented, on either side, and the store's account
   * is what was offered. What was lost, repeated or out of order is counted.
   */
  Figures settle() throws Exception {
    close();
    ServerProcess target =
        servers.stream().filter(ServerProcess::isAlive).findFirst().orElseThrow();
    servers = List.of(target);
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

    assertThat(stored(target).equals(accepted)).as("stored is what was accepted").isTrue();
    long matches = offers.values().stream().mapToLong(offer -> offer.paths().size()).sum();
    long refused =
        offers.values().stream()
            .mapToLong(offer -> offer.paths().stream().filter(offer::isRefusedBy).count())
            .sum();
    JsonNode account = target.get("/v1/accounting");
    assertThat(account.path("balanced").asBoolean()).isTrue();
    assertThat(account.path("events").asLong()).isEqualTo(offers.size());
    assertThat(account.path("matches").asLong()).isEqualTo(matches);
    assertThat(account.path("deliveries").path("dead").asLong()).isEqualTo(refused);
    assertThat(account.path("deliveries").path("delivered").asLong()).isEqualTo(matches - refused);
    Set<Ledger.Receipt.Delivery> withoutCause = new HashSet<>();
    Figures figures = figures(acceptedAtOnce, (int) refused, withoutCause);
    for (Ledger.Receipt.Delivery repeated : withoutCause.stream().limit(MAX_SHOWN).toList()) {
      show(target, repeated);
    }
    return figures;
  }

  /** All that is known of a delivery that was repeated without cause. */
  private void show(ServerProcess server, Ledger.Receipt.Delivery repeated)
      throws IOException, InterruptedException {
    ledger.receipts().stream()
        .filter(receipt -> receipt.delivery().equals(repeated))
        .forEach(System.out::println);
    for (JsonNode delivery :
        server.get("/v1/deliveries?event=" + repeated.eventId()).path("data")) {
      System.out.println(server.get("/v1/deliveries/" + delivery.path("id").asString()));
    }
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

  private Figures figures(
      int acceptedAtOnce, int refused, Set<Ledger.Receipt.Delivery> withoutCause) {
    Map<String, Offer> byEventId = new HashMap<>();
    accepted.forEach((id, eventId) -> byEventId.put(eventId, offers.get(id)));
    Set<Ledger.Receipt.Delivery> missing = new HashSet<>();
    byEventId.forEach((eventId, offer) ->
        offer.paths().stream()
            .filter(path -> !offer.isRefusedBy(path))
            .forEach(path -> missing.add(new Ledger.Receipt.Delivery(eventId, path))));
    int wanted = missing.size();

    Map<Ledger.Receipt.Delivery, Set<Ledger.Life>> successes = new HashMap<>();
    Lanes lanes = new Lanes();
    int repeated = 0;
    int repeatedWithoutCause = 0;
    for (Ledger.Receipt receipt : ledger.receipts()) {
      Offer offer = byEventId.get(receipt.eventId());
      if (offer == null || !offer.paths().contains(receipt.path())) {
        throw new AssertionError("invented: " + receipt);
      }
      if (!offer.isOf(receipt.body())) {
        throw new AssertionError("other bytes than were offered: " + receipt);
      }
      if (offer.lane() != null) {
        lanes.came(receipt, offer.lane(), offer.isRefusedBy(receipt.path()));
      }
      if (receipt.delivered()) {
        Set<Ledger.Life> lives =
            successes.computeIfAbsent(receipt.delivery(), delivery -> new HashSet<>());
        boolean isFirst = lives.isEmpty();
        boolean isNewLife = lives.add(receipt.life());
        missing.remove(receipt.delivery());
        if (!isFirst && (isNewLife || receipt.life().disturbed())) {
          repeated++;
        } else if (!isFirst) {
          repeatedWithoutCause++;
          withoutCause.add(receipt.delivery());
        }
      }
    }
    return new Figures(
        offers.size(),
        acceptedAtOnce,
        unavailable.get(),
        unanswered.get(),
        wanted - missing.size(),
        refused,
        missing.size(),
        repeated,
        repeatedWithoutCause,
        lanes.outOfOrder);
  }

  /** How far each lane has come. */
  private static final class Lanes {
    private final Map<List<String>, Integer> done = new HashMap<>();
    private int outOfOrder;

    /** A delivery may come only when all before it in its lane are done. */
    void came(Ledger.Receipt receipt, Turn turn, boolean isRefused) {
      List<String> lane = List.of(receipt.path(), turn.key());
      int before = done.getOrDefault(lane, 0);
      if (turn.number() > before + 1) {
        outOfOrder++;
      }
      if (receipt.delivered() || isRefused) {
        done.merge(lane, turn.number(), Math::max);
      }
    }
  }

  /** Ends the sending. */
  @Override
  public void close() {
    ended.countDown();
    senders.close();
  }
}
