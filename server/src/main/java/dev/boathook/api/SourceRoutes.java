package dev.boathook.api;

import static dev.boathook.key.Scope.MANAGE;
import static dev.boathook.key.Scope.READ;

import dev.boathook.id.IdKind;
import dev.boathook.id.Tokens;
import dev.boathook.receive.RefusedRequests;
import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.InvalidSettings;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.Verifier;
import dev.boathook.source.Source;
import dev.boathook.store.NameTakenException;
import dev.boathook.world.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sources. */
final class SourceRoutes {
  private static final int MAX_PROVIDER_CHARACTERS = 100;
  private static final int MAX_SECRET_CHARACTERS = 1_000;
  private static final int MAX_SETTINGS = 32;
  private static final int MAX_SETTING_CHARACTERS = 1_000;
  private static final Set<String> CHANGEABLE =
      Set.of("name", "settings", "dedupe_window_seconds", "max_body_bytes", "enabled");
  private static final Set<String> DEFINITION =
      Set.of(
          "name",
          "provider",
          "secrets",
          "settings",
          "dedupe_window_seconds",
          "max_body_bytes",
          "enabled");

  private final World world;
  private final Configuration configuration;
  private final RefusedRequests refused;
  private final Optional<String> publicUrl;

  SourceRoutes(
      World world,
      Configuration configuration,
      RefusedRequests refused,
      Optional<String> publicUrl) {
    this.world = world;
    this.configuration = configuration;
    this.refused = refused;
    this.publicUrl = publicUrl;
  }

  List<Route> table() {
    return List.of(
        Route.post("/v1/sources", "createSource", MANAGE, this::create),
        Route.get("/v1/sources", "listSources", READ, this::list, Page.LIMIT, Page.CURSOR),
        Route.get("/v1/sources/{id}", "getSource", READ, this::get),
        Route.patch("/v1/sources/{id}", "changeSource", MANAGE, this::change),
        Route.delete("/v1/sources/{id}", "deleteSource", MANAGE, this::delete),
        Route.post("/v1/sources/{id}/rotate-url", "rotateSourceUrl", MANAGE, this::rotateUrl),
        Route.post("/v1/sources/{id}/secrets", "changeSourceSecrets", MANAGE, this::secrets),
        Route.get("/v1/sources/{id}/refused", "listRefusedRequests", READ, this::refused));
  }

  /** A source as it is shown: without its secrets. */
  private record View(
      String id,
      String name,
      String provider,
      Map<String, String> settings,
      String path,
      @Nullable String url,
      boolean enabled,
      long dedupeWindowSeconds,
      int maxBodyBytes,
      int secrets,
      Instant createdAt,
      Instant updatedAt) {}

  private View view(Source source) {
    String path = "/in/" + source.token();
    return new View(
        IdKind.SOURCE.format(source.id()),
        source.name(),
        source.provider().name(),
        source.settings(),
        path,
        publicUrl.map(base -> base + path).orElse(null),
        source.enabled(),
        source.dedupeWindow().toSeconds(),
        source.maxBodyBytes(),
        source.secrets().size(),
        source.createdAt(),
        source.updatedAt());
  }

  private Answer create(Call call) throws Refusal {
    Fields fields = call.fields(DEFINITION);
    String name = fields.name("name");
    Map<String, String> settings = settings(fields, Map.of());
    Provider provider = provider(fields.text("provider", MAX_PROVIDER_CHARACTERS), settings);
    List<String> secrets =
        fields.texts("secrets", Provider.MAX_SECRETS, MAX_SECRET_CHARACTERS).stream()
            .distinct()
            .toList();
    Instant now = world.clock().instant();
    Source wanted =
        new Source(
            call.projectId(),
            world.ids().next(),
            name,
            settings,
            Tokens.next(world.random()),
            provider,
            verifier(provider, "secrets", secrets),
            secrets,
            fields.wholeSeconds(
                "dedupe_window_seconds", Source.MAX_DEDUPE_WINDOW, provider.dedupeWindow()),
            fields.integer("max_body_bytes", 1, Source.MAX_MAX_BODY_BYTES, provider.maxBodyBytes()),
            fields.flag("enabled", true),
            now,
            now);
    for (Source source : call.project().sources().values()) {
      if (source.name().equals(name)) {
        if (!sameDefinition(source, wanted)) {
          throw Problem.nameTaken(name).refusal();
        }
        return Answer.json(200, view(source));
      }
    }
    return Answer.json(201, view(save(call, wanted)));
  }

  private static boolean sameDefinition(Source one, Source other) {
    return one.provider().name().equals(other.provider().name())
        && one.settings().equals(other.settings())
        && one.secrets().equals(other.secrets())
        && one.dedupeWindow().equals(other.dedupeWindow())
        && one.maxBodyBytes() == other.maxBodyBytes()
        && one.enabled() == other.enabled();
  }

