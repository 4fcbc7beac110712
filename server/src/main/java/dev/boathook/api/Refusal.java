package dev.boathook.api;

/** Carries a problem out of the handling of a call; never leaves this package. */
final class Refusal extends Exception {
  private final transient Problem problem;

  Refusal(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
