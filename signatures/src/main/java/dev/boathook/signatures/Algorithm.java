package dev.boathook.signatures;

import java.security.MessageDigest;

/** How a signature is made from a key and a text. */
interface Algorithm {

  /**
   * The most signatures of one request that are checked with a public key. Each costs up to half a
   * millisecond, and whoever sends a request must not multiply that.
   */
  int MAX_ASYMMETRIC_SIGNATURES = 4;

  /** The length of the shortest signature. */
  int minSignatureBytes();

  /** The length of the longest signature. */
  int maxSignatureBytes();

  /** The most signatures of one request that are checked. */
  default int maxSignatures() {
    return SignatureHeader.MAX_SIGNATURES;
  }

  /** Whether the secret is meant for this algorithm, by its prefix. */
  boolean takes(String secret);

  /**
   * The key in a secret.
   *
   * @throws InvalidSecret with a message that begins with a verb
   */
  Key key(String secret);

  /** A key, ready for use by many threads at once. */
  interface Key {

    /** Prepares to compare signatures with the one over this text. */
    Check over(SignedText.Content content);

    /**
     * Signs this text.
     *
     * @throws InvalidSecret if this key can only verify
     */
    byte[] sign(SignedText.Content content);

    /** Throws {@link InvalidSecret} unless this key can sign. */
    default void requireSigning() {}

    /** Throws {@link InvalidSecret} unless this key can verify. */
    default void requireVerifying() {}
  }

  /** A key that both sides have: a signature is checked by making it again. */
  interface SharedKey extends Key {

    @Override
    default Check over(SignedText.Content content) {
      byte[] expected = sign(content);
      return signature -> MessageDigest.isEqual(expected, signature);
    }
  }

  /** Compares signatures with the right one, in constant time. */
  interface Check {
    boolean matches(byte[] signature);
  }
}
