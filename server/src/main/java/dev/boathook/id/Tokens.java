package dev.boathook.id;

import java.security.SecureRandom;

/** The unguessable last parts of sources' URLs. */
public final class Tokens {
  private static final int BYTES = 16;

  private Tokens() {}

  /** 128 random bits as 26 characters of base32. */
  public static String next(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Base32.encode(bytes);
  }
}
