package dev.boathook.api;

import static dev.boathook.key.Scope.READ;

import dev.boathook.deliver.Accounting;
import dev.boathook.deliver.DeliveryQueries;
import dev.boathook.event.EventQueries;
import dev.boathook.key.ApiKey;
import dev.boathook.lane.Health.Circuit;
import dev.boathook.metrics.Metrics;
import dev.boathook.outbound.AddressRules;
import dev.boathook.publish.Publisher;
import dev.boathook.receive.Drain;
import dev.boathook.receive.MediaType;
import dev.boathook.receive.RefusedRequests;
import dev.boathook.route.Directory;
import dev.boathook.sequence.Gaps;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.Outage;
import dev.boathook.store.OvertakenException;
import dev.boathook.world.World;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin listener's JSON API. A call sees and changes the project of its key and nothing else.
 */
public final class AdminApi {
  private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
  private static final String BEARER = "bearer ";
  private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final World world;
  private final Directory directory;
  private final ConfigChanges changes;
  private final DeliveryQueries deliveries;
  private final Metrics metrics;
  private final byte[] openApi = openApi();
  private final List<Route> table = new ArrayList<>();

  /**
   * The API.
   *
   * @param circuits how the circuits of endpoints are, as far as this node knows
   * @param publicUrl what the public listener is called from outside, without a slash at the end
   */
  public AdminApi(
      World world,
      Configuration configuration,
      EventQueries events,
      DeliveryQueries deliveries,
      Function<UUID, Optional<Circuit>> circuits,
      Publisher publisher,
      Operations operations,
      RefusedRequests refused,
      Gaps gaps,
      AddressRules addressRules,
      Metrics metrics,
      Supplier<Health> health,
      Optional<String> publicUrl) {
    this.world = world;
    this.directory = configuration.directory();
    this.changes = configuration.changes();
    this.deliveries = deliveries;
    this.metrics = metrics;
    table.addAll(new SourceRoutes(world, configuration, refused, gaps, publicUrl).table());
    table.addAll(
        new EndpointRoutes(world, configuration, addressRules, deliveries, circuits).table());
    table.addAll(new ConsumerRoutes(world, configuration, publisher).table());
    table.addAll(new EventRoutes(events, deliveries).table());
    table.addAll(new DeliveryRoutes(deliveries, operations).table());
    table.addAll(new ReplayRoutes(operations.replayJobs()).table());
    table.addAll(new LaneRoutes(operations.lanes()).table());
    table.addAll(new KeyRoutes(world, configuration).table());
    table.add(Route.get("/v1/accounting", "getAccounting", READ, this::accounting));
    table.add(Route.open("/openapi.yaml", "getOpenApi", call -> openApiDocument()));
    table.add(Route.open("/metrics", "getMetrics", call -> scraped()));
    table.addAll(new HealthRoutes(health).table());
  }

  List<Route> table() {
    return List.copyOf(table);
  }

  /** Adds the routes; what is added after them is never reached. */
  public void routes(HttpRouting.Builder routing) {
    Map<String, List<Route>> byPath = new LinkedHashMap<>();
    for (Route route : table) {
      byPath.computeIfAbsent(route.path(), path -> new ArrayList<>()).add(route);
      routing.route(
          route.method(), route.path(), (request, response) -> handle(route, request, response));
    }
    byPath.forEach((path, routes) -> {
      String allowed =
          routes.stream().map(r -> r.method().text()).sorted().collect(Collectors.joining(", "));
      routing.any(
          path,
          (request, response) -> {
            Drain.body(request, world.ticker());
            Problem.methodNotAllowed(allowed).answer().send(request, response);
          });
    });
    routing.any((request, response) -> {
      Drain.body(request, world.ticker());
      Problem.notFound().answer().send(request, response);
    });
  }

  private void handle(Route route, ServerRequest request, ServerResponse response)
      throws IOException {
    Answer answer;
    try {
      Optional<ApiKey> key = admitted(route, request);
      Call call = new Call(request, directory, key, body(route, request));
      answer = answer(route, call);
    } catch (Refusal refusal) {
      answer = refusal.problem().answer();
    }
    answer.send(request, response);
  }

