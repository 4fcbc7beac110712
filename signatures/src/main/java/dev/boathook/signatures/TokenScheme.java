package dev.boathook.signatures;

import java.security.MessageDigest;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A shared secret that is sent along as it is. It proves that the sender knows it, and nothing
 * about the rest of the request.
 *
 * @param place where it stands
 * @param written how a secret is written there; throws {@link InvalidSecret} with a message that
 *     begins with a verb
 * @param required whether there must be a secret; if not, everything comes in while there is none
 */
record TokenScheme(TokenPlace place, UnaryOperator<String> written, boolean required)
    implements Scheme.Unsigned {

  /** The secret as it is, without which nobody comes in. */
  static TokenScheme required(TokenPlace place) {
    return new TokenScheme(place, UnaryOperator.identity(), true);
  }

  /** The secret as it is; while there is none, everybody comes in. */
  static TokenScheme optional(TokenPlace place) {
    return new TokenScheme(place, UnaryOperator.identity(), false);
  }

  /** Basic authentication (RFC 7617). The secret is {@code user:password}. */
  static TokenScheme basic() {
    return new TokenScheme(
        new TokenPlace.InHeaderAfter("Basic ", "Authorization"), TokenScheme::credentials, true);
  }

  private static String credentials(String secret) {
    if (secret.indexOf(':') < 1) {
      throw new InvalidSecret("is not user:password");
    }
    return Encoding.BASE64.encode(Utf8.bytes(secret));
  }

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    if (secrets.isEmpty() && !required) {
      return (_, _) -> new Verdict.Unsigned(OptionalInt.empty());
    }
    List<byte[]> tokens = Secrets.each(secrets, secret -> Utf8.bytes(token(secret)));
    return (request, _) -> verify(request, tokens);
  }

  private String token(String secret) {
    String token = written.apply(secret);
    if (!place.canHold(token)) {
      throw new InvalidSecret(
          "holds other than printable ASCII, which cannot stand in " + place.description());
    }
    return token;
  }

  private Verdict verify(WebhookRequest request, List<byte[]> tokens) {
    String presented = place.find(request);
    if (presented == null) {
      return new Verdict.Rejected(Reason.MISSING_TOKEN, place.description() + " is missing");
    }
    int match = match(presented, tokens);
    return match >= 0
        ? new Verdict.Unsigned(OptionalInt.of(match))
        : new Verdict.Rejected(
            Reason.NO_MATCHING_TOKEN,
            "%s has %d characters and is none of our %d secrets"
                .formatted(place.description(), presented.length(), tokens.size()));
  }

  /** Which of the tokens it is, found in constant time; -1 if it is none. */
  static int match(String presented, List<byte[]> tokens) {
    byte[] token = Utf8.bytes(presented);
    int match = -1;
    for (int i = 0; i < tokens.size(); i++) {
      if (MessageDigest.isEqual(tokens.get(i), token) && match < 0) {
        match = i;
      }
    }
    return match;
  }

  @Override
  public Signer signer(List<String> secrets) {
    if (secrets.isEmpty() && !required) {
      return (request, _) -> request;
    }
    String token = Secrets.each(secrets, this::token).getFirst();
    return (request, _) -> place.put(request, token);
  }

  @Override
  public boolean timestamped() {
    return false;
  }

  @Override
  public Set<String> tokenParameters() {
    return TokenPlace.parameters(place);
  }
}
