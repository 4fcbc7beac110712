package dev.boathook.signatures;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where in a request a token stands. */
sealed interface TokenPlace {

  /** The longest token that is looked at, in characters. */
  int MAX_LENGTH = 8192;

  /** A bearer token (RFC 6750). */
  TokenPlace BEARER = new InHeaderAfter("Bearer ", "Authorization");

  /** What to call it in messages. */
  String description();

  /** Whether a token can stand here. */
  boolean canHold(String token);

  /** The token, or null if there is none, or more than one. */
  @Nullable String find(WebhookRequest request);

  /** The request with this token. */
  WebhookRequest put(WebhookRequest request, String token);

  /** The parameters of the query that may hold a token. */
  static Set<String> parameters(TokenPlace place) {
    return switch (place) {
      case InQuery(String name) -> Set.of(name);
      case InAny(List<TokenPlace> places) ->
          places.stream()
              .flatMap(each -> parameters(each).stream())
              .collect(Collectors.toUnmodifiableSet());
      case InHeader _, InHeaderAfter _, InJson _ -> Set.of();
    };
  }

  /** The whole value of a header, whose name must occur once. */
  record InHeader(String name) implements TokenPlace {
    @Override
    public String description() {
      return name;
    }

    @Override
    public boolean canHold(String token) {
      // What else is in a header, senders encode in one way and receivers read in another.
      return Ascii.isPrintable(token);
    }

    @Override
    public @Nullable String find(WebhookRequest request) {
      String value = request.headers().count(name) == 1 ? request.headers().first(name) : null;
      return value == null || value.isEmpty() || value.length() > MAX_LENGTH ? null : value;
    }

    @Override
    public WebhookRequest put(WebhookRequest request, String token) {
      return request.plus(Headers.of(name, token));
    }
  }

  /**
   * What follows a word in a header, as {@code Bearer } in {@code Authorization}; the word in any
   * case. The header's name must occur once.
   */
  record InHeaderAfter(String word, String name) implements TokenPlace {
    @Override
    public String description() {
      return name;
    }

    @Override
    public boolean canHold(String token) {
      return new InHeader(name).canHold(token);
    }

    @Override
    public @Nullable String find(WebhookRequest request) {
      String value = new InHeader(name).find(request);
      return value != null
              && value.length() > word.length()
              && value.regionMatches(true, 0, word, 0, word.length())
          ? value.substring(word.length())
          : null;
    }

    @Override
    public WebhookRequest put(WebhookRequest request, String token) {
      return request.plus(Headers.of(name, word + token));
    }
  }

  /** A parameter in the query of the URL, which must occur once. */
  record InQuery(String name) implements TokenPlace {
    @Override
    public String description() {
      return "the query parameter " + name;
    }

    @Override
    public boolean canHold(String token) {
      return true;
    }

    @Override
    public @Nullable String find(WebhookRequest request) {
      return Query.single(request.url(), name);
    }

    @Override
    public WebhookRequest put(WebhookRequest request, String token) {
      return new WebhookRequest(
          request.method(),
          Query.plus(request.url(), name, token),
          request.headers(),
          request.body());
    }
  }

  /** A string in a JSON body. */
  record InJson(String pointer) implements TokenPlace {
    @Override
    public String description() {
      return pointer + " in the body";
    }

    @Override
    public boolean canHold(String token) {
      return true;
    }

    @Override
    public @Nullable String find(WebhookRequest request) {
      String value = JsonScanner.scan(request.body(), new JsonPointers(List.of(pointer)))[0];
      return value == null || value.isEmpty() || value.length() > MAX_LENGTH ? null : value;
    }

    @Override
    public WebhookRequest put(WebhookRequest request, String token) {
      return new WebhookRequest(
          request.method(),
          request.url(),
          request.headers(),
          JsonSplice.string(request.body(), pointer, token));
    }
  }

  /** The first of several places where there is one. */
  record InAny(List<TokenPlace> places) implements TokenPlace {
    @Override
    public String description() {
      return places.stream().map(TokenPlace::description).collect(Collectors.joining(" or "));
    }

    @Override
    public boolean canHold(String token) {
      return places.stream().anyMatch(place -> place.canHold(token));
    }

    @Override
    public @Nullable String find(WebhookRequest request) {
      for (TokenPlace place : places) {
        String token = place.find(request);
        if (token != null) {
          return token;
        }
      }
      return null;
    }

    @Override
    public WebhookRequest put(WebhookRequest request, String token) {
      return places.stream()
          .filter(place -> place.canHold(token))
          .findFirst()
          .orElseThrow()
          .put(request, token);
    }
  }
}
