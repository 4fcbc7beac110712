package dev.boathook.signatures;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Another scheme, and JSON Web Tokens in the body besides: none need be there unless the request is
 * of a kind that must have one, but each that is there must be right.
 *
 * <p>A signer signs with the other scheme alone, and so cannot make a request that needs a token.
 *
 * @param tokens a JSON pointer to the array of tokens
 * @param needed which requests must have one
 */
record BodyTokensScheme(
    Scheme scheme, String tokens, Predicate<WebhookRequest> needed, JwtKeys keys, JwtClaims claims)
    implements Scheme.Around {

  /**
   * The most tokens in one request. The first that is wrong ends it, and one that is there twice is
   * checked once: only who holds many tokens from the issuer can make us check many signatures.
   */
  static final int MAX_TOKENS = 32;

  private static final JsonPointers WHOLE = new JsonPointers(List.of(""));

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys remote) {
    Verifier first = scheme.verifier(secrets, remote);
    JwtKeys.Check check = keys.check(List.of(), remote);
    return (request, now) ->
        switch (first.verify(request, now)) {
          case Verdict.Rejected rejected -> rejected;
          case Verdict.Undecided undecided -> undecided;
          case Verdict.Verified verified -> confirmed(verified, request, now, check);
          case Verdict.Unsigned unsigned -> confirmed(unsigned, request, now, check);
        };
  }

  /** The verdict of the other scheme, unless a token is missing or wrong. */
  private Verdict confirmed(
      Verdict verdict, WebhookRequest request, Instant now, JwtKeys.Check check) {
    List<byte[]> elements = elements(request.body());
    if (elements.isEmpty() && needed.test(request)) {
      return new Verdict.Rejected(Reason.MISSING_TOKEN, "there is no token in " + tokens);
    }
    if (elements.size() > MAX_TOKENS) {
      return new Verdict.Rejected(
          Reason.TOO_MANY_SIGNATURES, tokens + " holds more than " + MAX_TOKENS + " tokens");
    }
    Set<String> seen = new HashSet<>();
    for (byte[] element : elements) {
      String token = JsonScanner.scan(element, WHOLE)[0];
      if (token == null) {
        return new Verdict.Rejected(
            Reason.MALFORMED_TOKEN, tokens + " holds what is no token in compact form");
      }
      if (seen.add(token)) {
        Verdict ofToken = JwtScheme.verify(token, request, now, keys, claims, check);
        if (!(ofToken instanceof Verdict.Unsigned)) {
          return ofToken;
        }
      }
    }
    return verdict;
  }

  /** The elements of the array, but not many more than are looked at. */
  private List<byte[]> elements(byte[] body) {
    JsonElements found = JsonElements.of(body, tokens);
    List<byte[]> elements = new ArrayList<>();
    for (int i = 0; found != null && i < Math.min(found.count(), MAX_TOKENS + 1); i++) {
      elements.add(found.element(i));
    }
    return elements;
  }
}
