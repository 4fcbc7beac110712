package dev.boathook.signatures;

import java.util.List;
import java.util.Set;

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

  /** The parameters of the URL's query in which a token may come, which is not to be kept. */
  default Set<String> tokenParameters() {
    return Set.of();
  }

  /** The text that the signature of a verified request covers. */
  SignedText.Content signedText(WebhookRequest request);

  /** A scheme that proves who sent a request, and nothing about its body. */
  interface Unsigned extends Scheme {

    @Override
    default boolean signs() {
      return false;
    }

    /** All of the body, though nothing covers it: what tells one request from another. */
    @Override
    default SignedText.Content signedText(WebhookRequest request) {
      return SignedText.BODY.of(request, null);
    }
  }

  /** A scheme that adds a rule to another one, and else is like it. */
  interface Around extends Scheme {

    /** The other one. */
    Scheme scheme();

    @Override
    default Signer signer(List<String> secrets) {
      return scheme().signer(secrets);
    }

    @Override
    default boolean signs() {
      return scheme().signs();
    }

    @Override
    default boolean timestamped() {
      return scheme().timestamped();
    }

    @Override
    default Set<String> tokenParameters() {
      return scheme().tokenParameters();
    }

    @Override
    default SignedText.Content signedText(WebhookRequest request) {
      return scheme().signedText(request);
    }
  }
}
