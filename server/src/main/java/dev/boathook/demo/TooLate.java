package dev.boathook.demo;

/** Something did not happen in time, or the demo was stopped while waiting for it. */
final class TooLate extends Exception {
  private static final long serialVersionUID = 1L;

  TooLate(String message) {
    super(message);
  }
}