  private Answer answer(Route route, Call call) throws Refusal {
    try {
      if (!route.configures()) {
        return route.handler().answer(call);
      }
      return changes.<Answer, Refusal, InterruptedException>inTurn(
          directory, call.projectId(), () -> route.handler().answer(call));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Problem.unavailable("stopping", "the server is stopping").answer();
    } catch (OvertakenException e) {
      return Problem.unavailable("configuration_busy", String.valueOf(e.getMessage())).answer();
    } catch (RuntimeException e) {
      if (Outage.caused(e)) {
        LOG.warn("{} failed for want of the database: {}", route.operationId(), e.getMessage());
        return Problem.unavailable("database_unavailable", "the database does not answer").answer();
      }
      UUID errorId = world.ids().next();
      LOG.error("error {}: {} met a bug", errorId, route.operationId(), e);
      return Problem.internal(errorId.toString()).answer();
    }
  }

  private Optional<ApiKey> admitted(Route route, ServerRequest request) throws Refusal {
    try {
      Optional<ApiKey> key = authorized(route, request);
      checkQuery(route, request);
      return key;
    } catch (Refusal refusal) {
      Drain.body(request, world.ticker());
      throw refusal;
    }
  }

  private Optional<ApiKey> authorized(Route route, ServerRequest request) throws Refusal {
    if (route.scope().isEmpty()) {
      return Optional.empty();
    }
    String header = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
    if (!header.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      throw Problem.unauthorized().refusal();
    }
    ApiKey key =
        directory
            .key(header.substring(BEARER.length()).strip())
            .orElseThrow(() -> Problem.unauthorized().refusal());
    if (!key.may(route.scope().get())) {
      throw Problem.forbidden(route.scope().get()).refusal();
    }
    return Optional.of(key);
  }

  private static void checkQuery(Route route, ServerRequest request) throws Refusal {
    for (String name : request.query().names()) {
      if (!route.query().contains(name)) {
        throw Problem.invalidParameter(name, "is not known here").refusal();
      }
    }
  }

  private byte[] body(Route route, ServerRequest request) throws Refusal, IOException {
    int max = route.maxBodyBytes();
    if (max == 0 || !request.content().hasEntity()) {
      Drain.body(request, world.ticker());
      return new byte[0];
    }
    OptionalLong length = request.headers().contentLength();
    if (length.isPresent() && length.getAsLong() > max) {
      Drain.some(request.content().inputStream(), world.ticker());
      throw Problem.bodyTooLarge(max).refusal();
    }
    if (!isJson(request)) {
      Drain.body(request, world.ticker());
      throw Problem.notJson().refusal();
    }
    try (InputStream in = request.content().inputStream()) {
      byte[] body = in.readNBytes(max + 1);
      if (body.length > max) {
        Drain.some(in, world.ticker());
        throw Problem.bodyTooLarge(max).refusal();
      }
      return body;
    }
  }

  /** Whether the body claims to be JSON, or claims nothing. */
  private static boolean isJson(ServerRequest request) {
    Optional<String> type = request.headers().first(HeaderNames.CONTENT_TYPE);
    if (type.isEmpty()) {
      return true;
    }
    return switch (MediaType.of(type.get())) {
      case "application/json", "application/merge-patch+json" -> true;
      default -> false;
    };
  }

  /** Both sides of the promise that nothing is lost. */
  private record AccountingView(
      long events,
      long matches,
      Accounting.Counts deliveries,
      Accounting.Counts replays,
      boolean balanced) {}

  private Answer accounting(Call call) {
    Accounting account = deliveries.account(call.projectId());
    return Answer.json(
        200,
        new AccountingView(
            account.events(),
            account.matches(),
            account.deliveries(),
            account.replays(),
            account.balanced()));
  }

  private Answer openApiDocument() {
    return new Answer(200, "application/yaml", openApi, Map.of());
  }

  private Answer scraped() {
    return new Answer(
        200, PROMETHEUS_TEXT, metrics.scrape().getBytes(StandardCharsets.UTF_8), Map.of());
  }

  private static byte[] openApi() {
    try (InputStream in = AdminApi.class.getResourceAsStream("openapi.yaml")) {
      if (in == null) {
        throw new IllegalStateException("no openapi.yaml beside " + AdminApi.class.getName());
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
