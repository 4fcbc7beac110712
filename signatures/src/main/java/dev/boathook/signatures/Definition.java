package dev.boathook.signatures;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A provider put together from parts. See {@link Payments} for how a definition reads. */
final class Definition implements Provider {

  private static final Duration USUAL_DEDUPE_WINDOW = Duration.ofDays(7);
  private static final int USUAL_MAX_BODY_BYTES = 1 << 20;
  private static final String FORM = "application/x-www-form-urlencoded";

  private final Builder parts;
  private final RemoteKeys keys;
  private final String name;
  private final String summary;
  private final String secretHint;
  private final Scheme scheme;
  private final Set<String> methods;
  private final Set<String> contentTypes;
  private final Duration dedupeWindow;
  private final int maxBodyBytes;
  private final EnvelopeRule envelope;
  private final List<HandshakeRule> greetings;
  private final List<HandshakeRule> handshakes;
  private final @Nullable Split split;
  private final Predicate<WebhookRequest> splits;
  private final Function<WebhookRequest, @Nullable Answer> accepted;
  private final Duration replyLimit;
  private final Predicate<WebhookRequest> repliesTo;
  private final boolean refusesWithoutBody;
  private final @Nullable String jsonFormField;
  private final List<String> samples;
  private final JsonPointers pointers;

  private Definition(Builder builder, Scheme scheme, RemoteKeys keys) {
    this.parts = builder;
    this.keys = keys;
    this.name = builder.name;
    this.summary = builder.summary;
    this.secretHint = builder.secretHint;
    this.scheme = scheme;
    this.methods = builder.methods;
    this.contentTypes = builder.contentTypes;
    this.dedupeWindow = builder.dedupeWindow;
    this.maxBodyBytes = builder.maxBodyBytes;
    this.envelope =
        new EnvelopeRule(
            builder.id, builder.type, builder.key, builder.time, builder.dedupe, builder.deduped);
    this.greetings = List.copyOf(builder.greetings);
    this.handshakes = List.copyOf(builder.handshakes);
    this.split = builder.split;
    this.splits = builder.splits;
    this.accepted = builder.accepted;
    this.replyLimit = builder.replyLimit;
    this.repliesTo = builder.repliesTo;
    this.refusesWithoutBody = builder.refusesWithoutBody;
    this.jsonFormField = builder.jsonFormField;
    this.samples = builder.samples;
    Set<String> pointers = new LinkedHashSet<>();
    envelope.pointers(pointers);
    greetings.forEach(greeting -> greeting.pointers(pointers));
    handshakes.forEach(handshake -> handshake.pointers(pointers));
    this.pointers = new JsonPointers(pointers);
  }

