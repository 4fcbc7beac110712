package dev.boathook.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An HTTP answer.
 *
 * @param status its status
 * @param body its body
 * @param nanos how long it took
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes as they came.
record Answer(int status, byte[] body, long nanos) {
  /** Whether it says yes. */
  boolean isSuccess() {
    return status / 100 == 2;
  }

  /** The body as text. */
  String text() {
    return new String(body, UTF_8);
  }

  /** The body as JSON. */
  JsonNode json() {
    return JsonMapper.shared().readTree(body);
  }

  /** The id of the event that it is about; empty if it names none. */
  String eventId() {
    // A handshake is answered in text.
    boolean object = body.length > 0 && body[0] == '{';
    return object ? json().path("id").asString("") : "";
  }

  /** How long it took, as a person says it. */
  String took() {
    return Timeline.duration(nanos);
  }
}
