package dev.boathook.api;

import dev.boathook.key.Scope;
import io.helidon.http.Method;
import java.util.Optional;
import java.util.Set;

/**
 * One operation of the API: what is registered, and what the OpenAPI document must describe.
 *
 * @param method the HTTP method
 * @param path with parameters in braces
 * @param operationId its name in the OpenAPI document
 * @param scope what the caller's key must be allowed; empty when no key is needed
 * @param query the query parameters that it knows; any other is refused
 * @param maxBodyBytes the largest request body; 0 when none is read
 * @param configures whether it changes what is configured, which one call does at a time
 * @param handler answers
 */
record Route(
    Method method,
    String path,
    String operationId,
    Optional<Scope> scope,
    Set<String> query,
    int maxBodyBytes,
    boolean configures,
    Handler handler) {
  /** The largest body of a request that configures something. */
  static final int MAX_BODY_BYTES = 1 << 20;

  /** Answers a call. */
  @FunctionalInterface
  interface Handler {
    /**
     * The answer. Of a route that configures it is asked for again when another node has changed
     * what was read and nothing has been written.
     *
     * @throws Refusal with another one
     */
    Answer answer(Call call) throws Refusal, InterruptedException;
  }

  static Route open(String path, String operationId, Handler handler) {
    return new Route(Method.GET, path, operationId, Optional.empty(), Set.of(), 0, false, handler);
  }

  static Route get(String path, String operationId, Scope scope, Handler handler, String... query) {
    return new Route(
        Method.GET, path, operationId, Optional.of(scope), Set.of(query), 0, false, handler);
  }

  static Route post(String path, String operationId, Scope scope, Handler handler) {
    return withBody(Method.POST, path, operationId, scope, handler);
  }

  static Route patch(String path, String operationId, Scope scope, Handler handler) {
    return withBody(Method.PATCH, path, operationId, scope, handler);
  }

  static Route delete(String path, String operationId, Scope scope, Handler handler) {
    return new Route(
        Method.DELETE, path, operationId, Optional.of(scope), Set.of(), 0, true, handler);
  }

  private static Route withBody(
      Method method, String path, String operationId, Scope scope, Handler handler) {
    return new Route(
        method,
        path,
        operationId,
        Optional.of(scope),
        Set.of(),
        MAX_BODY_BYTES,
        scope == Scope.MANAGE || scope == Scope.OPERATE,
        handler);
  }

  /** Does something to what is delivered; nothing that is configured changes. */
  static Route act(String path, String operationId, Scope scope, Handler handler) {
    return new Route(
        Method.POST,
        path,
        operationId,
        Optional.of(scope),
        Set.of(),
        MAX_BODY_BYTES,
        false,
        handler);
  }

  Route withMaxBodyBytes(int bytes) {
    return new Route(method, path, operationId, scope, query, bytes, configures, handler);
  }
}
