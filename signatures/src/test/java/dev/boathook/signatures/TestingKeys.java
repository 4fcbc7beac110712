package dev.boathook.signatures;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Keys that openssl made for the tests. */
final class TestingKeys {
  static final String RSA_PRIVATE = pem("rsa-private");
  static final String RSA_PUBLIC = pem("rsa-public");
  static final String RSA_OTHER_PUBLIC = pem("rsa-other-public");
  static final String RSA_CERTIFICATE = pem("rsa-certificate");
  static final String EC_PRIVATE = pem("ec-private");
  static final String EC_PUBLIC = pem("ec-public");

  private TestingKeys() {}

  /** The text of a file in {@code keys/}, as it is pasted: without the last line break. */
  static String pem(String name) {
    try (InputStream in = TestingKeys.class.getResourceAsStream("keys/" + name + ".pem")) {
      if (in == null) {
        throw new IllegalArgumentException("there is no key " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The base64 between the lines that begin and end a block. */
  static String bare(String pem) {
    return pem.replaceAll("-----[A-Z ]+-----", "").replace("\n", "");
  }
}
