package dev.boathook.source;

import dev.boathook.store.Text;
import java.util.List;

/**
 * What is answered to a provider that waits for an answer when the endpoint that should give it
 * does not, in time or at all.
 *
 * @param status an HTTP status that is neither an interim one nor a redirect
 * @param contentType one of {@link #CONTENT_TYPES}
 * @param body the text; empty with status 204
 */
public record ReplyFallback(int status, String contentType, String body) {
  /** The media types that it may have. */
  public static final List<String> CONTENT_TYPES =
      List.of("application/json", "text/plain", "text/xml", "application/xml");

  /** The largest body, in UTF-8. */
  public static final int MAX_BODY_BYTES = 16 << 10;

  private static final int NO_CONTENT = 204;

  /** Checks status, media type and size. */
  public ReplyFallback {
    if (status < 200 || status > 599 || status / 100 == 3) {
      throw new IllegalArgumentException("status is 200 to 299 or 400 to 599");
    }
    if (!CONTENT_TYPES.contains(contentType)) {
      throw new IllegalArgumentException(
          "content_type is one of " + String.join(", ", CONTENT_TYPES));
    }
    if (Text.utf8(body).length > MAX_BODY_BYTES) {
      throw new IllegalArgumentException("body has at most " + MAX_BODY_BYTES + " bytes");
    }
    if (status == NO_CONTENT && !body.isEmpty()) {
      throw new IllegalArgumentException("body is empty with status 204");
    }
  }
}
