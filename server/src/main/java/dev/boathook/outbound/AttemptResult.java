package dev.boathook.outbound;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one attempt, with the evidence.
 *
 * @param responseHeaders as received, in order, bounded; empty without a complete response head
 * @param responseBody its first bytes, undecoded; empty if there was none
 * @param truncated whether headers or body were longer than what is kept here, or were cut off
 * @param durationNanos from the call to its return
 * @param remoteAddress the address and port that were dialled ({@code 192.0.2.1:443}, {@code
 *     [2001:db8::1]:443}), or null if none was
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes pass through; nobody compares these records.
public record AttemptResult(
    Outcome outcome,
    List<HttpHeader> responseHeaders,
    byte[] responseBody,
    boolean truncated,
    long durationNanos,
    @Nullable String remoteAddress) {

  public AttemptResult {
    responseHeaders = List.copyOf(responseHeaders);
    if (durationNanos < 0) {
      throw new IllegalArgumentException("negative duration: " + durationNanos);
    }
  }

  /** The same with other headers and another body. */
  public AttemptResult showing(List<HttpHeader> headers, byte[] body) {
    return new AttemptResult(outcome, headers, body, truncated, durationNanos, remoteAddress);
  }

  /** The same with another duration. */
  public AttemptResult lasting(long nanos) {
    return new AttemptResult(
        outcome, responseHeaders, responseBody, truncated, Math.max(0, nanos), remoteAddress);
  }
}
