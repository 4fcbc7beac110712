package dev.boathook.signatures;

/** The outcome of a verification. */
public sealed interface Verdict {

  /**
   * The request was signed with one of our secrets, in time.
   *
   * @param secretIndex which secret it was, counted from 0 in the order given to the verifier
   */
  record Verified(int secretIndex) implements Verdict {
    public Verified {
      if (secretIndex < 0) {
        throw new IllegalArgumentException("a secret index is negative");
      }
    }
  }

  /**
   * The request must not be trusted. Nothing of this is for the caller: an answer that tells why
   * helps whoever forges.
   *
   * @param reason the rule that failed
   * @param detail one sentence for our log and for a person at the command line; holds neither a
   *     secret nor the expected signature
   */
  record Rejected(Reason reason, String detail) implements Verdict {}
}
