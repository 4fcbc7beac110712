package dev.boathook.signatures;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Web Token that is sent along. It proves who sent the request, for as long as the token
 * lasts, and nothing about the body.
 *
 * @param place where it stands
 */
record JwtScheme(TokenPlace place, JwtKeys keys, JwtClaims claims) implements Scheme.Unsigned {

  private static final String KEY_ID_OF_OURS = "sample";

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys remote) {
    JwtKeys.Check check = keys.check(secrets, remote);
    return (request, now) -> verify(request, now, check);
  }

  private Verdict verify(WebhookRequest request, Instant now, JwtKeys.Check check) {
    String text = place.find(request);
    return text == null
        ? new Verdict.Rejected(Reason.MISSING_TOKEN, place.description() + " has no token")
        : verify(text, request, now, keys, claims, check);
  }

  /** Checks one token: what costs least first, the signature last. */
  static Verdict verify(
      String text,
      WebhookRequest request,
      Instant now,
      JwtKeys keys,
      JwtClaims claims,
      JwtKeys.Check check) {
    Jwt token = Jwt.parse(text);
    if (token == null) {
      return new Verdict.Rejected(
          Reason.MALFORMED_TOKEN,
          "what has " + text.length() + " characters is no token in compact form");
    }
    if (!token.algorithm().equals(keys.algorithm())) {
      return new Verdict.Rejected(
          Reason.MALFORMED_TOKEN, "the token is not signed with " + keys.algorithm());
    }
    Verdict.@Nullable Rejected problem = claims.problem(token.claims(), request, now);
    return problem == null ? check.check(token, now) : problem;
  }

  @Override
  public Signer signer(List<String> secrets) {
    JwtKeys.Sign sign = keys.signer(secrets);
    return (request, context) ->
        place.put(request, token(request, context.timestamp(), keys, claims, sign));
  }

  /** A token as the issuer would make it now. */
  static String token(
      WebhookRequest request, Instant now, JwtKeys keys, JwtClaims claims, JwtKeys.Sign sign) {
    String text = Jwt.unsigned(keys.algorithm(), KEY_ID_OF_OURS, claims.json(request, now));
    return text + "." + Encoding.BASE64URL.encode(sign.sign(Utf8.bytes(text)));
  }

  /** True, though a token may last for hours. */
  @Override
  public boolean timestamped() {
    return true;
  }

  @Override
  public Set<String> tokenParameters() {
    return TokenPlace.parameters(place);
  }
}
