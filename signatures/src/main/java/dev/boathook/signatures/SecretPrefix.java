package dev.boathook.signatures;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 over the secret and then the text, which is weaker than HMAC: from the signature of a
 * text anyone can compute that of the same text with certain bytes appended; {@link JsonOrNothing}
 * keeps those out. For providers that have nothing better.
 */
enum SecretPrefix implements Algorithm {
  SHA256;

  private static final int BYTES = 32;

  @Override
  public int minSignatureBytes() {
    return BYTES;
  }

  @Override
  public int maxSignatureBytes() {
    return BYTES;
  }

  @Override
  public boolean takes(String secret) {
    return true;
  }

  @Override
  public Key key(String secret) {
    return new PrefixKey(secret.getBytes(StandardCharsets.UTF_8));
  }

  private static final class PrefixKey implements SharedKey {
    private final byte[] secret;

    PrefixKey(byte[] secret) {
      this.secret = secret;
    }

    @Override
    public byte[] sign(SignedText.Content content) {
      try {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(secret);
        content.feed(digest::update);
        return digest.digest();
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("the JDK lacks SHA-256", e);
      }
    }
  }
}
