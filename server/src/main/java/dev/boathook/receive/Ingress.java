package dev.boathook.receive;

import dev.boathook.accept.Acceptance;
import dev.boathook.accept.Acceptor;
import dev.boathook.accept.GroupAcceptance;
import dev.boathook.accept.Offer;
import dev.boathook.accept.Replied;
import dev.boathook.deliver.Reply;
import dev.boathook.deliver.ReplyRequest;
import dev.boathook.event.Origin;
import dev.boathook.key.Hash;
import dev.boathook.route.Directory;
import dev.boathook.signatures.Answer;
import dev.boathook.signatures.Envelope;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.KeyFetcher;
import dev.boathook.signatures.Reading;
import dev.boathook.signatures.Reason;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.Verifier;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.source.ReplyFallback;
import dev.boathook.source.Source;
import dev.boathook.store.Outage;
import dev.boathook.world.World;
import io.helidon.http.Header;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public listener's {@code /in/{token}}: reads the body up to the source's limit, verifies the
 * signature over the raw bytes, and only then looks at anything else. The one exception is the
 * greeting by which some providers test an address before they sign anything.
 *
 * <p>What a caller without the secret learns is a status and nothing more: 404, 405, 403, 401, or
 * 400, 408 and 413 about its own body; and 503 when we cannot tell or have no room.
 */
public final class Ingress {
  private static final Logger LOG = LoggerFactory.getLogger(Ingress.class);

  /** What of a provider's time for a made answer is left to the way there and back. */
  private static final Duration REPLY_MARGIN = Duration.ofMillis(500);

  /** What is not said to be anything else. */
  private static final Set<String> USUAL_METHODS = Set.of("POST");

  /** How much is read of a request for an unknown token. */
  private static final int MAX_STRAY_BODY_BYTES = 1 << 20;

  private final World world;
  private final Directory directory;
  private final Acceptor acceptor;
  private final RefusedRequests refused;
  private final Bodies bodies;
  private final Optional<String> publicUrl;
  private final Callers callers;
  private final Admission admission;
  private final KeyFetcher fetcher;
  private final Enrolment enrolment;
  private final Listener listener;

  /** The ways a request can end, for metrics. */
  public enum Result {
    /** A new event. */
    ACCEPTED("accepted"),
    /** An event that we had. */
    DUPLICATE("duplicate"),
    /** The key of an event that we had, with another body. */
    CONFLICT("conflict"),
    /** A handshake was answered. */
    HANDSHAKE("handshake"),
    /** Not verified, or not of an acceptable form. */
    REFUSED("refused"),
    /** We could not take it. */
    UNAVAILABLE("unavailable");

    private final String code;

    Result(String code) {
      this.code = code;
    }

    /** The word in metrics. */
    public String code() {
      return code;
    }
  }

  /** Hears how requests for known sources end. */
  @FunctionalInterface
  public interface Listener {
    /**
     * One has ended.
     *
     * @param events how many events it was about; 1 if none
     */
    void received(Source source, Result result, int events, Duration duration);
  }

  /** Keeps a secret that a provider hands over to a source that has none. */
  @FunctionalInterface
  public interface Enrolment {
    /** False if the source has a secret by now. */
    boolean keep(Source source, String secret);
  }

  /**
   * The listener's handler.
   *
   * @param publicUrl what the listener is called from outside, without a slash at the end; schemes
   *     that sign the URL need it
   * @param callers tells who calls
   * @param fetcher fetches what a provider wants to be fetched as a sign of consent
   */
  public Ingress(
      World world,
      Directory directory,
      Acceptor acceptor,
      RefusedRequests refused,
      Optional<String> publicUrl,
      Callers callers,
      KeyFetcher fetcher,
      Enrolment enrolment,
      Listener listener) {
    this.world = world;
    this.directory = directory;
    this.acceptor = acceptor;
    this.refused = refused;
    this.bodies = new Bodies(world.ticker());
    this.publicUrl = publicUrl;
    this.callers = callers;
    this.admission = new Admission(callers);
    this.fetcher = fetcher;
    this.enrolment = enrolment;
    this.listener = listener;
  }

  /** Adds the route. */
  public void routes(HttpRouting.Builder routing) {
    routing.any("/in/{token}", this::handle);
  }

