package dev.boathook.signatures;

import java.nio.charset.StandardCharsets;

/**
 * An HTTP answer in the form that a provider wants.
 *
 * @param status the HTTP status, 200 to 599
 * @param headers the header lines, the content type among them if there is a body
 * @param body the bytes; nobody may write to it
 */
@SuppressWarnings("ArrayRecordComponent") // Written straight to the socket.
public record Answer(int status, Headers headers, byte[] body) {

  public Answer {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("an answer's status is 200 to 599");
    }
  }

  /** An answer without a body. */
  static Answer empty(int status) {
    return new Answer(status, Headers.of(), new byte[0]);
  }

  /** 200 and a text in UTF-8. */
  static Answer ok(String contentType, String text) {
    return new Answer(
        200, Headers.of("Content-Type", contentType), text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same answer with one more header line. */
  Answer with(String name, String value) {
    return new Answer(status, headers.plus(Headers.of(name, value)), body);
  }

  /** The media type of the body; empty if there is none. */
  public String contentType() {
    String contentType = headers.first("Content-Type");
    return contentType == null ? "" : contentType;
  }
}
