package dev.boathook.accept;

import dev.boathook.event.Origin;
import dev.boathook.signatures.Headers;
import dev.boathook.source.Sequenced;
import dev.boathook.store.Text;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is offered to the one door: verified or authorised already, not yet an event.
 *
 * @param projectId the project
 * @param origin the source or consumer
 * @param type the event's type
 * @param key the ordering key, or null
 * @param externalId the id that the provider or publisher gave, or null
 * @param dedupeKey what makes two offers of one origin the same event; null when nothing does
 * @param dedupeWindow how long that counts
 * @param occurredAt when it happened, or null
 * @param verified whether a signature or token proved the origin
 * @param contentType the body's media type
 * @param headers as they came, without credentials
 * @param body the bytes as they came
 * @param bodyHash what must be equal for a repeated key to be a plain duplicate, 32 bytes
 * @param sequenced its position among the events of its resource; null if it has none
 */
@SuppressWarnings("ArrayRecordComponent") // A payload is never copied on its way to the store.
public record Offer(
    UUID projectId,
    Origin origin,
    String type,
    @Nullable String key,
    @Nullable String externalId,
    @Nullable String dedupeKey,
    Duration dedupeWindow,
    @Nullable Instant occurredAt,
    boolean verified,
    String contentType,
    Headers headers,
    byte[] body,
    byte[] bodyHash,
    @Nullable Sequenced sequenced) {
  /** The longest type, key, id and dedupe key, in characters. */
  public static final int MAX_NAME_CHARACTERS = 255;

  /** Replaces what a text column cannot hold, and checks the limits. */
  public Offer {
    type = named("type", Text.storable(type));
    key = key == null ? null : named("key", Text.storable(key));
    externalId = externalId == null ? null : named("id", Text.storable(externalId));
    dedupeKey = dedupeKey == null ? null : named("dedupe key", Text.storable(dedupeKey));
    contentType = Text.storable(contentType);
  }

  /** One that is in no sequence. */
  public Offer(
      UUID projectId,
      Origin origin,
      String type,
      @Nullable String key,
      @Nullable String externalId,
      @Nullable String dedupeKey,
      Duration dedupeWindow,
      @Nullable Instant occurredAt,
      boolean verified,
      String contentType,
      Headers headers,
      byte[] body,
      byte[] bodyHash) {
    this(
        projectId,
        origin,
        type,
        key,
        externalId,
        dedupeKey,
        dedupeWindow,
        occurredAt,
        verified,
        contentType,
        headers,
        body,
        bodyHash,
        null);
  }

  private static String named(String what, String text) {
    if (text.isEmpty() || text.length() > MAX_NAME_CHARACTERS) {
      throw new IllegalArgumentException(what + " has 1 to " + MAX_NAME_CHARACTERS + " characters");
    }
    return text;
  }
}