  private Answer list(Call call) throws Refusal {
    return call.page().answerAll(call.project().sources().values(), Source::id, this::view);
  }

  private Answer get(Call call) throws Refusal {
    return Answer.json(200, view(find(call)));
  }

  private Answer change(Call call) throws Refusal {
    Source source = find(call);
    Fields fields = call.fields(CHANGEABLE);
    Map<String, String> settings = settings(fields, source.settings());
    Provider provider = provider(source.provider().name(), settings);
    Source changed =
        new Source(
            source.projectId(),
            source.id(),
            fields.has("name") ? fields.name("name") : source.name(),
            settings,
            source.token(),
            provider,
            verifier(provider, "settings", source.secrets()),
            source.secrets(),
            fields.wholeSeconds(
                "dedupe_window_seconds", Source.MAX_DEDUPE_WINDOW, source.dedupeWindow()),
            fields.integer("max_body_bytes", 1, Source.MAX_MAX_BODY_BYTES, source.maxBodyBytes()),
            fields.flag("enabled", source.enabled()),
            source.createdAt(),
            world.clock().instant());
    return Answer.json(200, view(save(call, changed)));
  }

  private Answer delete(Call call) throws Refusal {
    if (!configuration
        .sources()
        .delete(configuration.changes(), call.projectId(), call.id(IdKind.SOURCE))) {
      throw Problem.notFound().refusal();
    }
    return Answer.nothing();
  }

  private Answer rotateUrl(Call call) throws Refusal {
    Source source = find(call);
    call.fields(Set.of());
    return Answer.json(
        200, view(save(call, with(source, Tokens.next(world.random()), source.secrets()))));
  }

  /** A new secret in front of the others, or the newest alone. */
  private Answer secrets(Call call) throws Refusal {
    Source source = find(call);
    Fields fields = call.fields(Set.of("secret", "drop_old"));
    if (fields.flag("drop_old", false)) {
      if (fields.has("secret")) {
        throw Problem.invalid("drop_old", "drops the old secrets and takes no new one").refusal();
      }
      return Answer.json(
          200, view(save(call, with(source, source.token(), source.secrets().subList(0, 1)))));
    }
    List<String> secrets = new ArrayList<>();
    secrets.add(fields.text("secret", MAX_SECRET_CHARACTERS));
    secrets.addAll(source.secrets());
    List<String> kept = secrets.stream().distinct().limit(Provider.MAX_SECRETS).toList();
    verifier(source.provider(), "secret", kept);
    return Answer.json(200, view(save(call, with(source, source.token(), kept))));
  }

  /** A refused request as it is shown. */
  private record RefusedList(List<RefusedRequests.Refused> data) {}

  private Answer refused(Call call) throws Refusal {
    return Answer.json(200, new RefusedList(refused.of(find(call).id())));
  }

  private Source with(Source source, String token, List<String> secrets) {
    return new Source(
        source.projectId(),
        source.id(),
        source.name(),
        source.settings(),
        token,
        source.provider(),
        source.provider().verifier(secrets),
        secrets,
        source.dedupeWindow(),
        source.maxBodyBytes(),
        source.enabled(),
        source.createdAt(),
        world.clock().instant());
  }

  private Source save(Call call, Source source) throws Refusal {
    try {
      configuration.sources().save(configuration.changes(), source);
    } catch (NameTakenException e) {
      throw Problem.nameTaken(source.name()).refusal();
    }
    return find(call, source.id());
  }

  private Source find(Call call) throws Refusal {
    return find(call, call.id(IdKind.SOURCE));
  }

  private static Source find(Call call, UUID id) throws Refusal {
    Source source = call.project().sources().get(id);
    if (source == null) {
      throw Problem.notFound().refusal();
    }
    return source;
  }

  private static Map<String, String> settings(Fields fields, Map<String, String> absent)
      throws Refusal {
    return fields.textMap("settings", MAX_SETTINGS, MAX_SETTING_CHARACTERS, absent);
  }

  private static Provider provider(String name, Map<String, String> settings) throws Refusal {
    if (!Providers.all().contains(name)) {
      throw Problem.invalid("provider", "is one of " + String.join(", ", Providers.all()))
          .refusal();
    }
    try {
      return Providers.named(name, settings);
    } catch (InvalidSettings e) {
      throw Problem.invalid("settings", String.valueOf(e.getMessage())).refusal();
    }
  }

  private static Verifier verifier(Provider provider, String field, List<String> secrets)
      throws Refusal {
    try {
      return provider.verifier(secrets);
    } catch (InvalidSecret e) {
      throw Problem.invalid(field, String.valueOf(e.getMessage())).refusal();
    }
  }
}
