package dev.boathook.signatures;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Checks that every list of secrets must pass. */
final class Secrets {

  /** The longest secret, in characters. */
  static final int MAX_LENGTH = 8192;

  private Secrets() {}

  /**
   * The secrets, 1 to {@value Provider#MAX_SECRETS} of them, none of them empty or blank at an end.
   *
   * @throws InvalidSecret which one is wrong, without telling it
   */
  static List<String> checked(List<String> secrets) {
    return each(secrets, secret -> secret);
  }

  /**
   * What becomes of each secret.
   *
   * @param read throws {@link InvalidSecret} with a message that begins with a verb
   * @throws InvalidSecret which one is wrong, without telling it
   */
  static <T> List<T> each(List<String> secrets, Function<String, T> read) {
    if (secrets.isEmpty()) {
      throw new InvalidSecret("there is no secret");
    }
    if (secrets.size() > Provider.MAX_SECRETS) {
      throw new InvalidSecret("there are more than " + Provider.MAX_SECRETS + " secrets");
    }
    List<T> results = new ArrayList<>(secrets.size());
    for (String secret : secrets) {
      try {
        String trimmed = isPem(secret) ? secret.strip() : secret;
        check(trimmed);
        results.add(read.apply(trimmed));
      } catch (InvalidSecret e) {
        throw new InvalidSecret(results.size() + 1, String.valueOf(e.getMessage()));
      }
    }
    return List.copyOf(results);
  }

  /** A key in a file ends with a line break, which is no part of it. */
  private static boolean isPem(String secret) {
    return secret.stripLeading().startsWith("-----BEGIN ");
  }

  private static void check(String secret) {
    if (secret.isEmpty()) {
      throw new InvalidSecret("is empty");
    }
    if (secret.length() > MAX_LENGTH) {
      throw new InvalidSecret("has more than " + MAX_LENGTH + " characters");
    }
    if (!secret.equals(secret.strip())) {
      throw new InvalidSecret("begins or ends with white space");
    }
  }
}
