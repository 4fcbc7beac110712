package dev.boathook.bench;

import dev.boathook.bench.load.PublishRequests;
import dev.boathook.bench.load.PublishRequests.Target;
import dev.boathook.bench.load.RequestSource;
import dev.boathook.bench.load.StripeRequests;
import dev.boathook.bench.subject.BoathookServer;
import dev.boathook.bench.subject.Store;
import dev.boathook.world.World;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/** A Boathook on a store of its own, and what measurements make on it. */
final class Platform {
  private static final String STRIPE_SECRET = "whsec_NotASecretButTheKeyOfEveryBench";

  private static final String EVENT_TYPE = "bench";

  private static final String BUSY = "boathook_attempts_busy";
  private static final Duration IDLE_LIMIT = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final Store store;
  private final BoathookServer server;

  private Platform(Store store, BoathookServer server) {
    this.store = store;
    this.server = server;
  }

  /** Starts both on a site. */
  static Platform start(Options options, Site site, String name, String... javaOptions)
      throws Exception {
    Store store = site.start(() -> Store.start(site.folder(name + "-store")));
    BoathookServer server =
        site.start(() ->
            BoathookServer.start(
                List.of(options.launcher().toString()),
                site.folder(name + "-data"),
                List.of(javaOptions),
                store));
    return new Platform(store, server);
  }

  BoathookServer server() {
    return server;
  }

  Store store() {
    return store;
  }

  /** Makes a source for Stripe's webhooks, and what calls it. */
  RequestSource stripe() throws IOException, InterruptedException {
    String path =
        server
            .post(
                "/v1/sources",
                "{\"name\":\"bench\",\"provider\":\"stripe\",\"secrets\":[\"%s\"]}"
                    .formatted(STRIPE_SECRET))
            .path("path")
            .asString();
    return new StripeRequests(World.system(), path, STRIPE_SECRET);
  }

  /** Makes a consumer; its id. */
  String consumer(String name) throws IOException, InterruptedException {
    return server.post("/v1/consumers", "{\"name\":\"%s\"}".formatted(name)).path("id").asString();
  }

  /** Makes an endpoint of a consumer for all of its events; its id. */
  String endpoint(String consumer, String url) throws IOException, InterruptedException {
    return server
        .post("/v1/consumers/" + consumer + "/endpoints", "{\"url\":\"%s\"}".formatted(url))
        .path("id")
        .asString();
  }

  /** The same, with nothing going to it yet; its id. */
  String pausedEndpoint(String consumer, String url) throws IOException, InterruptedException {
    String endpoint = endpoint(consumer, url);
    pause(endpoint);
    return endpoint;
  }

  void pause(String endpoint) throws IOException, InterruptedException {
    var _ = server.post("/v1/endpoints/" + endpoint + "/pause", "");
  }

  void resume(String endpoint) throws IOException, InterruptedException {
    var _ = server.post("/v1/endpoints/" + endpoint + "/resume", "");
  }

  /** Events for these consumers, one after another. */
  RequestSource publishing(List<String> consumers) {
    return new PublishRequests(
        server.key(),
        consumers.stream().map(consumer -> new Target(consumer, EVENT_TYPE)).toList());
  }

  /** How many events the store has, in all. */
  long stored() throws SQLException {
    try (Connection connection = store.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM boathook.event")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** How many deliveries are recorded as delivered. */
  long delivered() throws IOException, InterruptedException {
    return server.get("/v1/accounting").path("deliveries").path("delivered").asLong();
  }

  /** Returns when no attempt is out or yet to be recorded. */
  void awaitIdle() throws IOException, InterruptedException {
    long end = System.nanoTime() + IDLE_LIMIT.toNanos();
    while (server.metric(BUSY) > 0) {
      if (System.nanoTime() > end) {
        throw new IOException("attempts are still out after " + IDLE_LIMIT);
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }
}
