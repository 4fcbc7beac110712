package dev.boathook.api;

import static dev.boathook.key.Scope.MANAGE;
import static dev.boathook.key.Scope.READ;

import dev.boathook.endpoint.Endpoint;
import dev.boathook.id.IdKind;
import dev.boathook.id.Tokens;
import dev.boathook.receive.RefusedRequests;
import dev.boathook.sequence.Gaps;
import dev.boathook.signatures.InvalidSecret;
import dev.boathook.signatures.InvalidSettings;
import dev.boathook.signatures.Place;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.source.ReplyFallback;
import dev.boathook.source.SequenceRule;
import dev.boathook.source.Source;
import dev.boathook.source.SourceSecret;
import dev.boathook.source.SourceSecrets;
import dev.boathook.store.NameTakenException;
import dev.boathook.tls.ClientCertificates;
import dev.boathook.world.World;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sources. */
final class SourceRoutes {
  private static final int MAX_PROVIDER_CHARACTERS = 100;

  /** As the providers' definitions have it: a secret may be a key in PEM, a setting several. */
  private static final int MAX_SECRET_CHARACTERS = 8_192;

  private static final int MAX_SETTINGS = 32;
  private static final int MAX_SETTING_CHARACTERS = 4_096;
  private static final int MAX_FINGERPRINT_CHARACTERS = 95;
  private static final int MAX_ID_CHARACTERS = 64;
  private static final int MAX_CODE_CHARACTERS = 20;
  private static final int MAX_MEDIA_TYPE_CHARACTERS = 64;
  private static final Duration MAX_RETIREMENT = Duration.ofDays(366);
  private static final Set<String> CHANGEABLE =
      Set.of(
          "name",
          "settings",
          "public_url",
          "allowed_nets",
          "client_certificates",
          "reply_endpoint",
          "reply_fallback",
          "ordering_key",
          "sequence",
          "dedupe_window_seconds",
          "max_body_bytes",
          "enabled");
  private static final Set<String> DEFINITION = with(CHANGEABLE, "provider", "secrets");
  private static final Set<String> CERTIFICATES = Set.of("sha256", "ca", "names");
  private static final Set<String> SEQUENCE =
      Set.of("kind", "at", "resource", "starts_at", "wait_seconds", "max_held", "late");
  private static final Set<String> FALLBACK = Set.of("status", "content_type", "body");

  private final World world;
  private final Configuration configuration;
  private final RefusedRequests refused;
  private final Gaps gaps;
  private final Optional<String> publicUrl;

  SourceRoutes(
      World world,
      Configuration configuration,
      RefusedRequests refused,
      Gaps gaps,
      Optional<String> publicUrl) {
    this.world = world;
    this.configuration = configuration;
    this.refused = refused;
    this.gaps = gaps;
    this.publicUrl = publicUrl;
  }

  private static Set<String> with(Set<String> fields, String... others) {
    Set<String> all = new HashSet<>(fields);
    all.addAll(List.of(others));
    return Set.copyOf(all);
  }

  List<Route> table() {
    return List.of(
        Route.post("/v1/sources", "createSource", MANAGE, this::create),
        Route.get("/v1/sources", "listSources", READ, this::list, Page.LIMIT, Page.CURSOR),
        Route.get("/v1/sources/{id}", "getSource", READ, this::get),
        Route.patch("/v1/sources/{id}", "changeSource", MANAGE, this::change),
        Route.delete("/v1/sources/{id}", "deleteSource", MANAGE, this::delete),
        Route.post("/v1/sources/{id}/rotate-url", "rotateSourceUrl", MANAGE, this::rotateUrl),
        Route.get("/v1/sources/{id}/secrets", "listSourceSecrets", MANAGE, this::secrets),
        Route.post("/v1/sources/{id}/secrets", "changeSourceSecrets", MANAGE, this::changeSecrets),
        Route.post(
            "/v1/sources/{id}/secrets/retire", "retireSourceSecret", MANAGE, this::retireSecret),
        Route.get("/v1/sources/{id}/refused", "listRefusedRequests", READ, this::refused),
        Route.get("/v1/sources/{id}/gaps", "listGaps", READ, this::gaps, Page.LIMIT, Page.CURSOR));
  }

  private SourceView view(Source source) {
    return SourceView.of(source, publicUrl, world.clock().instant());
  }

