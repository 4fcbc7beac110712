package dev.boathook.api;

import static dev.boathook.key.Scope.MANAGE;
import static dev.boathook.key.Scope.OPERATE;
import static dev.boathook.key.Scope.READ;

import dev.boathook.address.Cidr;
import dev.boathook.deliver.DeliveryQueries;
import dev.boathook.deliver.EndpointBacklog;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Rate;
import dev.boathook.endpoint.SecretKind;
import dev.boathook.endpoint.Security;
import dev.boathook.endpoint.Subscription;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.id.IdKind;
import dev.boathook.lane.Health.Circuit;
import dev.boathook.outbound.AddressRules;
import dev.boathook.outbound.InvalidTargetUrl;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.store.NameTakenException;
import dev.boathook.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Endpoints: the project's own, and those of its consumers. */
final class EndpointRoutes {
  private static final int MAX_SECRET_CHARACTERS = 1_000;
  private static final int MAX_SOURCES = 100;
  private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);
  private static final TypePattern ANY_TYPE = new TypePattern("*");
  private static final String EVERY_SOURCE = "*";
  private static final String PAUSED = "paused by an operator";
  private static final Set<String> CHANGEABLE =
      with(
          PolicyFields.ALL,
          "name",
          "url",
          "sources",
          "types",
          "timeout_seconds",
          "allowed_nets",
          SecurityFields.FIELD);
  private static final Set<String> DEFINITION = with(CHANGEABLE, "secret");

  private final World world;
  private final Configuration configuration;
  private final AddressRules addressRules;
  private final DeliveryQueries deliveries;
  private final Function<UUID, Optional<Circuit>> circuits;

  EndpointRoutes(
      World world,
      Configuration configuration,
      AddressRules addressRules,
      DeliveryQueries deliveries,
      Function<UUID, Optional<Circuit>> circuits) {
    this.circuits = circuits;
    this.world = world;
    this.configuration = configuration;
    this.addressRules = addressRules;
    this.deliveries = deliveries;
  }

  private static Set<String> with(Set<String> fields, String... others) {
    Set<String> all = new HashSet<>(fields);
    Collections.addAll(all, others);
    return Set.copyOf(all);
  }

  List<Route> table() {
    return List.of(
        Route.post("/v1/endpoints", "createEndpoint", MANAGE, call -> create(call, null)),
        Route.get(
            "/v1/endpoints",
            "listEndpoints",
            READ,
            call -> list(call, null),
            Page.LIMIT,
            Page.CURSOR),
        Route.get("/v1/endpoints/{id}", "getEndpoint", READ, this::get),
        Route.patch("/v1/endpoints/{id}", "changeEndpoint", MANAGE, this::change),
        Route.delete("/v1/endpoints/{id}", "deleteEndpoint", MANAGE, this::delete),
        Route.post("/v1/endpoints/{id}/pause", "pauseEndpoint", MANAGE, this::pause),
        Route.post("/v1/endpoints/{id}/resume", "resumeEndpoint", MANAGE, this::resume),
        Route.post(
            "/v1/endpoints/{id}/rotate-secret", "rotateEndpointSecret", MANAGE, this::rotate),
        Route.post(
            "/v1/consumers/{id}/endpoints",
            "createConsumerEndpoint",
            MANAGE,
            call -> create(call, consumer(call))),
        Route.get(
            "/v1/consumers/{id}/endpoints",
            "listConsumerEndpoints",
            READ,
            call -> list(call, consumer(call)),
            Page.LIMIT,
            Page.CURSOR));
  }

  /** An endpoint as it is shown: without its secrets; its policy stands beside these fields. */
  private record View(
      String id,
      @Nullable String name,
      @Nullable String consumer,
      String url,
      @Nullable Object sources,
      List<String> types,
      Number timeoutSeconds,
      List<String> allowedNets,
      int secrets,
      List<String> publicKeys,
      SecurityFields.View security,
      String status,
      @Nullable String statusReason,
      @Nullable Double resumeRatePerSecond,
      @Nullable Integer resumeRateBurst,
      Instant createdAt,
      Instant updatedAt) {}

  private static ObjectNode view(Endpoint endpoint) {
    return Json.object(fields(endpoint))
        .setAll(Json.object(PolicyFields.View.of(endpoint.policy())));
  }

  private static View fields(Endpoint endpoint) {
    UUID consumerId = endpoint.subscription().consumerId();
    Rate resumeRate = endpoint.resumeRate();
    return new View(
        IdKind.ENDPOINT.format(endpoint.id()),
        endpoint.name(),
        consumerId == null ? null : IdKind.CONSUMER.format(consumerId),
        endpoint.url().toString(),
        consumerId == null ? sources(endpoint.subscription()) : null,
        endpoint.subscription().types().stream().map(TypePattern::text).toList(),
        Times.seconds(endpoint.timeout()),
        endpoint.allowedNets().stream().map(Cidr::toString).toList(),
        endpoint.secrets().size(),
        endpoint.secrets().stream().flatMap(s -> StandardWebhooks.publicKey(s).stream()).toList(),
        SecurityFields.view(endpoint.security()),
        endpoint.status().code(),
        endpoint.statusReason(),
        resumeRate == null ? null : resumeRate.perSecond(),
        resumeRate == null ? null : resumeRate.burst(),
        endpoint.createdAt(),
        endpoint.updatedAt());
  }

  /** What is shown of one endpoint and not in lists, since it has to be looked up. */
  private record Detail(
      @Nullable EndpointBacklog queue, @Nullable Instant failingSince, @Nullable String circuit) {}

  private static Object sources(Subscription subscription) {
    Set<UUID> ids = subscription.sourceIds();
    return ids == null ? EVERY_SOURCE : ids.stream().map(IdKind.SOURCE::format).sorted().toList();
  }

  /**
   * The answers to making and rotating alone hold a secret, and only one that receivers must share:
   * of a key pair they need the public key, which is shown in any case.
   */
  private static Answer withSecret(int status, Endpoint endpoint) {
    ObjectNode view = view(endpoint);
    String newest = endpoint.secrets().getFirst();
    return Answer.json(
        status,
        switch (SecretKind.of(newest)) {
          case V1 -> view.put("secret", newest);
          case V1A -> view;
        });
  }

  private static UUID consumer(Call call) throws Refusal {
    UUID id = call.id(IdKind.CONSUMER);
    if (!call.project().consumers().containsKey(id)) {
      throw Problem.notFound().refusal();
    }
    return id;
  }

  private Answer create(Call call, @Nullable UUID consumerId) throws Refusal {
    Fields fields = call.fields(DEFINITION);
    boolean given = fields.has("secret");
    String secret = given ? secret(fields) : Endpoint.newSecret(world.random());
    Instant now = world.clock().instant();
    Security security = SecurityFields.read(fields, Security.NONE, now);
    Endpoint wanted =
        new Endpoint(
            call.projectId(),
            world.ids().next(),
            fields.nameOrNull("name", null),
            url(fields, null),
            subscription(call, fields, new Subscription(consumerId, null, List.of(ANY_TYPE))),
            List.of(secret),
            security.signer(List.of(secret)),
            security,
            PolicyFields.read(fields, DeliveryPolicy.DEFAULT),
            fields.seconds(
                "timeout_seconds", MIN_TIMEOUT, Endpoint.MAX_TIMEOUT, Endpoint.DEFAULT_TIMEOUT),
            allowedNets(call, fields, List.of()),
            Endpoint.Status.ACTIVE,
            null,
            null,
            now,
            now);
    checkAddress(wanted);
    Optional<Endpoint> same = named(call, wanted);
    if (same.isEmpty()) {
      return withSecret(201, save(call, wanted));
    }
    Endpoint original = same.get();
    if (!sameDefinition(original, wanted)
        || (given && !original.secrets().getFirst().equals(secret))) {
      throw Problem.nameTaken(String.valueOf(wanted.name())).refusal();
    }
    return withSecret(200, original);
  }

  /** The endpoint of the same consumer with the same name. */
  private static Optional<Endpoint> named(Call call, Endpoint wanted) {
    return call.project().endpoints().values().stream()
        .filter(endpoint ->
            wanted.name() != null
                && wanted.name().equals(endpoint.name())
                && Objects.equals(
                    wanted.subscription().consumerId(), endpoint.subscription().consumerId()))
        .findFirst();
  }

  private static boolean sameDefinition(Endpoint one, Endpoint other) {
    return one.url().equals(other.url())
        && one.subscription().equals(other.subscription())
        && one.security().equals(other.security())
        && one.policy().equals(other.policy())
        && one.timeout().equals(other.timeout())
        && one.allowedNets().equals(other.allowedNets());
  }

  private static Answer list(Call call, @Nullable UUID consumerId) throws Refusal {
    List<Endpoint> own =
        call.project().endpoints().values().stream()
            .filter(endpoint -> Objects.equals(endpoint.subscription().consumerId(), consumerId))
            .toList();
    return call.page().answerAll(own, Endpoint::id, EndpointRoutes::view);
  }

  private Answer get(Call call) throws Refusal {
    Endpoint endpoint = find(call);
    Detail detail =
        new Detail(
            deliveries.queue(endpoint.projectId(), endpoint.id()).orElse(null),
            deliveries.failingSince(endpoint.projectId(), endpoint.id()).orElse(null),
            circuits.apply(endpoint.id()).map(Circuit::code).orElse(null));
    return Answer.json(200, view(endpoint).setAll(Json.object(detail)));
  }

  private Answer change(Call call) throws Refusal {
    Endpoint endpoint = find(call);
    Fields fields = call.fields(CHANGEABLE);
    Instant now = world.clock().instant();
    Security security = SecurityFields.read(fields, endpoint.security(), now);
    Endpoint changed =
        new Endpoint(
            endpoint.projectId(),
            endpoint.id(),
            fields.nameOrNull("name", endpoint.name()),
            url(fields, endpoint.url()),
            subscription(call, fields, endpoint.subscription()),
            endpoint.secrets(),
            security.signer(endpoint.secrets()),
            security,
            PolicyFields.read(fields, endpoint.policy()),
            fields.seconds(
                "timeout_seconds", MIN_TIMEOUT, Endpoint.MAX_TIMEOUT, endpoint.timeout()),
            allowedNets(call, fields, endpoint.allowedNets()),
            endpoint.status(),
            endpoint.statusReason(),
            endpoint.resumeRate(),
            endpoint.createdAt(),
            now);
    boolean elsewhere =
        !changed.url().equals(endpoint.url())
            || !SecurityFields.tokenUrl(changed).equals(SecurityFields.tokenUrl(endpoint));
    if (elsewhere && !changed.allowedNets().isEmpty()) {
      // The networks were opened for the old URLs.
      call.require(OPERATE);
    }
    SecurityFields.checkHost(fields, endpoint, changed);
    if (fields.has("url") || fields.has("allowed_nets") || fields.has(SecurityFields.FIELD)) {
      checkAddress(changed);
    }
    return Answer.json(200, view(save(call, changed)));
  }

  private Answer delete(Call call) throws Refusal {
    if (!configuration
        .endpoints()
        .delete(configuration.changes(), call.projectId(), call.id(IdKind.ENDPOINT))) {
      throw Problem.notFound().refusal();
    }
    return Answer.nothing();
  }

  private Answer pause(Call call) throws Refusal {
    Endpoint endpoint = find(call);
    call.fields(Set.of());
    return Answer.json(200, view(save(call, endpoint.paused(PAUSED))));
  }

  private Answer resume(Call call) throws Refusal {
    Endpoint endpoint = find(call);
    Rate rate = PolicyFields.rate(call.fields(PolicyFields.RATE), null);
    return Answer.json(200, view(save(call, endpoint.resumed(rate))));
  }

  /** A new secret in front of the others, or the newest of each kind alone. */
  private Answer rotate(Call call) throws Refusal {
    Endpoint endpoint = find(call);
    Fields fields = call.fields(Set.of("secret", "kind", "drop_old"));
    Optional<SecretKind> kind = kind(fields);
    if (fields.flag("drop_old", false)) {
      if (fields.has("secret")) {
        throw Problem.invalid("drop_old", "drops the old secrets and takes no new one").refusal();
      }
      List<String> kept =
          endpoint.newestSecrets().stream()
              .filter(secret -> kind.isEmpty() || kind.get() == SecretKind.of(secret))
              .toList();
      if (kept.isEmpty()) {
        throw Problem.invalid("kind", "there is no secret of this kind to keep").refusal();
      }
      return withSecret(200, save(call, endpoint.with(kept)));
    }
    if (fields.has("secret") && kind.isPresent()) {
      throw Problem.invalid("kind", "is of a secret that is made here").refusal();
    }
    String secret =
        fields.has("secret")
            ? secret(fields)
            : kind.orElse(SecretKind.V1).newSecret(world.random());
    return withSecret(200, save(call, endpoint.signingFirstWith(secret)));
  }

  private static Optional<SecretKind> kind(Fields fields) throws Refusal {
    if (!fields.has("kind")) {
      return Optional.empty();
    }
    Optional<SecretKind> kind = SecretKind.named(fields.text("kind", MAX_SECRET_CHARACTERS));
    if (kind.isEmpty()) {
      throw Problem.invalid("kind", "is v1 or v1a").refusal();
    }
    return kind;
  }

  private Endpoint save(Call call, Endpoint endpoint) throws Refusal {
    try {
      configuration.endpoints().save(configuration.changes(), endpoint);
    } catch (NameTakenException e) {
      throw Problem.nameTaken(String.valueOf(endpoint.name())).refusal();
    }
    return find(call, endpoint.id());
  }

  private static Endpoint find(Call call) throws Refusal {
    return find(call, call.id(IdKind.ENDPOINT));
  }

  private static Endpoint find(Call call, UUID id) throws Refusal {
    Endpoint endpoint = call.project().endpoints().get(id);
    if (endpoint == null) {
      throw Problem.notFound().refusal();
    }
    return endpoint;
  }

  private static String secret(Fields fields) throws Refusal {
    String secret = fields.text("secret", MAX_SECRET_CHARACTERS);
    try {
      StandardWebhooks.checkSecret(secret);
      return secret;
    } catch (InvalidSecret e) {
      throw Problem.invalid("secret", String.valueOf(e.getMessage())).refusal();
    }
  }

  private static TargetUrl url(Fields fields, @Nullable TargetUrl absent) throws Refusal {
    if (absent != null && !fields.has("url")) {
      return absent;
    }
    // One character more than allowed lets the URL's own rules say that it is too long.
    return switch (TargetUrl.parse(fields.text("url", TargetUrl.MAX_CHARS))) {
      case TargetUrl url -> url;
      case InvalidTargetUrl invalid ->
          throw Problem.invalid(invalid.code(), "url", invalid.message()).refusal();
    };
  }

  /** A name is looked up and checked before every attempt; an address can be checked now. */
  private void checkAddress(Endpoint endpoint) throws Refusal {
    Optional<String> why = addressRules.whyRefused(endpoint.url(), endpoint.allowedNets());
    if (why.isPresent()) {
      throw Problem.invalid("address_refused", "url", why.get()).refusal();
    }
    SecurityFields.check(endpoint, addressRules);
  }

  private static Subscription subscription(Call call, Fields fields, Subscription before)
      throws Refusal {
    List<TypePattern> types = fields.has("types") ? PolicyFields.types(fields) : before.types();
    return new Subscription(before.consumerId(), sources(call, fields, before), types);
  }

  private static @Nullable Set<UUID> sources(Call call, Fields fields, Subscription before)
      throws Refusal {
    if (!fields.has("sources")) {
      return before.sourceIds();
    }
    if (before.consumerId() != null) {
      throw Problem.invalid("sources", "a consumer's endpoint gets its published events only")
          .refusal();
    }
    if (fields.isText("sources", EVERY_SOURCE)) {
      return null;
    }
    if (!fields.isList("sources")) {
      throw Problem.invalid("sources", "is \"*\" or a list of sources' ids").refusal();
    }
    Set<UUID> ids = new HashSet<>();
    for (String text : fields.texts("sources", MAX_SOURCES, Fields.MAX_NAME_CHARACTERS)) {
      ids.add(
          IdKind.SOURCE
              .parse(text)
              .filter(call.project().sources()::containsKey)
              .orElseThrow(
                  () -> Problem.invalid("sources", "there is no source " + text).refusal()));
    }
    return ids;
  }

  private static List<Cidr> allowedNets(Call call, Fields fields, List<Cidr> absent)
      throws Refusal {
    if (!fields.has("allowed_nets")) {
      return absent;
    }
    call.require(OPERATE);
    return fields.nets("allowed_nets", Endpoint.MAX_NETS, absent);
  }
}
