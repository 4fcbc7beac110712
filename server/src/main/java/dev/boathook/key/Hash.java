package dev.boathook.key;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A SHA-256 hash, by which keys and URL tokens are kept and looked up: the time of a look-up tells
 * nothing about how much of a guess was right, since nobody can choose a hash's first bytes.
 *
 * @param bytes the 32 bytes, compared by value
 */
public record Hash(ByteBuffer bytes) {
  /** The hash of a text in UTF-8. */
  public static Hash of(String text) {
    return of(sha256(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A hash that was made before. */
  public static Hash of(byte[] hash) {
    return new Hash(ByteBuffer.wrap(hash.clone()).asReadOnlyBuffer());
  }

  /** A copy of the bytes. */
  public byte[] toBytes() {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return copy;
  }

  /** SHA-256 of bytes. */
  public static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
