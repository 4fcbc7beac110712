package dev.boathook.cli;

/** Arguments that make no sense. The message is one line for the person who typed them. */
final class WrongUsage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WrongUsage(String message) {
    super(message);
  }
}