  private void handle(ServerRequest request, ServerResponse response) throws InterruptedException {
    long began = world.ticker().nanoTime();
    Optional<Source> found = directory.sourceOfToken(request.path().pathParameters().get("token"));
    Set<String> methods = found.map(source -> source.provider().methods()).orElse(USUAL_METHODS);
    if (!methods.contains(request.prologue().method().text())) {
      bodies.discard(request);
      Answers.methodNotAllowed(response, methods);
      return;
    }
    Optional<Admission.Refused> notAdmitted =
        found.flatMap(source -> admission.refused(source, request, world.clock().instant()));
    if (notAdmitted.isPresent()) {
      bodies.discard(request);
      Exchange exchange = new Exchange(request, response, found.orElseThrow(), began);
      exchange.end(
          exchange.refuse(403, notAdmitted.get().code(), notAdmitted.get().detail(), 0), 1);
      return;
    }
    int maxBytes = found.map(Source::maxBodyBytes).orElse(MAX_STRAY_BODY_BYTES);
    // An unknown token takes the way of a known one up to here: the time tells nothing.
    Body body = bodies.read(request, maxBytes);
    try {
      if (found.isEmpty()) {
        Answers.unknown(response);
        return;
      }
      new Exchange(request, response, found.get(), began).take(body);
    } finally {
      bodies.release(body);
    }
  }

  /** One request to a known source, and its answer. */
  private final class Exchange {
    private final ServerRequest request;
    private final ServerResponse response;
    private final Source source;
    private final long beganNanos;
    private final Instant now = world.clock().instant();

    Exchange(ServerRequest request, ServerResponse response, Source source, long beganNanos) {
      this.request = request;
      this.response = response;
      this.source = source;
      this.beganNanos = beganNanos;
    }

    void take(Body body) throws InterruptedException {
      switch (body) {
        case Body.TooLarge(int maxBytes) -> {
          String detail = "the body is larger than " + maxBytes + " bytes";
          end(refuse(413, "body_too_large", detail, maxBytes), 1);
        }
        case Body.TooSlow(int bytes) -> {
          String detail = "the body took longer than " + Bodies.DEADLINE.toSeconds() + " s";
          end(refuse(408, "body_too_slow", detail, bytes), 1);
        }
        case Body.Incomplete(int bytes) ->
            end(refuse(400, "body_incomplete", "the body ended before its length", bytes), 1);
        case Body.NoRoom() -> {
          Answers.closing(response);
          end(unavailable("too_many_bodies"), 1);
        }
        case Body.Read read -> {
          String method = request.prologue().method().text();
          greet(new WebhookRequest(method, url(), headers(request), read.bytes()));
        }
      }
    }

    private void greet(WebhookRequest webhook) throws InterruptedException {
      Optional<Reading> greeting = source.provider().greeting(webhook);
      // Once there is a secret, another is not taken from whoever brings one.
      boolean isLate =
          greeting.isPresent()
              && greeting.get() instanceof Reading.Enrolment
              && !source.secrets().isEmpty();
      if (greeting.isPresent() && !isLate) {
        follow(greeting.get(), webhook, "", false);
      } else {
        verify(webhook);
      }
    }

    private void verify(WebhookRequest webhook) throws InterruptedException {
      int bytes = webhook.body().length;
      Optional<Verifier> verifier = source.verifier(now);
      if (verifier.isEmpty()) {
        String detail = "every secret of the source has retired";
        end(refuse(401, "no_active_secret", detail, bytes), 1);
        return;
      }
      switch (verifier.get().verify(webhook, now)) {
        case Verdict.Rejected(Reason reason, String detail) ->
            end(refuse(401, reason.code(), detail, bytes), 1);
        case Verdict.Undecided(String detail) -> {
          LOG.warn("source {} cannot tell: {}", source.name(), detail);
          end(unavailable("cannot_verify"), 1);
        }
        case Verdict.Verified(int index) -> read(webhook, secret(OptionalInt.of(index)), true);
        case Verdict.Unsigned(OptionalInt index) -> read(webhook, secret(index), false);
      }
    }

    private String secret(OptionalInt index) {
      List<String> secrets = source.activeSecrets(now);
      // Where the key is the provider's own, there may be no secret.
      return index.isPresent() && index.getAsInt() < secrets.size()
          ? secrets.get(index.getAsInt())
          : "";
    }