  private Answer create(Call call) throws Refusal {
    Fields fields = call.fields(DEFINITION);
    String name = fields.name("name");
    Map<String, String> settings = settings(fields, Map.of());
    Provider provider = provider(fields.text("provider", MAX_PROVIDER_CHARACTERS), settings);
    Instant now = world.clock().instant();
    Source.Builder wanted =
        Source.builder(
                call.projectId(),
                world.ids().next(),
                name,
                Tokens.next(world.random()),
                secrets(provider, fields, now),
                now)
            .provider(provider, settings);
    Source source = read(call, fields, wanted.build());
    for (Source other : call.project().sources().values()) {
      if (other.name().equals(name)) {
        if (!sameDefinition(other, source)) {
          throw Problem.nameTaken(name).refusal();
        }
        return Answer.json(200, view(other));
      }
    }
    return Answer.json(201, view(save(call, source)));
  }

  private static SourceSecrets secrets(Provider provider, Fields fields, Instant now)
      throws Refusal {
    List<String> values =
        fields.has("secrets")
            ? fields.linesOrNone("secrets", SourceSecrets.MAX_SECRETS, MAX_SECRET_CHARACTERS)
            : List.of();
    try {
      return SourceSecrets.together(provider, values, now);
    } catch (InvalidSecret e) {
      throw fields.wrong("secrets", e);
    }
  }

  private static boolean sameDefinition(Source one, Source other) {
    return one.provider().name().equals(other.provider().name())
        && one.settings().equals(other.settings())
        && one.secrets().values().equals(other.secrets().values())
        && Objects.equals(one.publicUrl(), other.publicUrl())
        && one.allowedNets().equals(other.allowedNets())
        && Objects.equals(one.clientCertificates(), other.clientCertificates())
        && Objects.equals(one.replyEndpointId(), other.replyEndpointId())
        && Objects.equals(one.replyFallback(), other.replyFallback())
        && Objects.equals(one.orderingKey(), other.orderingKey())
        && Objects.equals(one.sequence(), other.sequence())
        && one.dedupeWindow().equals(other.dedupeWindow())
        && one.maxBodyBytes() == other.maxBodyBytes()
        && one.enabled() == other.enabled();
  }

  /** What can be changed later as well as given at once. */
  private static Source read(Call call, Fields fields, Source before) throws Refusal {
    return before
        .with()
        .publicUrl(publicUrl(fields, before.publicUrl()))
        .allowedNets(fields.nets("allowed_nets", Source.MAX_ALLOWED_NETS, before.allowedNets()))
        .clientCertificates(clientCertificates(fields, before.clientCertificates()))
        .replyEndpointId(replyEndpoint(call, fields, before.replyEndpointId()))
        .replyFallback(replyFallback(fields, before.replyFallback()))
        .orderingKey(place(fields, "ordering_key", before.orderingKey()))
        .sequence(sequence(fields, before.sequence()))
        .dedupeWindow(
            fields.wholeSeconds(
                "dedupe_window_seconds", Source.MAX_DEDUPE_WINDOW, before.dedupeWindow()))
        .maxBodyBytes(
            fields.integer("max_body_bytes", 1, Source.MAX_MAX_BODY_BYTES, before.maxBodyBytes()))
        .enabled(fields.flag("enabled", before.enabled()))
        .build();
  }

  private static @Nullable String publicUrl(Fields fields, @Nullable String absent) throws Refusal {
    String url = fields.textOrNull("public_url", Source.MAX_PUBLIC_URL_CHARACTERS, absent);
    try {
      if (url != null) {
        Source.checkPublicUrl(url);
      }
      return url;
    } catch (IllegalArgumentException e) {
      throw fields.wrong("public_url", e);
    }
  }

  private static @Nullable ClientCertificates clientCertificates(
      Fields fields, @Nullable ClientCertificates absent) throws Refusal {
    if (!fields.has("client_certificates")) {
      return absent;
    }
    Fields accepted = fields.objectOrNull("client_certificates", CERTIFICATES);
    if (accepted == null) {
      return null;
    }
    try {
      return ClientCertificates.of(
          list(accepted, "sha256", MAX_FINGERPRINT_CHARACTERS),
          accepted.has("ca") && !accepted.isNull("ca")
              ? accepted.lines("ca", ClientCertificates.MAX_PEM_CHARACTERS)
              : null,
          list(accepted, "names", ClientCertificates.MAX_NAME_CHARACTERS));
    } catch (IllegalArgumentException e) {
      throw fields.wrong("client_certificates", e);
    }
  }

  private static List<String> list(Fields fields, String field, int maxCharacters) throws Refusal {
    return fields.has(field)
        ? fields.textsOrNone(field, ClientCertificates.MAX_ITEMS, maxCharacters)
        : List.of();
  }

  /** One of the project's own endpoints: a consumer has no say in what a provider is told. */
  private static @Nullable UUID replyEndpoint(Call call, Fields fields, @Nullable UUID absent)
      throws Refusal {
    if (!fields.has("reply_endpoint")) {
      return absent;
    }
    String text = fields.textOrNull("reply_endpoint", MAX_ID_CHARACTERS, null);
    if (text == null) {
      return null;
    }
    return IdKind.ENDPOINT
        .parse(text)
        .map(call.project().endpoints()::get)
        .filter(endpoint -> endpoint.subscription().consumerId() == null)
        .map(Endpoint::id)
        .orElseThrow(() ->
            fields.wrong("reply_endpoint", "is not the id of one of the project's own endpoints"));
  }

