package dev.boathook.endpoint;

import java.util.regex.Pattern;

/**
 * HTTP statuses: one, such as {@code 404}, or all of a class, such as {@code 4xx}.
 *
 * @param text as written
 */
public record StatusPattern(String text) {
  private static final Pattern FORM = Pattern.compile("[3-5](xx|[0-9][0-9])");

  /** Checks the form; 2xx is always success. */
  public StatusPattern {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("a status is 300 to 599, or 3xx, 4xx or 5xx");
    }
  }

  /** Whether it is of these. */
  public boolean matches(int status) {
    return text.endsWith("xx")
        ? status / 100 == text.charAt(0) - '0'
        : status == Integer.parseInt(text);
  }
}
