package dev.boathook.store;

import java.util.Optional;

/**
 * Which PostgreSQL to use, and as whom.
 *
 * @param url a JDBC URL, {@code jdbc:postgresql://…}
 * @param user the role, unless the URL names it
 * @param password its password, unless the URL names it
 */
public record Target(String url, Optional<String> user, Optional<String> password) {
  /** The URL without the password that it may hold. */
  String shownUrl() {
    return url.replaceAll("(?i)(password=)[^&]*", "$1…");
  }

  @Override
  public String toString() {
    return "Target[" + shownUrl() + "]";
  }
}