  private static @Nullable ReplyFallback replyFallback(
      Fields fields, @Nullable ReplyFallback absent) throws Refusal {
    if (!fields.has("reply_fallback")) {
      return absent;
    }
    Fields fallback = fields.objectOrNull("reply_fallback", FALLBACK);
    if (fallback == null) {
      return null;
    }
    fallback.require("status");
    try {
      return new ReplyFallback(
          fallback.integer("status", 200, 599, 200),
          fallback.text("content_type", MAX_MEDIA_TYPE_CHARACTERS),
          fallback.lines("body", ReplyFallback.MAX_BODY_BYTES));
    } catch (IllegalArgumentException e) {
      throw fields.wrong("reply_fallback", e);
    }
  }

  /** A place in a request; null when the field is null. */
  private static @Nullable Place place(Fields fields, String field, @Nullable Place absent)
      throws Refusal {
    if (!fields.has(field)) {
      return absent;
    }
    String text = fields.textOrNull(field, Place.MAX_CHARACTERS, null);
    try {
      return text == null ? null : Place.parse(text);
    } catch (IllegalArgumentException e) {
      throw fields.wrong(field, e);
    }
  }

  private static @Nullable SequenceRule sequence(Fields fields, @Nullable SequenceRule absent)
      throws Refusal {
    if (!fields.has("sequence")) {
      return absent;
    }
    Fields rule = fields.objectOrNull("sequence", SEQUENCE);
    if (rule == null) {
      return null;
    }
    SequenceRule.Kind kind = kind(rule);
    if (kind != SequenceRule.Kind.NUMBER) {
      for (String field : List.of("starts_at", "wait_seconds", "max_held")) {
        if (rule.has(field) && !rule.isNull(field)) {
          throw rule.wrong(field, "is only for kind number: nothing waits by another");
        }
      }
    }
    return new SequenceRule(
        kind,
        required(rule, "at"),
        place(rule, "resource", null),
        given(rule, "starts_at") ? rule.wholeNumber("starts_at", 0, Long.MAX_VALUE, 0) : null,
        given(rule, "wait_seconds")
            ? rule.wholeSeconds("wait_seconds", SequenceRule.MAX_WAIT, SequenceRule.DEFAULT_WAIT)
            : SequenceRule.DEFAULT_WAIT,
        given(rule, "max_held")
            ? rule.integer("max_held", 1, SequenceRule.MAX_MAX_HELD, SequenceRule.DEFAULT_MAX_HELD)
            : SequenceRule.DEFAULT_MAX_HELD,
        late(rule));
  }

  private static Place required(Fields fields, String field) throws Refusal {
    Place place = place(fields, field, null);
    if (place == null) {
      throw fields.wrong(field, "is missing");
    }
    return place;
  }

  private static boolean given(Fields fields, String field) {
    return fields.has(field) && !fields.isNull(field);
  }

  private static SequenceRule.Kind kind(Fields rule) throws Refusal {
    String code = rule.text("kind", MAX_CODE_CHARACTERS);
    try {
      return SequenceRule.Kind.of(code);
    } catch (IllegalArgumentException e) {
      throw rule.wrong("kind", e);
    }
  }

