package dev.boathook.signatures;

/**
 * Settings that a provider does not know or understand. The message is for the person who wrote
 * them.
 */
public final class InvalidSettings extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  InvalidSettings(String message) {
    super(message);
  }
}