    /** Only now is anything of a request looked at. */
    private void read(WebhookRequest webhook, String secret, boolean isVerified)
        throws InterruptedException {
      int bytes = webhook.body().length;
      String encoding = webhook.headers().first("content-encoding");
      if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
        end(refuse(415, "content_encoding", "encoded: " + encoding, bytes), 1);
        return;
      }
      String contentType = contentType(webhook);
      if (!contentType.isEmpty() && !accepts(source, contentType)) {
        end(refuse(415, "content_type", "sent as " + contentType, bytes), 1);
        return;
      }
      follow(source.provider().read(webhook, secret), webhook, contentType, isVerified);
    }

    private void follow(
        Reading reading, WebhookRequest webhook, String contentType, boolean isVerified)
        throws InterruptedException {
      switch (reading) {
        case Reading.Handshake(Answer answer) -> {
          Answers.send(response, answer);
          end(Result.HANDSHAKE, 1);
        }
        case Reading.Confirmation(URI uri, Answer answer) -> end(confirm(uri, answer), 1);
        case Reading.Enrolment(String secret, Answer answer) -> end(enrol(secret, answer), 1);
        case Reading.Notification(Envelope envelope) ->
            accept(
                webhook,
                List.of(
                    offer(
                        webhook,
                        new Reading.Item(envelope, contentType, webhook.body()),
                        KeptHeaders.of(webhook.headers(), source),
                        isVerified)));
        case Reading.Batch(List<Reading.Item> items) -> {
          // One for all of them: a thousand events do not have a thousand copies.
          Headers kept = KeptHeaders.of(webhook.headers(), source);
          accept(
              webhook, items.stream().map(item -> offer(webhook, item, kept, isVerified)).toList());
        }
      }
    }

    private Result confirm(URI uri, Answer answer) {
      try {
        fetcher.fetch(KeyFetcher.Call.get(uri));
      } catch (IOException e) {
        LOG.warn("source {} could not confirm: {}", source.name(), e.getMessage());
        return unavailable("cannot_confirm");
      }
      LOG.info("source {} confirmed what its provider asked for", source.name());
      Answers.send(response, answer);
      return Result.HANDSHAKE;
    }

    private Result enrol(String secret, Answer answer) {
      try {
        if (!enrolment.keep(source, secret)) {
          return refuse(401, "secret_known", "another secret was handed over before", 0);
        }
      } catch (RuntimeException e) {
        if (!Outage.caused(e)) {
          throw e;
        }
        LOG.warn("source {} could not keep its secret: {}", source.name(), e.getMessage());
        return unavailable(Acceptance.Unavailable.Reason.DATABASE.code());
      }
      LOG.info("source {} was handed its secret", source.name());
      Answers.send(response, answer);
      return Result.HANDSHAKE;
    }

    private Offer offer(
        WebhookRequest webhook, Reading.Item item, Headers kept, boolean isVerified) {
      Envelope envelope = item.envelope();
      Placement placement = Placement.of(source, webhook, item);
      return new Offer(
          source.projectId(),
          Origin.source(source.id()),
          envelope.type(),
          placement.key(),
          envelope.providerEventId(),
          envelope.dedupeKey(),
          source.dedupeWindow(),
          envelope.time(),
          isVerified,
          item.contentType(),
          kept,
          item.body(),
          Hash.sha256(item.body()),
          placement.sequenced());
    }

    private void accept(WebhookRequest webhook, List<Offer> offers) throws InterruptedException {
      Optional<Duration> limit = source.provider().replyLimit(webhook);
      if (offers.size() > 1) {
        stored(webhook, acceptor.accept(offers));
        return;
      }
      Optional<ReplyRequest> asked = limit.flatMap(this::asked);
      if (asked.isEmpty()) {
        stored(webhook, acceptor.accept(offers.getFirst()), limit.isPresent());
        return;
      }
      Replied replied = acceptor.accept(offers.getFirst(), asked.get());
      switch (replied.reply()) {
        case Reply.Answer answer when Answers.mayPass(answer) -> {
          Answers.pass(response, answer, replied.acceptance());
          endStored(replied.acceptance());
        }
        case Reply.Answer answer -> {
          LOG.warn("source {} may not answer with {}", source.name(), answer.contentType());
          stored(webhook, replied.acceptance(), true);
        }
        case Reply.None(Reply.None.Reason reason, String detail) -> {
          LOG.info("source {} has no reply: {}: {}", source.name(), reason.code(), detail);
          stored(webhook, replied.acceptance(), true);
        }
      }
    }

