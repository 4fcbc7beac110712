package dev.boathook.endpoint;

import dev.boathook.outbound.ClientCredentials;
import dev.boathook.outbound.HttpHeader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/** How a request says in its Authorization header who sends it. Tells no secret in any text. */
public sealed interface Authentication {
  /** It does not. */
  Authentication NONE = new None();

  /** The longest user name, password and token each, in characters. */
  int MAX_CHARACTERS = 4_000;

  /** The word in the database and in the API. */
  String type();

  /** The header; empty if there is none, or it must be asked for first. */
  Optional<HttpHeader> header();

  /** Nothing is said. */
  record None() implements Authentication {
    @Override
    public String type() {
      return "none";
    }

    @Override
    public Optional<HttpHeader> header() {
      return Optional.empty();
    }
  }

  /**
   * Basic authentication (RFC 7617), in UTF-8.
   *
   * @param username without a colon; may be empty
   * @param password may be empty
   */
  record Basic(String username, String password) implements Authentication {
    /** The word. */
    public static final String TYPE = "basic";

    /** Checks the limits. */
    public Basic {
      if (username.indexOf(':') >= 0) {
        throw new IllegalArgumentException("username has a colon");
      }
      if ((username + password).chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("username or password has a control character");
      }
      if (username.length() > MAX_CHARACTERS || password.length() > MAX_CHARACTERS) {
        throw new IllegalArgumentException(
            "username and password have at most " + MAX_CHARACTERS + " characters each");
      }
    }

    @Override
    public String type() {
      return TYPE;
    }

    @Override
    public Optional<HttpHeader> header() {
      byte[] pair = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
      return Optional.of(
          new HttpHeader("authorization", "Basic " + Base64.getEncoder().encodeToString(pair)));
    }

    @Override
    public String toString() {
      return "Basic[" + username + "]";
    }
  }

  /**
   * A bearer token (RFC 6750).
   *
   * @param token visible ASCII characters
   */
  record Bearer(String token) implements Authentication {
    /** The word. */
    public static final String TYPE = "bearer";

    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");

    /** Checks the limits. */
    public Bearer {
      if (token.length() > MAX_CHARACTERS || !VISIBLE.matcher(token).matches()) {
        throw new IllegalArgumentException(
            "token has 1 to " + MAX_CHARACTERS + " visible ASCII characters");
      }
    }

    @Override
    public String type() {
      return TYPE;
    }

    @Override
    public Optional<HttpHeader> header() {
      return Optional.of(new HttpHeader("authorization", "Bearer " + token));
    }

    @Override
    public String toString() {
      return "Bearer[…]";
    }
  }

  /**
   * A bearer token that an authorization server gives for client credentials.
   *
   * @param credentials how it is asked for
   */
  record OAuth(ClientCredentials credentials) implements Authentication {
    /** The word. */
    public static final String TYPE = "oauth2_client_credentials";

    @Override
    public String type() {
      return TYPE;
    }

    @Override
    public Optional<HttpHeader> header() {
      return Optional.empty();
    }
  }
}
