package dev.boathook.api;

import io.helidon.webserver.http.HttpRouting;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** {@code /healthz/live} and {@code /healthz/ready}, for either listener; no key is needed. */
public final class HealthRoutes {
  private final Supplier<Health> health;

  /** Answers from this. */
  public HealthRoutes(Supplier<Health> health) {
    this.health = health;
  }

  /** Adds the routes. */
  public void routes(HttpRouting.Builder routing) {
    routing.get("/healthz/live", (request, response) -> live().send(request, response));
    routing.get("/healthz/ready", (request, response) -> ready().send(request, response));
  }

  List<Route> table() {
    return List.of(
        Route.open("/healthz/live", "isLive", call -> live()),
        Route.open("/healthz/ready", "isReady", call -> ready()));
  }

  /**
   * Asks nobody: whoever answers at all is alive, and a database that hangs is no reason to die.
   */
  private static Answer live() {
    return answer(true, Health.OK.reason());
  }

  private Answer ready() {
    Health now = health.get();
    return answer(now.ready(), now.reason());
  }

  private static Answer answer(boolean well, String reason) {
    return Answer.json(well ? 200 : 503, Map.of("status", well ? "ok" : reason));
  }
}
