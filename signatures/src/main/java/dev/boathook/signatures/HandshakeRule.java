package dev.boathook.signatures;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a provider tests the address, and the answer it wants: 200 and a text of its own, or nothing.
 *
 * @param mark what tells such a request from others
 * @param value the value of the mark
 * @param echo the text to answer, as text/plain; null if the answer has no body
 */
record HandshakeRule(Field mark, String value, @Nullable Field echo) {

  /** The longest text that is sent back. */
  private static final int MAX_ECHO_LENGTH = 1024;

  /** The answer; null if this request is not exactly such a test. */
  Reading.@Nullable Handshake answer(Facts facts) {
    if (!value.equals(mark.in(facts))) {
      return null;
    }
    if (echo == null) {
      return new Reading.Handshake(200, "", new byte[0]);
    }
    String text = echo.in(facts);
    if (text == null || text.length() > MAX_ECHO_LENGTH || !Ascii.isPrintable(text)) {
      return null;
    }
    return new Reading.Handshake(200, "text/plain", text.getBytes(StandardCharsets.US_ASCII));
  }

  void pointers(Set<String> into) {
    mark.pointers(into);
    if (echo != null) {
      echo.pointers(into);
    }
  }
}
