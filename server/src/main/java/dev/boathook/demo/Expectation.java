package dev.boathook.demo;

/**
 * One thing that a promise comes down to.
 *
 * @param expected what was promised, in words
 * @param met whether it was kept
 * @param was what happened
 */
record Expectation(String expected, boolean met, String was) {
  /** This value is to be that one. */
  static Expectation equal(String what, Object promised, Object was) {
    return new Expectation(what + " " + promised, promised.equals(was), was.toString());
  }

  /** This is to be so. */
  static Expectation holds(String expected, boolean met) {
    return new Expectation(expected, met, "not so");
  }
}
