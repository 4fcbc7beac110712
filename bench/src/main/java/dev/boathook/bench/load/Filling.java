package dev.boathook.bench.load;

/** Makes bodies as long as they are to be. */
final class Filling {
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz012345";

  private Filling() {}

  /**
   * Ends a JSON object, of which the last written was a comma, with a member of letters.
   *
   * @param length what the text is to have in the end, in characters
   * @param end the braces behind the member
   */
  static void fill(StringBuilder text, int length, String end) {
    text.append("\"description\":\"");
    // Letters without a pattern, or a store that compresses would have an easy time.
    int state = 1;
    int letters = length - text.length() - end.length() - 1;
    if (letters < 0) {
      throw new IllegalArgumentException("does not fit into " + length + " characters");
    }
    for (int i = 0; i < letters; i++) {
      state = state * 1_103_515_245 + 12_345;
      text.append(LETTERS.charAt(state >>> 16 & 31));
    }
    text.append('"').append(end);
  }
}
