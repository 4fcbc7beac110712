package dev.boathook.signatures;

import java.util.List;

/**
 * Another scheme whose secret the provider hands over later: until then nothing comes in.
 *
 * @param scheme what holds once there is a secret
 */
record LateSecretScheme(Scheme scheme) implements Scheme.Around {

  private static final Verifier WITHOUT_SECRET =
      (_, _) ->
          new Verdict.Rejected(
              Reason.NO_ACCEPTED_SIGNATURE, "the provider has not yet handed over its secret");

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    return secrets.isEmpty() ? WITHOUT_SECRET : scheme.verifier(secrets, keys);
  }
}
