package dev.boathook.endpoint;

/**
 * A pattern over event types in which {@code *} stands for any run of characters, none included:
 * {@code invoice.*}, {@code *.created}, {@code *}.
 *
 * @param text the pattern; 1 to 255 characters, at most {@value #MAX_WILDCARDS} wildcards
 */
public record TypePattern(String text) {
  /** The longest pattern, in characters. */
  public static final int MAX_CHARACTERS = 255;

  /** The most wildcards in one pattern; matching costs at most pattern times type. */
  public static final int MAX_WILDCARDS = 8;

  /** Checks the limits. */
  public TypePattern {
    if (text.isEmpty() || text.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "a type pattern has 1 to " + MAX_CHARACTERS + " characters");
    }
    if (text.chars().filter(c -> c == '*').count() > MAX_WILDCARDS) {
      throw new IllegalArgumentException(
          "a type pattern has at most " + MAX_WILDCARDS + " wildcards: " + text);
    }
  }

  /** Whether the whole type is of this pattern; case counts. */
  public boolean matches(String type) {
    int inPattern = 0;
    int inType = 0;
    int lastStar = -1;
    int resumeAt = 0;
    while (inType < type.length()) {
      if (inPattern < text.length() && text.charAt(inPattern) == '*') {
        lastStar = inPattern++;
        resumeAt = inType;
      } else if (inPattern < text.length() && text.charAt(inPattern) == type.charAt(inType)) {
        inPattern++;
        inType++;
      } else if (lastStar >= 0) {
        inPattern = lastStar + 1;
        inType = ++resumeAt;
      } else {
        return false;
      }
    }
    while (inPattern < text.length() && text.charAt(inPattern) == '*') {
      inPattern++;
    }
    return inPattern == text.length();
  }
}