  private static SequenceRule.Late late(Fields rule) throws Refusal {
    if (!rule.has("late")) {
      return SequenceRule.Late.DELIVER;
    }
    String code = rule.text("late", MAX_CODE_CHARACTERS);
    try {
      return SequenceRule.Late.of(code);
    } catch (IllegalArgumentException e) {
      throw rule.wrong("late", e);
    }
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
    Source.Builder changed =
        source.with().name(fields.has("name") ? fields.name("name") : source.name());
    try {
      changed.provider(provider(source.provider().name(), settings), settings);
    } catch (InvalidSecret e) {
      throw fields.wrong("settings", e);
    }
    return Answer.json(200, view(save(call, read(call, fields, changed.build()))));
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
        200, view(save(call, source.with().token(Tokens.next(world.random())).build())));
  }

  /** A secret with its value if the provider handed it over, for whoever must confirm it there. */
  private record EnrolledView(
      Instant addedAt,
      @Nullable Instant retiresAt,
      boolean active,
      boolean enrolled,
      @Nullable String value) {}

  /** Secrets, the newest first. */
  private record SecretList(List<EnrolledView> data) {}

  private Answer secrets(Call call) throws Refusal {
    Instant now = world.clock().instant();
    return Answer.json(
        200,
        new SecretList(
            find(call).secrets().all().stream()
                .map(secret ->
                    new EnrolledView(
                        secret.addedAt(),
                        secret.retiresAt(),
                        secret.isActive(now),
                        secret.enrolled(),
                        secret.enrolled() ? secret.value() : null))
                .toList()));
  }

  /** A new secret in front of the others, which may get a date; or the newest alone. */
  private Answer changeSecrets(Call call) throws Refusal {
    Source source = find(call);
    Fields fields =
        call.fields(Set.of("secret", "drop_old", "retire_others_at", "retire_others_in_seconds"));
    Instant now = world.clock().instant();
    if (fields.flag("drop_old", false)) {
      for (String other : List.of("secret", "retire_others_at", "retire_others_in_seconds")) {
        if (fields.has(other)) {
          throw fields.wrong("drop_old", "drops the old secrets and takes no " + other);
        }
      }
      SourceSecrets newest =
          source
              .secrets()
              .newestAlone(now)
              .orElseThrow(() -> fields.wrong("drop_old", "there is no active secret to keep"));
      return Answer.json(200, view(save(call, source.with().secrets(newest).build())));
    }
    Instant retirement = retirement(fields, now);
    SourceSecrets secrets;
    try {
      secrets = source.secrets().adding(fields.lines("secret", MAX_SECRET_CHARACTERS), false, now);
    } catch (InvalidSecret e) {
      throw fields.wrong("secret", e);
    }
    if (retirement != null) {
      secrets = secrets.retiringOthers(retirement);
    }
    return Answer.json(200, view(save(call, source.with().secrets(secrets).build())));
  }

  private static @Nullable Instant retirement(Fields fields, Instant now) throws Refusal {
    if (!fields.has("retire_others_in_seconds")) {
      return future(fields, "retire_others_at", now);
    }
    if (fields.has("retire_others_at")) {
      throw fields.wrong("retire_others_at", "is given, and retire_others_in_seconds too");
    }
    return now.plus(
        fields.wholeSeconds("retire_others_in_seconds", MAX_RETIREMENT, MAX_RETIREMENT));
  }

  /** A moment in the next year; null when the field is absent or null. */
  private static @Nullable Instant future(Fields fields, String field, Instant now) throws Refusal {
    Instant at = fields.time(field);
    if (at != null && !at.isAfter(now)) {
      throw fields.wrong(field, "is in the past");
    }
    if (at != null && at.isAfter(now.plus(MAX_RETIREMENT))) {
      throw fields.wrong(field, "is more than " + MAX_RETIREMENT.toDays() + " days ahead");
    }
    return at;
  }

  /** One secret retires, at once or at a time. */
  private Answer retireSecret(Call call) throws Refusal {
    Source source = find(call);
    Fields fields = call.fields(Set.of("added_at", "at", "leave_none"));
    Instant now = world.clock().instant();
    fields.require("added_at");
    Instant addedAt = fields.time("added_at");
    SourceSecret secret =
        source.secrets().all().stream()
            .filter(each -> each.isActive(now) && each.addedAt().equals(addedAt))
            .findFirst()
            .orElseThrow(() -> fields.wrong("added_at", "no active secret was added then"));
    Instant at = future(fields, "at", now);
    SourceSecrets secrets = source.secrets().retiring(secret, at == null ? now : at);
    if (secrets.runOut() && !fields.flag("leave_none", false)) {
      throw Problem.conflict(
              "last_secret",
              "Last secret",
              "without it no secret would be left that does not retire, and every request would be"
                  + " refused then; add another first, or say leave_none")
          .refusal();
    }
    return Answer.json(200, view(save(call, source.with().secrets(secrets).build())));
  }

  /** A refused request as it is shown. */
  private record RefusedList(List<RefusedRequests.Refused> data) {}

  private Answer refused(Call call) throws Refusal {
    return Answer.json(200, new RefusedList(refused.of(find(call).id())));
  }

  /** A gap as it is shown. */
  private record GapView(
      @Nullable String resource, long first, long last, String cause, Instant foundAt) {
    static GapView of(Gaps.Gap gap) {
      return new GapView(
          gap.resource().isEmpty() ? null : gap.resource(),
          gap.first(),
          gap.last(),
          gap.cause(),
          gap.foundAt());
    }
  }

  private Answer gaps(Call call) throws Refusal {
    Page page = call.page();
    UUID sourceId = find(call).id();
    return page.answer(
        gaps.list(call.projectId(), sourceId, page.before(), page.rows()),
        Gaps.Gap::id,
        GapView::of);
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
    return fields.settings("settings", MAX_SETTINGS, MAX_SETTING_CHARACTERS, absent);
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
}
