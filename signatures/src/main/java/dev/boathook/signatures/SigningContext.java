package dev.boathook.signatures;

import java.time.Instant;

/**
 * What a signature holds besides the request.
 *
 * @param id the id of the message, the same on every attempt; 1 to {@value #MAX_ID_LENGTH} visible
 *     ASCII characters; used only by providers that sign an id
 * @param timestamp the time of this attempt; used only by providers that sign a time
 */
public record SigningContext(String id, Instant timestamp) {

  /** The most characters of an id. */
  public static final int MAX_ID_LENGTH = 255;

  public SigningContext {
    if (id.isEmpty() || id.length() > MAX_ID_LENGTH || !Ascii.isVisible(id)) {
      throw new IllegalArgumentException(
          "a message id has 1 to " + MAX_ID_LENGTH + " visible ASCII characters");
    }
  }
}
