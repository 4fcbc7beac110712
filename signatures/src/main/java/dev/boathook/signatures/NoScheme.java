package dev.boathook.signatures;

import java.util.List;
import java.util.OptionalInt;

/** Nothing: whoever knows the address comes in. */
enum NoScheme implements Scheme.Unsigned {
  INSTANCE;

  @Override
  public Verifier verifier(List<String> secrets, RemoteKeys keys) {
    requireNone(secrets);
    return (_, _) -> new Verdict.Unsigned(OptionalInt.empty());
  }

  @Override
  public Signer signer(List<String> secrets) {
    requireNone(secrets);
    return (request, _) -> request;
  }

  @Override
  public boolean timestamped() {
    return false;
  }

  private static void requireNone(List<String> secrets) {
    if (!secrets.isEmpty()) {
      throw new InvalidSecret("there is a secret, and this provider uses none");
    }
  }
}