  static Builder named(String name) {
    return new Builder(name);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String summary() {
    return summary;
  }

  @Override
  public String secretHint() {
    return secretHint;
  }

  @Override
  public boolean signs() {
    return scheme.signs();
  }

  @Override
  public Provider fetching(RemoteKeys remoteKeys) {
    return new Definition(parts, scheme, remoteKeys);
  }

  @Override
  public Verifier verifier(List<String> secrets) {
    return scheme.verifier(secrets, keys);
  }

  @Override
  public Signer signer(String secret) {
    return scheme.signer(secret.isEmpty() ? List.of() : List.of(secret));
  }

  @Override
  public Set<String> methods() {
    return methods;
  }

  @Override
  public Set<String> contentTypes() {
    return contentTypes;
  }

  @Override
  public Optional<Reading> greeting(WebhookRequest request) {
    return greetings.isEmpty() ? Optional.empty() : answer(greetings, facts(request), "");
  }

  @Override
  public Reading read(WebhookRequest request, String secret) {
    if (request.method().equals("GET") && request.body().length == 0) {
      Optional<Reading> handshake = answer(handshakes, facts(request), secret);
      return handshake.orElseGet(() -> new Reading.Batch(List.of(queryAsForm(request))));
    }
    Facts facts = facts(request);
    Optional<Reading> handshake = answer(handshakes, facts, secret);
    if (handshake.isPresent()) {
      return handshake.get();
    }
    List<byte[]> parts =
        split == null || !splits.test(request) ? null : split.parts(request.body());
    if (parts == null) {
      return new Reading.Notification(envelope.read(facts, scheme.signedText(request)));
    }
    if (parts.size() > Reading.Batch.MAX_ITEMS) {
      return new Reading.Notification(EnvelopeRule.ofManyEvents(request.body()));
    }
    if (parts.isEmpty()) {
      return new Reading.Handshake(accepted(request).orElseGet(() -> Answer.empty(200)));
    }
    return new Reading.Batch(parts.stream().map(part -> item(request, part)).toList());
  }

  private static Optional<Reading> answer(List<HandshakeRule> rules, Facts facts, String secret) {
    for (HandshakeRule rule : rules) {
      Reading answer = rule.answer(facts, secret);
      if (answer != null) {
        return Optional.of(answer);
      }
    }
    return Optional.empty();
  }

  private Facts facts(WebhookRequest request) {
    return facts(request, pointers);
  }

  /** The facts at these pointers. */
  Facts facts(WebhookRequest request, JsonPointers asked) {
    return new Facts(request, asked, jsonFormField);
  }

  private Reading.Item item(WebhookRequest request, byte[] part) {
    // Each part is told apart by itself: the signed text is that of all of them.
    Envelope read = envelope.read(facts(request.with(part)), sink -> sink.update(part));
    String contentType = request.headers().first("Content-Type");
    return new Reading.Item(read, contentType == null ? "" : contentType, part);
  }

  /** What a GET says stands in its query, which is written as a form is; a token there is cut. */
  private Reading.Item queryAsForm(WebhookRequest request) {
    byte[] query = Utf8.bytes(Query.without(request.url(), scheme.tokenParameters()));
    // Where nothing is signed, it is the body that tells two events apart, and here that is the
    // query.
    SignedText.Content told =
        scheme.signs() ? scheme.signedText(request) : sink -> sink.update(query);
    WebhookRequest form =
        new WebhookRequest(
            request.method(), request.url(), Headers.of("Content-Type", FORM), query);
    return new Reading.Item(envelope.read(facts(form.plus(request.headers())), told), FORM, query);
  }

  @Override
  public Optional<Answer> accepted(WebhookRequest request) {
    return Optional.ofNullable(accepted.apply(request));
  }

  @Override
  public Optional<Duration> replyLimit(WebhookRequest request) {
    return replyLimit.isZero() || !repliesTo.test(request)
        ? Optional.empty()
        : Optional.of(replyLimit);
  }

  @Override
  public boolean refusesWithoutBody() {
    return refusesWithoutBody;
  }

  @Override
  public boolean timestamped() {
    return scheme.timestamped();
  }

  @Override
  public Duration dedupeWindow() {
    return dedupeWindow;
  }

  @Override
  public int maxBodyBytes() {
    return maxBodyBytes;
  }

  @Override
  public List<String> samples() {
    return samples;
  }

  @Override
  public WebhookRequest sample(String sample, String url, SigningContext context) {
    if (!samples.contains(sample)) {
      throw new IllegalArgumentException(
          "%s has no sample '%s'; there are %s"
              .formatted(name, sample, String.join(", ", samples)));
    }
    return Samples.request(name, sample, url, context);
  }

  @Override
  public String toString() {
    return name;
  }

  /** Puts a definition together. What is not said is not there. */
  static final class Builder {
    private final String name;
    private String summary = "";
    private String secretHint = "";
    private @Nullable Scheme scheme;
    private Set<String> methods = Set.of("POST");
    private Set<String> contentTypes = Set.of();
    private Duration dedupeWindow = USUAL_DEDUPE_WINDOW;
    private int maxBodyBytes = USUAL_MAX_BODY_BYTES;
    private Field id = Field.nowhere();
    private Field type = Field.nowhere();
    private Field key = Field.nowhere();
    private Field time = Field.nowhere();
    private Field dedupe = Field.nowhere();
    private boolean deduped = true;
    private final List<HandshakeRule> greetings = new ArrayList<>();
    private final List<HandshakeRule> handshakes = new ArrayList<>();
    private @Nullable Split split;
    private Predicate<WebhookRequest> splits = _ -> true;
    private Function<WebhookRequest, @Nullable Answer> accepted = _ -> null;
    private Duration replyLimit = Duration.ZERO;
    private Predicate<WebhookRequest> repliesTo = _ -> false;
    private boolean refusesWithoutBody;
    private @Nullable String jsonFormField;
    private List<String> samples = List.of();

    private Builder(String name) {
      this.name = name;
    }

    /** Who it is and what proves its requests, in one line. */
    Builder summary(String line) {
      summary = line;
      return this;
    }

    /** What to give as the secret. */
    Builder secret(String hint) {
      secretHint = hint;
      return this;
    }

    Builder methods(String... names) {
      methods = Set.of(names);
      return this;
    }

    Builder accepts(String... mediaTypes) {
      contentTypes = Set.of(mediaTypes);
      return this;
    }

    Builder signedBy(SignatureBuilder signature) {
      return provenBy(signature.scheme());
    }

    Builder provenBy(Scheme scheme) {
      this.scheme = scheme;
      return this;
    }

    /** Where the JSON is if the body is a form. */
    Builder jsonInFormField(String field) {
      jsonFormField = field;
      return this;
    }

    Builder id(Field field) {
      id = field;
      return this;
    }

    Builder type(Field field) {
      type = field;
      return this;
    }

    Builder key(Field field) {
      key = field;
      return this;
    }

    Builder time(Field field) {
      time = field;
      return this;
    }

    /** What tells two events apart, where the id does not or there is none. */
    Builder dedupedBy(Field... fields) {
      dedupe = Field.joined(fields);
      return this;
    }

    /** What tells two events apart; without it nothing is a duplicate. */
    Builder dedupedOnlyBy(Field... fields) {
      deduped = false;
      return dedupedBy(fields);
    }

    /** Nothing is ever a duplicate. */
    Builder neverDeduped() {
      deduped = false;
      return this;
    }

    Builder dedupeWindow(Duration window) {
      dedupeWindow = window;
      return this;
    }

    Builder bodiesUpTo(int mebibytes) {
      maxBodyBytes = mebibytes << 20;
      return this;
    }

    /**
     * A request may carry several events. Where the envelope stands is then told for a body that
     * holds one event.
     */
    Builder eachOf(Split events) {
      split = events;
      return this;
    }

    /** Only such requests may carry several events. */
    Builder eachOf(Split events, Predicate<WebhookRequest> requests) {
      splits = requests;
      return eachOf(events);
    }

    /** A test of the address that comes without a signature or token. */
    Builder greets(HandshakeRule rule) {
      greetings.add(rule);
      return this;
    }

    /** A test of the address that is signed like anything else. */
    Builder shakesHands(HandshakeRule rule) {
      handshakes.add(rule);
      return this;
    }

    /** What to answer when the events are stored. */
    Builder answers(Answer answer) {
      return answers(_ -> answer);
    }

    /** What to answer when the events are stored; null if any 2xx will do. */
    Builder answers(Function<WebhookRequest, @Nullable Answer> answer) {
      accepted = answer;
      return this;
    }

    /** Whoever sends such a request waits so long for an answer made for it. */
    Builder waitsForReply(Duration limit, Predicate<WebhookRequest> requests) {
      replyLimit = limit;
      repliesTo = requests;
      return this;
    }

    /** The names of the sample requests that lie beside this class, the usual one first. */
    Builder samples(String... names) {
      samples = List.of(names);
      return this;
    }

    Builder refusesWithoutBody() {
      refusesWithoutBody = true;
      return this;
    }

    Definition build() {
      if (scheme == null || summary.isEmpty()) {
        throw new IllegalStateException(name + " has no scheme or no summary");
      }
      return new Definition(this, scheme, RemoteKeys.NONE);
    }
  }
}
