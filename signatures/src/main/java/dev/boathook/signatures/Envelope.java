package dev.boathook.signatures;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says about an event, as far as it could be read. All texts have at most {@value
 * #MAX_LENGTH} characters and hold neither control characters nor broken surrogates, so that any
 * database takes them.
 *
 * @param providerEventId the provider's own id of the event, the same on every retry; null if it
 *     gives none. Some providers (GitHub, Shopify) send it in a header that they do not sign.
 * @param type the type of the event in the provider's words; {@value #UNKNOWN_TYPE} if there is
 *     none
 * @param key the id of the thing that the event is about, for ordering; null if there is none
 * @param time when it happened according to the provider; null if it does not say
 * @param dedupeKey requests with the same key are the same event: the id, or else a SHA-256 over
 *     the signed text. With a signed time in it that finds only exact replays, as a retry is signed
 *     anew; without one, two events with identical bodies are taken for one. Null where equal
 *     requests may honestly be news (as with {@code mollie-classic}, or the setting {@code id:
 *     none}): then nothing is a duplicate.
 */
public record Envelope(
    @Nullable String providerEventId,
    String type,
    @Nullable String key,
    @Nullable Instant time,
    @Nullable String dedupeKey) {

  /** The most characters of an id, a type, a key and a dedupe key. */
  public static final int MAX_LENGTH = 255;

  /** The type of a body that has more events than are taken apart, and so is one event. */
  public static final String BATCH_TYPE = "batch";

  /** The type of an event that has none. */
  public static final String UNKNOWN_TYPE = "unknown";

  public Envelope {
    check("providerEventId", providerEventId);
    check("type", type);
    check("key", key);
    check("dedupeKey", dedupeKey);
  }

  private static void check(String what, @Nullable String text) {
    if (text != null && (text.isEmpty() || text.length() > MAX_LENGTH)) {
      throw new IllegalArgumentException(what + " has " + text.length() + " characters");
    }
  }
}
