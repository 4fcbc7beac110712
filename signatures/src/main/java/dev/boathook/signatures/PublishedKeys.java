package dev.boathook.signatures;

import java.security.PublicKey;
import java.time.Instant;
import java.util.List;

/** Where the public keys come from that a provider signs with. */
interface PublishedKeys {

  /**
   * Who looks for keys on behalf of a source with these secrets: one for each, in their order, or
   * one if the provider has no secrets.
   *
   * @throws InvalidSecret if a secret is not in the provider's form
   */
  List<Lookup> lookups(List<String> secrets, RemoteKeys remote);

  /** Looks for the keys that a request names. Thread-safe. */
  @FunctionalInterface
  interface Lookup {
    /** Never throws, whatever the name is. */
    Trust find(String keyName, Instant now);
  }

  /** What came of looking for keys. */
  sealed interface Trust {
    /** Keys of the provider, any of which may have signed. */
    record Keys(List<? extends Algorithm.Key> keys) implements Trust {}

    /** The name leads to no key of the provider. */
    record Refused(Verdict.Rejected verdict) implements Trust {}

    /** It cannot be told now. */
    record Unavailable(String detail) implements Trust {}

    static Trust refused(Reason reason, String detail) {
      return new Refused(new Verdict.Rejected(reason, detail));
    }
  }

  /** A provider without secrets, which has this to look its keys up. */
  static List<Lookup> withoutSecrets(List<String> secrets, Lookup lookup) {
    if (!secrets.isEmpty()) {
      throw new InvalidSecret("there is a secret, and this provider's key is public");
    }
    return List.of(lookup);
  }

  /** Fixed keys, whatever a request calls them, so that nothing is fetched. */
  static PublishedKeys pinned(PublicKeyAlgorithm algorithm, List<PublicKey> keys) {
    Trust trust = new Trust.Keys(keys.stream().map(algorithm::key).toList());
    return (secrets, _) -> withoutSecrets(secrets, (_, _) -> trust);
  }

  /** A key that was looked for, as trust. */
  static Trust trust(RemoteKeys.Found found, PublicKeyAlgorithm algorithm) {
    return switch (found) {
      case RemoteKeys.Found.One(RemoteKeys.Key key) ->
          new Trust.Keys(List.of(algorithm.key(key.key())));
      case RemoteKeys.Found.Unknown() ->
          Trust.refused(Reason.UNKNOWN_KEY, "the provider publishes no key of the name given");
      case RemoteKeys.Found.Unavailable(String why) -> new Trust.Unavailable(why);
    };
  }
}
