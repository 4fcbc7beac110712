package dev.boathook.signatures;

/** Signs requests as one provider does. Thread-safe; holds its secrets. */
@FunctionalInterface
public interface Signer {

  /**
   * The request as the provider would send it: with the signature and what belongs to it (its time,
   * its id if that is signed), be it in headers, in the URL or in the body.
   *
   * @throws IllegalArgumentException if the request lacks what the provider signs
   */
  WebhookRequest sign(WebhookRequest unsigned, SigningContext context);

  /** A signer that only adds header lines. */
  interface OfHeaders extends Signer {

    /**
     * The header lines to add. Nothing is replaced, so the request must not have them yet.
     *
     * @throws IllegalArgumentException if the request lacks a header that the provider signs
     */
    Headers headers(WebhookRequest unsigned, SigningContext context);

    @Override
    default WebhookRequest sign(WebhookRequest unsigned, SigningContext context) {
      return unsigned.plus(headers(unsigned, context));
    }
  }
}
