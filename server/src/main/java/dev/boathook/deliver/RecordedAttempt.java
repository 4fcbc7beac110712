package dev.boathook.deliver;

import dev.boathook.signatures.Headers;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One try of a delivery, as the store has it.
 *
 * @param number 1 for the first try
 * @param startedAt when it began
 * @param duration how long it took
 * @param outcome the stable word of how it ended
 * @param status the answer's status; null when there was no answer
 * @param detail how it ended, in words
 * @param remoteAddress the address that was dialled; null when none was
 * @param requestHeaders what was sent before the event's body
 * @param responseHeaders what came back, as far as it is kept
 * @param responseBody the beginning of the answer's body
 * @param responseTruncated whether there was more of it
 */
@SuppressWarnings("ArrayRecordComponent") // Goes from the store to the reader, compared nowhere.
public record RecordedAttempt(
    int number,
    Instant startedAt,
    Duration duration,
    String outcome,
    @Nullable Integer status,
    String detail,
    @Nullable String remoteAddress,
    Headers requestHeaders,
    Headers responseHeaders,
    byte[] responseBody,
    boolean responseTruncated) {}
