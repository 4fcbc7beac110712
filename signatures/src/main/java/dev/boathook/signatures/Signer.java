package dev.boathook.signatures;

/** Signs requests as one provider does. Thread-safe; holds its secrets. */
@FunctionalInterface
public interface Signer {

  /**
   * The header lines to add to a request: the signature and what belongs to it (its time, its id if
   * that is signed). Nothing is replaced, so the request must not have them yet.
   *
   * @throws IllegalArgumentException if the request lacks a header that the provider signs
   */
  Headers sign(WebhookRequest unsigned, SigningContext context);
}
