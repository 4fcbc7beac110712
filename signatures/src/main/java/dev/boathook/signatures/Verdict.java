package dev.boathook.signatures;

import java.util.OptionalInt;

/** The outcome of a verification. */
public sealed interface Verdict {

  /**
   * The request was signed with one of our secrets or the provider's published key, in time.
   *
   * @param secretIndex which secret it was, counted from 0 in the order given to the verifier; 0 if
   *     the key is the provider's
   */
  record Verified(int secretIndex) implements Verdict {
    public Verified {
      if (secretIndex < 0) {
        throw new IllegalArgumentException("a secret index is negative");
      }
    }
  }

  /**
   * The request may come in, but nothing in it is signed: whoever knows the token (if there is one)
   * or the address can have written it. An event of such a request is never called verified.
   *
   * @param secretIndex which of our secrets was presented as a token; empty if none is needed
   */
  record Unsigned(OptionalInt secretIndex) implements Verdict {}

  /**
   * The request must not be trusted. Nothing of this is for the caller: an answer that tells why
   * helps whoever forges.
   *
   * @param reason the rule that failed
   * @param detail one sentence for our log and for a person at the command line; holds neither a
   *     secret nor the expected signature
   */
  record Rejected(Reason reason, String detail) implements Verdict {}

  /**
   * It cannot be told now, because the provider's key could not be had. Answer that the request
   * should come again (503), never 401: some providers do not repeat what was refused.
   *
   * @param detail one sentence for our log
   */
  record Undecided(String detail) implements Verdict {}
}
