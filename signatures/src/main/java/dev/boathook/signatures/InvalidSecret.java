package dev.boathook.signatures;

/** A secret that is not in the provider's form. The message never holds the secret. */
public final class InvalidSecret extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  InvalidSecret(String message) {
    super(message);
  }
}
