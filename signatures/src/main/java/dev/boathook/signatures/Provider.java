package dev.boathook.signatures;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How one platform signs its webhooks, names its events and shakes hands. Immutable and
 * thread-safe. Obtained from {@link Providers}.
 *
 * <p>A receiver calls {@link #greeting} with what comes in, then the verifier, and only then {@link
 * #read}; it stores what it read and gives the {@link #accepted} answer.
 */
public sealed interface Provider permits Definition {

  /** The most secrets that one verifier or signer takes. */
  int MAX_SECRETS = 16;

  /** The name in the API, as {@code stripe}. */
  String name();

  /** Who it is and what proves its requests, in one line. */
  String summary();

  /** What to give as the secret, in a few words; empty if there is none. */
  String secretHint();

  /** Whether what it sends is signed, so that its events can be called verified. */
  boolean signs();

  /**
   * The same provider, whose verifiers fetch the keys that it publishes, if it does. Without this
   * they fetch nothing, and a request that needs such a key is {@linkplain Verdict.Undecided
   * undecided}.
   */
  Provider fetching(RemoteKeys keys);

  /**
   * A verifier that accepts what is signed with any of these secrets, so that a rotation is never
   * an outage.
   *
   * @param secrets secrets in the form that the provider shows them: 1 to {@value #MAX_SECRETS}, or
   *     none where the provider has none
   * @throws InvalidSecret if there are too few or too many, or one is not in the provider's form
   */
  Verifier verifier(List<String> secrets);

  /**
   * A signer that makes the signature this provider would make. Where the provider signs with a
   * private key, that is the secret, in PEM.
   *
   * @param secret empty where the provider has none
   * @throws InvalidSecret if the secret is not in the provider's form or cannot sign
   */
  Signer signer(String secret);

  /** The names of the sample requests of this provider, the usual one first. */
  List<String> samples();

  /**
   * A sample request, not yet signed, in the shape that the provider documents. Ids and times in it
   * come from the context: the same context gives the same request.
   *
   * @param url where it is to go
   * @throws IllegalArgumentException if there is no such sample; the message names those there are
   */
  WebhookRequest sample(String sample, String url, SigningContext context);

  /** The methods that this provider uses, upper case. */
  Set<String> methods();

  /** The media types that this provider sends, lower case; empty if any may come. */
  Set<String> contentTypes();

  /**
   * What to do with a request that tests the address before anything is signed, if this is exactly
   * such a test. Call it before the verifier. Never throws.
   */
  Optional<Reading> greeting(WebhookRequest request);

  /**
   * What a verified request says. Call it only after {@link Verifier#verify} has answered {@link
   * Verdict.Verified} or {@link Verdict.Unsigned}. Never throws: what cannot be read is left out.
   *
   * @param secret the secret that the verdict names; empty if it names none
   */
  Reading read(WebhookRequest request, String secret);

  /** The answer that this provider wants when its events are stored; empty if any 2xx will do. */
  Optional<Answer> accepted(WebhookRequest request);

  /**
   * How long whoever sent this verified request waits for an answer made for it; empty if none is
   * wanted.
   */
  Optional<Duration> replyLimit(WebhookRequest request);

  /** Whether even a refusal must have no body. */
  boolean refusesWithoutBody();

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
