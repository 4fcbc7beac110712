package dev.boathook.signatures;

import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;

/** The keys that tokens are signed with, and so the algorithm: a token has no say in it. */
sealed interface JwtKeys {

  /** The JDK's name for what the standard (RFC 7518) calls RS256. */
  String RS256 = "SHA256withRSA";

  /** HS256 with the secrets. */
  record Shared() implements JwtKeys {}

  /** RS256 with keys that the issuer publishes. There is no secret. */
  record Published(RemoteKeys.KeySet set) implements JwtKeys {}

  /** RS256 with one of these keys. There is no secret. */
  record Given(List<PublicKey> keys) implements JwtKeys {}

  /** Checks the signature of a token. */
  interface Check {
    /** {@link Verdict.Unsigned} if it is right, as a token does not cover the request. */
    Verdict check(Jwt token, Instant now);
  }

  /** Makes the signature of a token. */
  interface Sign {
    byte[] sign(byte[] text);
  }

  /**
   * The keys in these settings: {@code public_key} if it is set, or else those at an address.
   *
   * @throws InvalidSettings if {@code public_key} is none
   */
  static JwtKeys from(Settings settings, RemoteKeys.KeySet set) {
    List<PublicKey> keys = settings.publicKeys("public_key", PemKeys.Kind.RSA);
    return keys.isEmpty() ? new Published(set) : new Given(keys);
  }

  /** The name of the algorithm in a token. */
  default String algorithm() {
    return switch (this) {
      case Shared _ -> "HS256";
      case Published _, Given _ -> "RS256";
    };
  }

  /**
   * A check with these keys.
   *
   * @throws InvalidSecret if there are secrets and there is no use for them, or none where there is
   */
  default Check check(List<String> secrets, RemoteKeys remote) {
    return switch (this) {
      case Shared() -> {
        List<Algorithm.Key> keys = Secrets.each(secrets, JwtKeys::hs256);
        yield (token, _) -> shared(token, keys);
      }
      case Published(RemoteKeys.KeySet set) -> {
        requireNone(secrets);
        yield (token, now) ->
            switch (remote.find(set, token.keyId(), now)) {
              case RemoteKeys.Found.One(RemoteKeys.Key key) -> given(token, List.of(key.key()));
              case RemoteKeys.Found.Unknown() ->
                  new Verdict.Rejected(
                      Reason.UNKNOWN_KEY, "the token names a key that is not published");
              case RemoteKeys.Found.Unavailable(String why) -> new Verdict.Undecided(why);
            };
      }
      case Given(List<PublicKey> keys) -> {
        requireNone(secrets);
        yield (token, _) -> given(token, keys);
      }
    };
  }

  /**
   * Signs as the issuer would: with the secret, or with a private RSA key in PEM.
   *
   * @throws InvalidSecret if the secret is in no such form
   */
  default Sign signer(List<String> secrets) {
    return switch (this) {
      case Shared() -> {
        Algorithm.Key key = Secrets.each(secrets, JwtKeys::hs256).getFirst();
        yield text -> key.sign(sink -> sink.update(text));
      }
      case Published _, Given _ -> {
        Algorithm.Key key = Secrets.each(secrets, JwtKeys::rs256).getFirst();
        yield text -> key.sign(sink -> sink.update(text));
      }
    };
  }

  private static Algorithm.Key hs256(String secret) {
    return new Hmac(Hmac.Hash.SHA256, KeyForm.TEXT).key(secret);
  }

  private static Algorithm.Key rs256(String pem) {
    return new AsymmetricKey(RS256, null, PemKeys.privateKey(pem, PemKeys.Kind.RSA));
  }

  private static Verdict shared(Jwt token, List<Algorithm.Key> keys) {
    for (int i = 0; i < keys.size(); i++) {
      if (keys.get(i).over(sink -> sink.update(token.signedText())).matches(token.signature())) {
        return new Verdict.Unsigned(OptionalInt.of(i));
      }
    }
    return mismatch();
  }

  private static Verdict given(Jwt token, List<PublicKey> keys) {
    for (PublicKey key : keys) {
      Algorithm.Key verifier = new AsymmetricKey(RS256, key, null);
      if (verifier.over(sink -> sink.update(token.signedText())).matches(token.signature())) {
        return new Verdict.Unsigned(OptionalInt.empty());
      }
    }
    return mismatch();
  }

  private static Verdict mismatch() {
    return new Verdict.Rejected(
        Reason.NO_MATCHING_SIGNATURE, "the token was signed with none of our keys");
  }

  private static void requireNone(List<String> secrets) {
    if (!secrets.isEmpty()) {
      throw new InvalidSecret("there is a secret, and tokens are signed with a public key");
    }
  }
}
