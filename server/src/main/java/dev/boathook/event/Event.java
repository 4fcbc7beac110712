package dev.boathook.event;

import dev.boathook.signatures.Headers;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was accepted, once; immutable.
 *
 * @param projectId the project
 * @param id UUIDv7, rising with time
 * @param origin the source or consumer
 * @param type the provider's or publisher's name for what happened, such as {@code invoice.paid}
 * @param key the ordering key: what the event is about; null when unknown
 * @param externalId the id that the provider or publisher gave; null when none
 * @param acceptedAt when we accepted it, by our clock
 * @param occurredAt when it happened, as the provider says; null when it does not
 * @param verified whether a signature or token proved the origin
 * @param late whether a later one of its resource had been released before it came
 * @param contentType the media type of the body, as it came
 * @param headers as they came, without credentials
 * @param body the bytes as they came; never changed
 */
@SuppressWarnings(
    "ArrayRecordComponent") // Copied nowhere, compared nowhere: a payload has one owner.
public record Event(
    UUID projectId,
    UUID id,
    Origin origin,
    String type,
    @Nullable String key,
    @Nullable String externalId,
    Instant acceptedAt,
    @Nullable Instant occurredAt,
    boolean verified,
    boolean late,
    String contentType,
    Headers headers,
    byte[] body) {
  /** What a record and its ids and times take, in bytes, measured and rounded up. */
  private static final int OWN_BYTES = 512;

  private static final int OWN_BYTES_OF_LINE = 128;

  /** What it takes in memory without its body, in bytes, about. */
  public int headBytes() {
    int bytes = OWN_BYTES;
    for (Headers.Line line : headers) {
      bytes += OWN_BYTES_OF_LINE + line.name().length() + line.value().length();
    }
    return bytes;
  }
}
