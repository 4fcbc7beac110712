package dev.boathook.signatures;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How one platform signs its webhooks, names its events and shakes hands. Immutable and
 * thread-safe. Obtained from {@link Providers}.
 */
public sealed interface Provider permits Definition {

  /** The most secrets that one verifier or signer takes. */
  int MAX_SECRETS = 16;

  /** The name in the API, as {@code stripe}. */
  String name();

  /**
   * A verifier that accepts what is signed with any of these secrets, so that a rotation is never
   * an outage.
   *
   * @param secrets 1 to {@value #MAX_SECRETS} secrets in the form that the provider shows them
   * @throws InvalidSecret if there are none or too many, or one is not in the provider's form
   */
  Verifier verifier(List<String> secrets);

  /**
   * A signer that makes the signature this provider would make.
   *
   * @throws InvalidSecret if the secret is not in the provider's form or cannot sign
   */
  Signer signer(String secret);

  /** The media types that this provider sends, lower case; empty if any may come. */
  Set<String> contentTypes();

  /**
   * What a verified request says. Call it only after {@link Verifier#verify} has answered {@link
   * Verdict.Verified}. Never throws: what cannot be read is left out.
   */
  Reading read(WebhookRequest request);

  /** Whether a request carries a signed time, so that an old one is refused. */
  boolean timestamped();

  /**
   * How long a dedupe key must be remembered; longer than the provider goes on retrying. 7 days
   * unless the provider needs more.
   */
  Duration dedupeWindow();

  /** The largest body that the provider sends, in bytes: 1 MiB unless it is known to send more. */
  int maxBodyBytes();
}
