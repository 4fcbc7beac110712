package dev.boathook.signatures;

import java.util.List;
import java.util.function.Function;

/**
 * Another scheme that does not take every secret.
 *
 * @param check throws {@link InvalidSecret} with a message that begins with a verb
 */
record SecretRule(Scheme scheme, Function<String, String> check) implements Scheme.Around {

  /** Not this secret, which is public. */
  static SecretRule without(String secret, String problem, Scheme scheme) {
    return new SecretRule(
        scheme,
        text -> {
          if (text.equals(secret)) {
            throw new InvalidSecret(problem);
          }
          return text;
        });
  }

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    return scheme.verifier(Secrets.each(secrets, check), keys);
  }

  @Override
  public Signer signer(List<String> secrets) {
    return scheme.signer(Secrets.each(secrets, check));
  }
}
