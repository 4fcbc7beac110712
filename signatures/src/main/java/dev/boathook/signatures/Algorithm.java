package dev.boathook.signatures;

/** How a signature is made from a key and a text. */
interface Algorithm {

  /** The length of the shortest signature. */
  int minSignatureBytes();

  /** The length of the longest signature. */
  int maxSignatureBytes();

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
  }

  /** Compares signatures with the right one, in constant time. */
  interface Check {
    boolean matches(byte[] signature);
  }
}