    /** Whom to ask for an answer, if anybody, and how long. */
    private Optional<ReplyRequest> asked(Duration limit) {
      UUID endpoint = source.replyEndpointId();
      Duration spent = Duration.ofNanos(world.ticker().nanoTime() - beganNanos);
      Duration left = limit.minus(spent).minus(REPLY_MARGIN);
      return endpoint == null || !left.isPositive()
          ? Optional.empty()
          : Optional.of(new ReplyRequest(endpoint, left));
    }

    /**
     * Answers for what is stored now.
     *
     * @param isWaitedFor whether the sender waits for more than a status
     */
    private void stored(WebhookRequest webhook, Acceptance acceptance, boolean isWaitedFor) {
      switch (acceptance) {
        case Acceptance.Stored stored -> {
          ReplyFallback fallback = isWaitedFor ? source.replyFallback() : null;
          if (fallback != null) {
            Answers.fallBack(response, fallback, stored);
          } else {
            Answers.stored(response, source.provider().accepted(webhook), List.of(stored));
          }
          endStored(stored);
        }
        case Acceptance.Unavailable unavailable -> end(unavailable(unavailable.reason().code()), 1);
        case Acceptance.Unacceptable unacceptable -> end(notStorable(unacceptable), 1);
      }
    }

    private void stored(WebhookRequest webhook, GroupAcceptance acceptance) {
      switch (acceptance) {
        case GroupAcceptance.AllStored(List<Acceptance.Stored> each) -> {
          Answers.stored(response, source.provider().accepted(webhook), each);
          Map<Result, Long> counts =
              each.stream().collect(Collectors.groupingBy(Ingress::result, Collectors.counting()));
          counts.forEach((result, count) -> end(result, Math.toIntExact(count)));
        }
        case Acceptance.Unavailable unavailable -> end(unavailable(unavailable.reason().code()), 1);
        case Acceptance.Unacceptable unacceptable -> end(notStorable(unacceptable), 1);
      }
    }

    private void endStored(Acceptance acceptance) {
      if (acceptance instanceof Acceptance.Stored stored) {
        end(result(stored), 1);
      }
    }

    private Result notStorable(Acceptance.Unacceptable unacceptable) {
      LOG.error("source {} sent what cannot be stored: {}", source.name(), unacceptable.detail());
      Answers.notStorable(response);
      return Result.UNAVAILABLE;
    }

    Result refuse(int status, String code, String detail, int bodyBytes) {
      String remote = callers.of(request).text();
      LOG.info("source {} refused a request from {}: {}: {}", source.name(), remote, code, detail);
      refused.add(source.id(), new RefusedRequests.Refused(now, code, detail, remote, bodyBytes));
      Answers.refused(response, status, source.provider().refusesWithoutBody());
      return Result.REFUSED;
    }

    private Result unavailable(String code) {
      Answers.unavailable(response, code);
      return Result.UNAVAILABLE;
    }

    void end(Result result, int events) {
      Duration duration = Duration.ofNanos(world.ticker().nanoTime() - beganNanos);
      listener.received(source, result, events, duration);
    }

    private String url() {
      return RequestUrl.of(
          source,
          publicUrl,
          request.prologue().uriPath().rawPath(),
          request.prologue().query().rawValue());
    }
  }

  private static Result result(Acceptance.Stored stored) {
    return switch (stored) {
      case Acceptance.Accepted _ -> Result.ACCEPTED;
      case Acceptance.Duplicate duplicate ->
          duplicate.sameBody() ? Result.DUPLICATE : Result.CONFLICT;
    };
  }

  private static String contentType(WebhookRequest webhook) {
    return Objects.requireNonNullElse(webhook.headers().first("content-type"), "");
  }

  private static boolean accepts(Source source, String contentType) {
    Set<String> accepted = source.provider().contentTypes();
    return accepted.isEmpty() || accepted.contains(MediaType.of(contentType));
  }

  private static Headers headers(ServerRequest request) {
    Headers.Builder headers = Headers.builder();
    for (Header header : request.headers()) {
      for (String value : header.allValues()) {
        headers.add(header.name(), value);
      }
    }
    return headers.build();
  }
}
