package dev.boathook.api;

import static dev.boathook.key.Scope.OPERATE;

import dev.boathook.id.IdKind;
import dev.boathook.key.ApiKey;
import dev.boathook.key.ApiKeys;
import dev.boathook.key.Scope;
import dev.boathook.world.World;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** API keys. */
final class KeyRoutes {
  private static final int MAX_SCOPE_CHARACTERS = 20;

  private final World world;
  private final Configuration configuration;

  KeyRoutes(World world, Configuration configuration) {
    this.world = world;
    this.configuration = configuration;
  }

  List<Route> table() {
    return List.of(
        Route.post("/v1/keys", "createKey", OPERATE, this::create),
        Route.get("/v1/keys", "listKeys", OPERATE, this::list, Page.LIMIT, Page.CURSOR),
        Route.delete("/v1/keys/{id}", "revokeKey", OPERATE, this::revoke));
  }

  /** A key as it is shown: without its secret. */
  private record View(
      String id, String name, String hint, List<String> scopes, Instant createdAt) {}

  private static View view(ApiKey key) {
    return new View(
        IdKind.KEY.format(key.id()),
        key.name(),
        key.hint(),
        key.scopes().stream().sorted().map(Scope::code).toList(),
        key.createdAt());
  }

  private Answer create(Call call) throws Refusal {
    Fields fields = call.fields(Set.of("name", "scopes"));
    String name = fields.name("name");
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String code : fields.texts("scopes", Scope.values().length, MAX_SCOPE_CHARACTERS)) {
      Scope scope =
          scope(code)
              .orElseThrow(() ->
                  Problem.invalid("scopes", "are of read, publish, manage and operate").refusal());
      // Nobody gives what they do not have.
      call.require(scope);
      scopes.add(scope);
    }
    ApiKeys keys = configuration.keys();
    String secret = keys.newSecret();
    ApiKey key =
        keys.add(
            configuration.changes(), call.projectId(), world.ids().next(), name, secret, scopes);
    return Answer.json(201, Json.object(view(key)).put("secret", secret));
  }

  private static Optional<Scope> scope(String code) {
    return List.of(Scope.values()).stream().filter(s -> s.code().equals(code)).findFirst();
  }

  private Answer list(Call call) throws Refusal {
    List<ApiKey> keys = call.project().keys().values().stream().map(ApiKeys.Hashed::key).toList();
    return call.page().answerAll(keys, ApiKey::id, KeyRoutes::view);
  }

  private Answer revoke(Call call) throws Refusal {
    if (!configuration
        .keys()
        .revoke(configuration.changes(), call.projectId(), call.id(IdKind.KEY))) {
      throw Problem.notFound().refusal();
    }
    return Answer.nothing();
  }
}
