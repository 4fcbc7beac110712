package dev.boathook.signatures;

import java.util.List;

/** A secret that is not in the provider's form. The message never holds the secret. */
public final class InvalidSecret extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Which secret, counted from 1; 0 if it is none of a list. */
  private final int number;

  private final String problem;

  InvalidSecret(String message) {
    super(message);
    this.number = 0;
    this.problem = message;
  }

  /** One of a list, counted from 1, and its problem in words that begin with a verb. */
  InvalidSecret(int number, String problem) {
    super("secret " + number + " " + problem);
    this.number = number;
    this.problem = problem;
  }

  /** The same, where the list was a selection of another: the places, counted from 0, in that. */
  InvalidSecret selectedBy(List<Integer> places) {
    return number == 0 ? this : new InvalidSecret(places.get(number - 1) + 1, problem);
  }
}
