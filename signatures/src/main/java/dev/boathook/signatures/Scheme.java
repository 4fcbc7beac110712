package dev.boathook.signatures;

import java.util.List;

/** How a provider proves that a request is its own. */
interface Scheme {

  /** As {@link Provider#verifier}, fetching keys where the provider publishes them. */
  Verifier verifier(List<String> secrets, RemoteKeys keys);

  /** As {@link Provider#signer}, with every one of the secrets. */
  Signer signer(List<String> secrets);

  /** As {@link Provider#signs}. */
  default boolean signs() {
    return true;
  }

  /** As {@link Provider#timestamped}. */
  boolean timestamped();

  /** The text that the signature of a verified request covers. */
  SignedText.Content signedText(WebhookRequest request);
}
