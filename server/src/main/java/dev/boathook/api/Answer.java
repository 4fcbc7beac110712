package dev.boathook.api;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;

/**
 * An answer, not yet sent.
 *
 * @param status the HTTP status
 * @param contentType of the body
 * @param body empty for none
 * @param headers further headers
 */
@SuppressWarnings("ArrayRecordComponent") // On its way to the socket.
record Answer(int status, String contentType, byte[] body, Map<String, String> headers) {

  /** JSON. */
  static Answer json(int status, Object value) {
    return new Answer(status, "application/json", Json.bytes(value), Map.of());
  }

  /** 204. */
  static Answer nothing() {
    return new Answer(204, "", new byte[0], Map.of());
  }

  void send(ServerRequest request, ServerResponse response) {
    response.status(status);
    headers.forEach(response::header);
    response.header("x-content-type-options", "nosniff");
    response.header(HeaderNames.CACHE_CONTROL, "no-store");
    if (request.content().hasEntity() && !request.content().consumed()) {
      // What of the body was not read must not be taken for the next request.
      response.header(HeaderNames.CONNECTION, "close");
    }
    if (status == 204) {
      response.send();
      return;
    }
    response.header(HeaderNames.CONTENT_TYPE, contentType);
    if (request.prologue().method().equals(Method.HEAD)) {
      response.send();
    } else {
      response.send(body);
    }
  }
}
