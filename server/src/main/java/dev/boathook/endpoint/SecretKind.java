package dev.boathook.endpoint;

import dev.boathook.signatures.StandardWebhooks;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.stream.Stream;

/** The kinds of an endpoint's secrets, named as the signatures that they make. */
public enum SecretKind {
  /** An HMAC with a secret that both sides share. */
  V1("v1") {
    @Override
    public String newSecret(SecureRandom random) {
      return Endpoint.newSecret(random);
    }
  },
  /** Ed25519: receivers hold a public key. */
  V1A("v1a") {
    @Override
    public String newSecret(SecureRandom random) {
      return StandardWebhooks.newPrivateKey(random);
    }
  };

  private final String code;

  SecretKind(String code) {
    this.code = code;
  }

  /** The kind of this word in the API, if it is one. */
  public static Optional<SecretKind> named(String code) {
    return Stream.of(values()).filter(kind -> kind.code.equals(code)).findFirst();
  }

  /** The kind of a secret. */
  public static SecretKind of(String secret) {
    return StandardWebhooks.publicKey(secret).isPresent() ? V1A : V1;
  }

  /** A new secret of this kind. */
  public abstract String newSecret(SecureRandom random);
}
