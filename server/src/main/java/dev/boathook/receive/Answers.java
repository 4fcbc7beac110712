package dev.boathook.receive;

import dev.boathook.accept.Acceptance;
import dev.boathook.deliver.Reply;
import dev.boathook.id.IdKind;
import dev.boathook.signatures.Answer;
import dev.boathook.source.ReplyFallback;
import dev.boathook.store.Text;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What the public listener answers. */
final class Answers {
  /** Seconds after which a caller may try again when we cannot take an event. */
  private static final String RETRY_AFTER_SECONDS = "5";

  private static final HeaderName EVENT_ID = HeaderNames.create("boathook-event-id");
  private static final HeaderName NO_SNIFFING = HeaderNames.create("x-content-type-options");

  private Answers() {}

  /** The answer that a provider wants. */
  static void send(ServerResponse response, Answer answer) {
    response.status(answer.status());
    answer.headers().forEach(line -> response.header(line.name(), line.value()));
    // What a caller has written comes back in some of them: nobody is to take it for a page.
    response.header(NO_SNIFFING, "nosniff");
    response.send(answer.body());
  }

  /** The events are stored: the answer that the provider wants, or their ids. */
  static void stored(
      ServerResponse response, Optional<Answer> wanted, List<Acceptance.Stored> each) {
    if (each.size() == 1) {
      response.header(EVENT_ID, id(each.getFirst()));
    }
    if (wanted.isPresent()) {
      send(response, wanted.get());
      return;
    }
    response.status(200);
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(
        Text.utf8(
            each.size() == 1
                ? "{\"id\":\"" + id(each.getFirst()) + "\"}"
                : each.stream()
                    .map(stored -> "\"" + id(stored) + "\"")
                    .collect(Collectors.joining(",", "{\"ids\":[", "]}"))));
  }

  private static String id(Acceptance.Stored stored) {
    return IdKind.EVENT.format(stored.eventId());
  }

  /** Whether an endpoint's answer may be passed on: a provider is to get data, not pages. */
  static boolean mayPass(Reply.Answer answer) {
    return answer.body().length == 0
        || ReplyFallback.CONTENT_TYPES.contains(MediaType.of(answer.contentType()));
  }

  /** What the endpoint answered that was asked. */
  static void pass(ServerResponse response, Reply.Answer answer, Acceptance acceptance) {
    if (acceptance instanceof Acceptance.Stored stored) {
      response.header(EVENT_ID, id(stored));
    }
    response.status(answer.status());
    if (answer.body().length > 0) {
      response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
    }
    response.header(NO_SNIFFING, "nosniff");
    response.send(answer.body());
  }

  /** What is configured for when no endpoint answers. */
  static void fallBack(ServerResponse response, ReplyFallback fallback, Acceptance.Stored stored) {
    response.header(EVENT_ID, id(stored));
    response.status(fallback.status());
    if (!fallback.body().isEmpty()) {
      response.header(HeaderNames.CONTENT_TYPE, fallback.contentType());
    }
    response.header(NO_SNIFFING, "nosniff");
    response.send(Text.utf8(fallback.body()));
  }

  /** No source has this token. */
  static void unknown(ServerResponse response) {
    closing(response);
    problem(response, 404, "not_found", "Not Found");
  }

  /** The method is none that the source's provider uses. */
  static void methodNotAllowed(ServerResponse response, Set<String> methods) {
    response.header(HeaderNames.ALLOW, methods.stream().sorted().collect(Collectors.joining(", ")));
    closing(response);
    problem(response, 405, "method_not_allowed", "Method Not Allowed");
  }

  /** It is not accepted, and the answer says no more than the status does. */
  static void refused(ServerResponse response, int status, boolean withoutBody) {
    if (status == 400 || status == 403 || status == 408 || status == 413) {
      closing(response);
    }
    if (withoutBody) {
      response.status(status).send();
      return;
    }
    switch (status) {
      case 400 -> problem(response, 400, "body_incomplete", "Bad Request");
      case 401 -> problem(response, 401, "unauthorized", "Unauthorized");
      case 403 -> problem(response, 403, "forbidden", "Forbidden");
      case 408 -> problem(response, 408, "body_too_slow", "Request Timeout");
      case 413 -> problem(response, 413, "body_too_large", "Content Too Large");
      case 415 -> problem(response, 415, "unsupported_media_type", "Unsupported Media Type");
      default -> throw new IllegalArgumentException("no refusal with status " + status);
    }
  }

  /** It cannot be taken now. */
  static void unavailable(ServerResponse response, String code) {
    response.header(HeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS);
    problem(response, 503, code, "Service Unavailable");
  }

  /** It cannot be stored at all. */
  static void notStorable(ServerResponse response) {
    problem(response, 500, "not_storable", "Internal Server Error");
  }

  /**
   * What of the body was not read must neither be waited for nor be taken for the next request; and
   * who does not know a token has no use for an open connection.
   */
  static void closing(ServerResponse response) {
    response.header(HeaderNames.CONNECTION, "close");
  }

  private static void problem(ServerResponse response, int status, String code, String title) {
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, ProblemDocument.MEDIA_TYPE);
    response.send(ProblemDocument.of(status, code, title));
  }
}
