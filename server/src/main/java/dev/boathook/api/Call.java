package dev.boathook.api;

import dev.boathook.id.IdKind;
import dev.boathook.key.ApiKey;
import dev.boathook.key.Scope;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import io.helidon.webserver.http.ServerRequest;
import java.time.Instant;
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

  /** A query parameter, which nothing of ours holds when it holds a control character. */
  Optional<String> query(String name) throws Refusal {
    if (!request.query().contains(name)) {
      return Optional.empty();
    }
    String value = request.query().get(name);
    if (value
        .codePoints()
        .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
      throw Problem.invalidParameter(name, "has a control character").refusal();
    }
    return Optional.of(value);
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
    Optional<Instant> time = Times.parse(text.get());
    if (time.isEmpty()) {
      throw Problem.invalidParameter(name, Times.EXPECTED).refusal();
    }
    return time;
  }

  Page page() throws Refusal {
    return Page.of(query(Page.LIMIT), query(Page.CURSOR));
  }
}
