package dev.boathook.store;

import java.nio.charset.StandardCharsets;

/** What PostgreSQL can keep as text. */
public final class Text {
  private Text() {}

  /**
   * The text with U+FFFD in place of what a text column refuses: U+0000 and surrogates without a
   * partner. Bodies are bytes and need none of this.
   */
  public static String storable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return clean(text);
      }
    }
    return text;
  }

  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(c ->
            c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) ? 0xFFFD : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  /** The text in UTF-8. */
  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
