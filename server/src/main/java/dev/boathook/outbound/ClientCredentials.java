package dev.boathook.outbound;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an access token is asked for by client credentials (RFC 6749, section 4.4).
 *
 * @param tokenUrl the token endpoint of the authorization server
 * @param clientId who asks
 * @param clientSecret what proves it; in no text
 * @param scope what for, separated by spaces; null for the server's default
 * @param audience for whom the token is to be, where the server wants to know; null for nothing
 * @param method how id and secret are sent
 */
public record ClientCredentials(
    TargetUrl tokenUrl,
    String clientId,
    String clientSecret,
    @Nullable String scope,
    @Nullable String audience,
    Method method) {
  /** The longest id, secret, scope and audience each, in characters. */
  public static final int MAX_CHARACTERS = 2_000;

  /** How a client proves who it is (RFC 6749, section 2.3.1; the names are of RFC 7591). */
  public enum Method {
    /** By basic authentication, which every authorization server must take. */
    BASIC("client_secret_basic"),
    /** In the body, for servers that take nothing else. */
    POST("client_secret_post");

    private final String code;

    Method(String code) {
      this.code = code;
    }

    /** The word in the database and in the API. */
    public String code() {
      return code;
    }

    /**
     * The method of a {@link #code}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Method of(String code) {
      for (Method method : values()) {
        if (method.code.equals(code)) {
          return method;
        }
      }
      throw new IllegalArgumentException(
          "client_authentication is " + BASIC.code + " or " + POST.code);
    }
  }

  /** Checks the limits. */
  public ClientCredentials {
    check("client_id", clientId);
    check("client_secret", clientSecret);
    check("scope", scope);
    check("audience", audience);
  }

  private static void check(String name, @Nullable String text) {
    if (text != null && (text.isEmpty() || text.length() > MAX_CHARACTERS)) {
      throw new IllegalArgumentException(name + " has 1 to " + MAX_CHARACTERS + " characters");
    }
  }

  /** The body of the request, a form. */
  byte[] body() {
    List<String> fields = new ArrayList<>();
    fields.add("grant_type=client_credentials");
    add(fields, "scope", scope);
    add(fields, "audience", audience);
    if (method == Method.POST) {
      add(fields, "client_id", clientId);
      add(fields, "client_secret", clientSecret);
    }
    return String.join("&", fields).getBytes(StandardCharsets.US_ASCII);
  }

  private static void add(List<String> fields, String name, @Nullable String value) {
    if (value != null) {
      fields.add(name + "=" + encoded(value));
    }
  }

  /** The headers of the request that prove who asks. */
  List<HttpHeader> headers() {
    return switch (method) {
      case POST -> List.of();
      case BASIC ->
          List.of(
              new HttpHeader(
                  "authorization",
                  "Basic "
                      + Base64.getEncoder()
                          .encodeToString(
                              (encoded(clientId) + ":" + encoded(clientSecret))
                                  .getBytes(StandardCharsets.US_ASCII))));
    };
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "ClientCredentials[" + clientId + " at " + tokenUrl.authority() + "]";
  }
}
