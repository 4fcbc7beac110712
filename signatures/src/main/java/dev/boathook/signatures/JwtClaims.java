package dev.boathook.signatures;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What must stand in a token: these claims, a time at which it ends, and no time that has not come.
 */
final class JwtClaims {

  /** How far the issuer's clock may be from ours. */
  static final Duration LEEWAY = Duration.ofSeconds(60);

  private static final Duration LIFETIME_OF_OURS = Duration.ofHours(1);
  private static final int MAX_AUDIENCES = 16;
  private static final List<String> TIMES = List.of("/exp", "/nbf", "/iat");

  /**
   * One claim.
   *
   * @param names what it may be called; whichever of them is there must be right, and one must be
   * @param usual what a signer writes under the first of the names
   * @param right whether a text is what must stand there
   */
  record Claim(
      List<String> names,
      Function<WebhookRequest, String> usual,
      BiPredicate<WebhookRequest, String> right) {

    /** A claim with one of these values. */
    static Claim oneOf(String name, List<String> values) {
      return new Claim(List.of(name), _ -> values.getFirst(), (_, text) -> values.contains(text));
    }

    /** A claim with this value. */
    static Claim is(String name, String value) {
      return oneOf(name, List.of(value));
    }

    /** A claim with this value in any case. */
    static Claim isIgnoringCase(String name, String value) {
      return new Claim(List.of(name), _ -> value, (_, text) -> value.equalsIgnoreCase(text));
    }

    /** A claim that follows from the request. */
    static Claim follows(String name, Function<WebhookRequest, String> value) {
      return new Claim(List.of(name), value, (request, text) -> value.apply(request).equals(text));
    }
  }

  private final List<Claim> claims;
  private final JsonPointers pointers;

  private JwtClaims(List<Claim> claims) {
    this.claims = claims;
    Set<String> found = new LinkedHashSet<>(TIMES);
    claims.forEach(claim -> claim.names.forEach(name -> found.add("/" + name)));
    this.pointers = new JsonPointers(found);
  }

  static JwtClaims of(Claim... claims) {
    return new JwtClaims(List.of(claims));
  }

  /** What is wrong with the claims of a token; null if nothing is. */
  Verdict.@Nullable Rejected problem(byte[] json, WebhookRequest request, Instant now) {
    @Nullable String[] values = JsonScanner.scan(json, pointers);
    Verdict.Rejected untimely = untimely(values, now);
    if (untimely != null) {
      return untimely;
    }
    for (Claim claim : claims) {
      if (!holds(claim, json, values, request)) {
        return new Verdict.Rejected(
            Reason.WRONG_CLAIM,
            "the token's " + String.join(" or ", claim.names) + " is not what it must be");
      }
    }
    return null;
  }

  private boolean holds(
      Claim claim, byte[] json, @Nullable String[] values, WebhookRequest request) {
    boolean found = false;
    for (String name : claim.names) {
      String value = values[pointers.indexOf("/" + name)];
      if (value == null && name.equals("aud")) {
        // RFC 7519, 4.1.3: of several audiences we must be one.
        value =
            audiences(json).stream()
                .filter(one -> claim.right.test(request, one))
                .findFirst()
                .orElse(null);
      }
      if (value != null) {
        if (!claim.right.test(request, value)) {
          return false;
        }
        found = true;
      }
    }
    return found;
  }

  private static List<String> audiences(byte[] json) {
    JsonElements elements = JsonElements.of(json, "/aud");
    if (elements == null || elements.count() > MAX_AUDIENCES) {
      return List.of();
    }
    JsonPointers first = new JsonPointers(List.of("/aud/0"));
    List<String> audiences = new ArrayList<>();
    for (int i = 0; i < elements.count(); i++) {
      String audience = JsonScanner.scan(elements.only(i), first)[0];
      if (audience != null) {
        audiences.add(audience);
      }
    }
    return audiences;
  }

  private Verdict.@Nullable Rejected untimely(@Nullable String[] values, Instant now) {
    @Nullable Instant[] times = new @Nullable Instant[TIMES.size()];
    for (int i = 0; i < times.length; i++) {
      String text = values[pointers.indexOf(TIMES.get(i))];
      if (text != null) {
        times[i] = seconds(text);
        if (times[i] == null) {
          return malformed("a time in the token is not in Unix seconds");
        }
      }
    }
    Instant ends = times[0];
    if (ends == null) {
      return malformed("the token has no end (exp), or its claims are no JSON");
    }
    if (!now.isBefore(ends.plus(LEEWAY))) {
      return new Verdict.Rejected(Reason.TOKEN_EXPIRED, "the token ended at " + ends);
    }
    for (int i = 1; i < times.length; i++) {
      Instant begins = times[i];
      if (begins != null && begins.isAfter(now.plus(LEEWAY))) {
        return new Verdict.Rejected(
            Reason.TOKEN_EXPIRED, "the token begins at " + begins + ", which has not come");
      }
    }
    return null;
  }

  /** A NumericDate, whose fraction does not matter. */
  private static @Nullable Instant seconds(String text) {
    int dot = text.indexOf('.');
    return TimeRule.Unit.SECONDS.parse(dot < 0 ? text : text.substring(0, dot));
  }

  private static Verdict.Rejected malformed(String detail) {
    return new Verdict.Rejected(Reason.MALFORMED_TOKEN, detail);
  }

  /** The claims of a token made now, as JSON. */
  String json(WebhookRequest request, Instant now) {
    StringBuilder json = new StringBuilder("{");
    for (Claim claim : claims) {
      json.append(JsonSplice.quoted(claim.names.getFirst())).append(':');
      String value = Objects.requireNonNull(claim.usual.apply(request));
      json.append(value.equals("true") ? value : JsonSplice.quoted(value)).append(',');
    }
    return json.append(
            "\"iat\":%d,\"exp\":%d}"
                .formatted(now.getEpochSecond(), now.plus(LIFETIME_OF_OURS).getEpochSecond()))
        .toString();
  }
}
