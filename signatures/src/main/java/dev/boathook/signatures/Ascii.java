package dev.boathook.signatures;

/** Questions about ASCII text. */
final class Ascii {
  private Ascii() {}

  /** Whether every character is visible ASCII: no space, no control character, nothing beyond. */
  static boolean isVisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** Whether every character is visible ASCII or a space. */
  static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }
}
