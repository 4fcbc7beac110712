package dev.boathook.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A PostgreSQL URL in the form that the JDBC driver reads, with the user and password that it held
 * aside. Messages never hold any of it.
 *
 * @param jdbcUrl {@code jdbc:postgresql://…}
 * @param user the user, if the URL was in libpq's form and named one
 * @param password the password, likewise
 */
record DatabaseUrl(String jdbcUrl, Optional<String> user, Optional<String> password) {
  private static final String JDBC = "jdbc:postgresql://";

  /** libpq's parameters that mean the same to the JDBC driver, and what it calls them. */
  private static final Map<String, String> PARAMETERS =
      Map.of(
          "application_name", "ApplicationName",
          "channel_binding", "channelBinding",
          "connect_timeout", "connectTimeout",
          "options", "options",
          "sslcert", "sslcert",
          "sslkey", "sslkey",
          "sslmode", "sslmode",
          "sslrootcert", "sslrootcert");

  /**
   * Reads {@code jdbc:postgresql://…} or {@code postgres://user:password@host:port/database?…},
   * also spelled {@code postgresql://}.
   *
   * <p>Source: postgresql.org/docs/current/libpq-connect.html, "Connection URIs".
   *
   * @throws IllegalArgumentException if it is neither; the message is the end of a sentence
   */
  static DatabaseUrl parse(String url) {
    if (url.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      throw new IllegalArgumentException("holds a space or control character");
    }
    if (url.startsWith(JDBC)) {
      String rest = url.substring(JDBC.length());
      if (rest.split("[/?]", 2)[0].contains("@")) {
        throw new IllegalArgumentException(
            "holds a user before the host, which the JDBC driver does not understand; write"
                + " postgresql://USER:PASSWORD@HOST/DATABASE");
      }
      return new DatabaseUrl(url, Optional.empty(), Optional.empty());
    }
    for (String scheme : List.of("postgres://", "postgresql://")) {
      if (url.startsWith(scheme)) {
        return libpq(url.substring(scheme.length()));
      }
    }
    throw new IllegalArgumentException(
        "begins with none of postgresql://, postgres:// and " + JDBC);
  }

  private static DatabaseUrl libpq(String rest) {
    int question = rest.indexOf('?');
    String query = question < 0 ? "" : rest.substring(question + 1);
    String place = question < 0 ? rest : rest.substring(0, question);
    int slash = place.indexOf('/');
    String database = slash < 0 ? "" : place.substring(slash + 1);
    String authority = slash < 0 ? place : place.substring(0, slash);
    int at = authority.lastIndexOf('@');
    String userInfo = at < 0 ? "" : authority.substring(0, at);
    String hosts = authority.substring(at + 1);
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("names no host");
    }
    int colon = userInfo.indexOf(':');
    Optional<String> user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
    Optional<String> password =
        colon < 0 ? Optional.empty() : decoded(userInfo.substring(colon + 1));
    // Without a database libpq takes the user's name, and so does the driver, but only if told so.
    String name = decoded(database).or(() -> user).orElse("");
    return new DatabaseUrl(JDBC + hosts + "/" + encoded(name) + parameters(query), user, password);
  }

  private static String parameters(String query) {
    List<String> parameters = new ArrayList<>();
    for (String parameter : query.isEmpty() ? List.<String>of() : List.of(query.split("&", -1))) {
      int equals = parameter.indexOf('=');
      String name = PARAMETERS.get(equals < 0 ? "" : parameter.substring(0, equals));
      if (name == null) {
        throw new IllegalArgumentException(
            "has a parameter that is none of "
                + String.join(", ", new TreeSet<>(PARAMETERS.keySet()))
                + "; for others write the URL as "
                + JDBC
                + "…");
      }
      parameters.add(name + "=" + encoded(decoded(parameter.substring(equals + 1)).orElse("")));
    }
    return parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
  }

  /** The text without percent-encoding, in which a plus is a plus; empty if there is none. */
  private static Optional<String> decoded(String text) {
    try {
      return Optional.of(URLDecoder.decode(text.replace("+", "%2B"), UTF_8))
          .filter(decoded -> !decoded.isEmpty());
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException("holds a % that two hexadecimal digits do not follow");
    }
  }

  /** As the driver decodes it. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  @Override
  public String toString() {
    return "DatabaseUrl";
  }
}
