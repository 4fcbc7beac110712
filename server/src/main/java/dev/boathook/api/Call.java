package dev.boathook.api;

import dev.boathook.id.IdKind;
import dev.boathook.key.ApiKey;
import dev.boathook.key.Scope;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import io.helidon.webserver.http.ServerRequest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** One call of the API: who calls, and with what. */
final class Call {
  private final ServerRequest request;
  private final Directory directory;
  private final Optional<ApiKey> key;
  private final byte[] body;

  /**
   * A call.
   *
   * @param key empty where none is needed
   */
  Call(ServerRequest request, Directory directory, Optional<ApiKey> key, byte[] body) {
    this.request = request;
    this.directory = directory;
    this.key = key;
    this.body = body;
  }

  ApiKey key() {
    return key.orElseThrow();
  }

  UUID projectId() {
    return key().projectId();
  }

  /** The caller's project as it is configured now. */
  ProjectView project() {
    return directory.project(projectId()).orElseThrow();
  }

  void require(Scope scope) throws Refusal {
    if (!key().may(scope)) {
      throw Problem.forbidden(scope).refusal();
    }
  }

  byte[] body() {
    return body;
  }

  /** The object in the body, which may have these fields. */
  Fields fields(Set<String> known) throws Refusal {
    return Fields.of(body, known);
  }

  /** The id in the path; what is no id of this kind is as unknown as a foreign one. */
  UUID id(IdKind kind) throws Refusal {
    return kind.parse(request.path().pathParameters().get("id"))
        .orElseThrow(() -> Problem.notFound().refusal());
  }

  Optional<String> query(String name) {
    return request.query().contains(name)
        ? Optional.of(request.query().get(name))
        : Optional.empty();
  }

  Optional<UUID> queryId(String name, IdKind kind) throws Refusal {
    Optional<String> text = query(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<UUID> id = kind.parse(text.get());
    if (id.isEmpty()) {
      throw Problem.invalidParameter(name, "is not an id of that kind").refusal();
    }
    return id;
  }

  Optional<Instant> queryTime(String name) throws Refusal {
    Optional<String> text = query(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text.get()).toInstant());
    } catch (DateTimeParseException e) {
      throw Problem.invalidParameter(name, "is not a time of RFC 3339").refusal();
    }
  }

  Page page() throws Refusal {
    return Page.of(query(Page.LIMIT), query(Page.CURSOR));
  }
}
