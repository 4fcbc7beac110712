package dev.boathook.receive;

import dev.boathook.accept.Acceptance;
import dev.boathook.accept.Acceptor;
import dev.boathook.accept.Offer;
import dev.boathook.event.Origin;
import dev.boathook.id.IdKind;
import dev.boathook.key.Hash;
import dev.boathook.route.Directory;
import dev.boathook.signatures.Envelope;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Reading;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.Verifier;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.source.Source;
import dev.boathook.store.Text;
import dev.boathook.world.World;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public listener's {@code POST /in/{token}}: reads the body up to the source's limit, verifies
 * the signature over the raw bytes, and only then looks at anything else.
 *
 * <p>What a caller without the secret learns is 404, 405, 403, 413 or 401 and nothing more.
 */
public final class Ingress {
  private static final Logger LOG = LoggerFactory.getLogger(Ingress.class);

  /** Seconds after which a caller may try again when we cannot take an event. */
  private static final String RETRY_AFTER_SECONDS = "5";

  /** How much is read of a request for an unknown token. */
  private static final int MAX_STRAY_BODY_BYTES = 1 << 20;

  private static final HeaderName EVENT_ID = HeaderNames.create("boathook-event-id");
  private static final String FORM = "application/x-www-form-urlencoded";

  /** Never kept with an event: they open something. */
  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "proxy-authorization", "cookie");

  private final World world;
  private final Directory directory;
  private final Acceptor acceptor;
  private final RefusedRequests refused;
  private final Bodies bodies;
  private final Optional<String> publicUrl;
  private final Callers callers;
  private final Admission admission;
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
    /** One has ended. */
    void received(Source source, Result result, Duration duration);
  }

  /**
   * The listener's handler.
   *
   * @param publicUrl what the listener is called from outside, without a slash at the end; schemes
   *     that sign the URL need it
   * @param callers tells who calls
   */
  public Ingress(
      World world,
      Directory directory,
      Acceptor acceptor,
      RefusedRequests refused,
      Optional<String> publicUrl,
      Callers callers,
      Listener listener) {
    this.world = world;
    this.directory = directory;
    this.acceptor = acceptor;
    this.refused = refused;
    this.bodies = new Bodies(world.ticker());
    this.publicUrl = publicUrl;
    this.callers = callers;
    this.admission = new Admission(callers);
    this.listener = listener;
  }

  /** Adds the route. */
  public void routes(HttpRouting.Builder routing) {
    routing.any("/in/{token}", this::handle);
  }

  private void handle(ServerRequest request, ServerResponse response) throws InterruptedException {
    long began = world.ticker().nanoTime();
    if (!request.prologue().method().equals(Method.POST)) {
      response.header(HeaderNames.ALLOW, "POST");
      closing(response);
      answer(response, 405);
      return;
    }
    Optional<Source> found = directory.sourceOfToken(request.path().pathParameters().get("token"));
    Optional<Admission.Refused> notAdmitted =
        found.flatMap(source -> admission.refused(source, request, world.clock().instant()));
    if (notAdmitted.isPresent()) {
      Admission.Refused why = notAdmitted.get();
      bodies.discard(request);
      Result result =
          refuse(request, response, found.orElseThrow(), 403, why.code(), why.detail(), 0);
      listener.received(
          found.orElseThrow(), result, Duration.ofNanos(world.ticker().nanoTime() - began));
      return;
    }
    int maxBytes = found.map(Source::maxBodyBytes).orElse(MAX_STRAY_BODY_BYTES);
    // An unknown token takes the way of a known one up to here: the time tells nothing.
    Body body = bodies.read(request, maxBytes);
    try {
      if (found.isEmpty()) {
        closing(response);
        answer(response, 404);
        return;
      }
      Result result = receive(request, response, found.get(), body);
      listener.received(found.get(), result, Duration.ofNanos(world.ticker().nanoTime() - began));
    } finally {
      bodies.release(body);
    }
  }

  private Result receive(ServerRequest request, ServerResponse response, Source source, Body body)
      throws InterruptedException {
    return switch (body) {
      case Body.TooLarge tooLarge -> {
        String detail = "the body is larger than " + tooLarge.maxBytes() + " bytes";
        yield refuse(request, response, source, 413, "body_too_large", detail, tooLarge.maxBytes());
      }
      case Body.TooSlow tooSlow -> {
        String detail = "the body took longer than " + Bodies.DEADLINE.toSeconds() + " s";
        yield refuse(request, response, source, 408, "body_too_slow", detail, tooSlow.bytes());
      }
      case Body.Incomplete incomplete ->
          refuse(
              request,
              response,
              source,
              400,
              "body_incomplete",
              "the body ended before its length",
              incomplete.bytes());
      case Body.NoRoom noRoom -> {
        closing(response);
        yield unavailable(response, "too_many_bodies");
      }
      case Body.Read read -> verify(request, response, source, read.bytes());
    };
  }

  private Result verify(ServerRequest request, ServerResponse response, Source source, byte[] body)
      throws InterruptedException {
    WebhookRequest webhook =
        new WebhookRequest("POST", url(source, request), headers(request), body);
    Instant now = world.clock().instant();
    Optional<Verifier> verifier = source.verifier(now);
    if (verifier.isEmpty()) {
      String detail = "every secret of the source has retired";
      return refuse(request, response, source, 401, "no_active_secret", detail, body.length);
    }
    boolean isVerified;
    String secret;
    switch (verifier.get().verify(webhook, now)) {
      case Verdict.Rejected rejected -> {
        return refuse(
            request,
            response,
            source,
            401,
            rejected.reason().code(),
            rejected.detail(),
            body.length);
      }
      case Verdict.Undecided undecided -> {
        LOG.warn("source {} cannot tell: {}", source.name(), undecided.detail());
        return unavailable(response, "cannot_verify");
      }
      case Verdict.Verified verified -> {
        isVerified = true;
        secret = source.activeSecrets(now).get(verified.secretIndex());
      }
      case Verdict.Unsigned unsigned -> {
        isVerified = false;
        secret =
            unsigned.secretIndex().isPresent()
                ? source.activeSecrets(now).get(unsigned.secretIndex().getAsInt())
                : "";
      }
    }
    String encoding = webhook.headers().first("content-encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      return refuse(
          request, response, source, 415, "content_encoding", "encoded: " + encoding, body.length);
    }
    String contentType = Objects.requireNonNullElse(webhook.headers().first("content-type"), "");
    if (!contentType.isEmpty() && !accepts(source, contentType)) {
      return refuse(
          request, response, source, 415, "content_type", "sent as " + contentType, body.length);
    }
    return switch (source.provider().read(webhook, secret)) {
      case Reading.Handshake handshake -> {
        response.status(handshake.answer().status());
        handshake.answer().headers().forEach(line -> response.header(line.name(), line.value()));
        response.send(handshake.answer().body());
        yield Result.HANDSHAKE;
      }
      case Reading.Notification notification ->
          accept(response, source, webhook, contentType, isVerified, notification.envelope());
      case Reading.Batch _, Reading.Confirmation _, Reading.Enrolment _ ->
          throw new IllegalStateException("no provider says this yet");
    };
  }

  private static boolean accepts(Source source, String contentType) {
    Set<String> accepted = source.provider().contentTypes();
    int end = contentType.indexOf(';');
    String mediaType = end < 0 ? contentType : contentType.substring(0, end);
    return accepted.isEmpty() || accepted.contains(mediaType.strip().toLowerCase(Locale.ROOT));
  }

  private Result accept(
      ServerResponse response,
      Source source,
      WebhookRequest webhook,
      String contentType,
      boolean isVerified,
      Envelope envelope)
      throws InterruptedException {
    Offer offer =
        new Offer(
            source.projectId(),
            Origin.source(source.id()),
            envelope.type(),
            envelope.key(),
            envelope.providerEventId(),
            envelope.dedupeKey(),
            source.dedupeWindow(),
            envelope.time(),
            isVerified,
            contentType,
            kept(webhook.headers()),
            webhook.body(),
            Hash.sha256(webhook.body()));
    return switch (acceptor.accept(offer)) {
      case Acceptance.Accepted accepted -> {
        answer(response, contentType, accepted.eventId());
        yield Result.ACCEPTED;
      }
      case Acceptance.Duplicate duplicate -> {
        answer(response, contentType, duplicate.eventId());
        yield duplicate.sameBody() ? Result.DUPLICATE : Result.CONFLICT;
      }
      case Acceptance.Unavailable unavailable -> unavailable(response, unavailable.reason().code());
      case Acceptance.Unacceptable unacceptable -> {
        LOG.error("source {} sent what cannot be stored: {}", source.name(), unacceptable.detail());
        problem(response, 500, "not_storable", "Internal Server Error");
        yield Result.UNAVAILABLE;
      }
    };
  }

  private Result refuse(
      ServerRequest request,
      ServerResponse response,
      Source source,
      int status,
      String code,
      String detail,
      int bodyBytes) {
    String remote = callers.of(request).text();
    LOG.info("source {} refused a request from {}: {}: {}", source.name(), remote, code, detail);
    refused.add(
        source.id(),
        new RefusedRequests.Refused(world.clock().instant(), code, detail, remote, bodyBytes));
    answer(response, status);
    return Result.REFUSED;
  }

  private static Result unavailable(ServerResponse response, String code) {
    response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    problem(response, 503, code, "Service Unavailable");
    return Result.UNAVAILABLE;
  }

  /**
   * The event's id, in a header and in the body; but the body of an answer to a form is shown to a
   * person by who sends forms (Slack's commands and interactivity), so that one stays empty.
   */
  private static void answer(ServerResponse response, String contentType, UUID eventId) {
    String id = IdKind.EVENT.format(eventId);
    response.status(200);
    response.header(EVENT_ID, id);
    if (contentType.startsWith(FORM)) {
      response.send();
      return;
    }
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(Text.utf8("{\"id\":\"" + id + "\"}"));
  }

  /** The answers that say no more than the status does. */
  private static void answer(ServerResponse response, int status) {
    switch (status) {
      case 400 -> problem(response, 400, "body_incomplete", "Bad Request");
      case 401 -> problem(response, 401, "unauthorized", "Unauthorized");
      case 403 -> problem(response, 403, "forbidden", "Forbidden");
      case 404 -> problem(response, 404, "not_found", "Not Found");
      case 405 -> problem(response, 405, "method_not_allowed", "Method Not Allowed");
      case 408 -> problem(response, 408, "body_too_slow", "Request Timeout");
      case 413 -> problem(response, 413, "body_too_large", "Content Too Large");
      case 415 -> problem(response, 415, "unsupported_media_type", "Unsupported Media Type");
      default -> throw new IllegalArgumentException("no answer with status " + status);
    }
  }

  /** A problem document, RFC 9457. */
  private static void problem(ServerResponse response, int status, String code, String title) {
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, "application/problem+json");
    if (status == 400 || status == 403 || status == 408 || status == 413) {
      closing(response);
    }
    response.send(
        Text.utf8(
            "{\"title\":\"" + title + "\",\"status\":" + status + ",\"code\":\"" + code + "\"}"));
  }

  /**
   * What of the body was not read must neither be waited for nor be taken for the next request; and
   * who does not know a token has no use for an open connection.
   */
  private static void closing(ServerResponse response) {
    response.header(HeaderNames.CONNECTION, "close");
  }

  private String url(Source source, ServerRequest request) {
    return RequestUrl.of(
        source,
        publicUrl,
        request.prologue().uriPath().rawPath(),
        request.prologue().query().rawValue());
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

  private static Headers kept(Headers headers) {
    Headers.Builder kept = Headers.builder();
    for (Headers.Line line : headers) {
      if (!CREDENTIALS.contains(line.name().toLowerCase(Locale.ROOT))) {
        kept.add(line.name(), line.value());
      }
    }
    return kept.build();
  }
}
