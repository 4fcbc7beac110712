package dev.boathook.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody gave for one setting.
 *
 * @param setting the setting
 * @param where where they gave it, for messages
 * @param texts what they gave; one text unless the setting is a list
 * @param file the file they gave it in, from whose folder relative paths count; null for flags and
 *     environment, where they count from the working directory
 */
record Given(Setting setting, String where, List<String> texts, @Nullable Path file) {
  private static final int MAX_SHOWN_CHARACTERS = 80;

  Given {
    texts = List.copyOf(texts);
  }

  String text() {
    return texts.getFirst();
  }

  Path path() {
    try {
      return file == null ? Path.of(text()) : file.resolveSibling(text());
    } catch (InvalidPathException _) {
      throw wrong("is not a path");
    }
  }

  /** The complaint about the one text, which is shown unless it may be a secret. */
  InvalidConfiguration wrong(String problem) {
    return wrong(text(), problem);
  }

  InvalidConfiguration wrong(String text, String problem) {
    return new InvalidConfiguration(
        where, (setting.isSecret() ? "the value" : quoted(text)) + " " + problem);
  }

  /** The text in quotes, on one line and not too long. */
  static String quoted(String text) {
    String shown =
        text.length() <= MAX_SHOWN_CHARACTERS
            ? text
            : text.substring(0, MAX_SHOWN_CHARACTERS) + "…";
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
