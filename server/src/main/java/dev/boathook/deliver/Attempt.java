package dev.boathook.deliver;

import dev.boathook.outbound.Outcome;
import dev.boathook.signatures.Headers;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One try of a delivery: what was sent, what came back, how long it took.
 *
 * @param startedAt when it began
 * @param duration how long it took
 * @param outcome how it ended
 * @param status the answer's status; null when there was no answer
 * @param remoteAddress the address that was dialled; null when none was
 * @param requestHeaders what was sent before the event's body
 * @param responseHeaders what came back, as far as it is kept
 * @param responseBody the beginning of the answer's body
 * @param responseTruncated whether there was more of it
 */
@SuppressWarnings("ArrayRecordComponent") // Goes from the socket to the store, compared nowhere.
record Attempt(
    Instant startedAt,
    Duration duration,
    Outcome outcome,
    @Nullable Integer status,
    @Nullable String remoteAddress,
    Headers requestHeaders,
    Headers responseHeaders,
    byte[] responseBody,
    boolean responseTruncated) {
  /** The same without the headers and the body. */
  Attempt bare() {
    return new Attempt(
        startedAt,
        duration,
        outcome,
        status,
        remoteAddress,
        Headers.of(),
        Headers.of(),
        new byte[0],
        true);
  }

  boolean isBare() {
    return requestHeaders.size() == 0 && responseHeaders.size() == 0 && responseBody.length == 0;
  }
}
