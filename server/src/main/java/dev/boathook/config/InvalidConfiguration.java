package dev.boathook.config;

/**
 * A setting that is unknown or cannot be what it is. The message is one line for the operator:
 * where it stands (flag, variable, or file, line and key), and what is allowed. It never holds a
 * secret.
 */
public final class InvalidConfiguration extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  InvalidConfiguration(String where, String problem) {
    super(where + ": " + problem);
  }
}
