package dev.boathook.signatures;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC (RFC 2104) with a hash of the SHA family. */
record Hmac(Hash hash, KeyForm form) implements Algorithm {

  /** The hashes and the length of their result. */
  enum Hash {
    SHA1("HmacSHA1", 20),
    SHA256("HmacSHA256", 32),
    SHA384("HmacSHA384", 48),
    SHA512("HmacSHA512", 64);

    private final String jcaName;
    private final int bytes;

    Hash(String jcaName, int bytes) {
      this.jcaName = jcaName;
      this.bytes = bytes;
    }
  }

  @Override
  public int minSignatureBytes() {
    return hash.bytes;
  }

  @Override
  public int maxSignatureBytes() {
    return hash.bytes;
  }

  @Override
  public boolean takes(String secret) {
    return true;
  }

  @Override
  public Key key(String secret) {
    return new MacKey(new SecretKeySpec(form.bytes(secret), hash.jcaName));
  }

  /**
   * One key and a few initialised {@link Mac}s for it. A Mac is neither cheap to make nor safe to
   * share, and a thread-local one would be made anew for every virtual thread.
   */
  private static final class MacKey implements SharedKey {
    private static final int POOLED = 16;
    private static final int TRIES = 4;

    private final SecretKeySpec key;
    private final AtomicReferenceArray<Mac> idle = new AtomicReferenceArray<>(POOLED);

    MacKey(SecretKeySpec key) {
      this.key = key;
    }

    @Override
    public byte[] sign(SignedText.Content content) {
      int slot = (int) Thread.currentThread().threadId();
      Mac mac = take(slot);
      content.feed(mac::update);
      byte[] signature = mac.doFinal();
      // Only now: a Mac that was left in the middle of a text is never seen again.
      idle.set(slot & (POOLED - 1), mac);
      return signature;
    }

    private Mac take(int slot) {
      for (int i = 0; i < TRIES; i++) {
        Mac mac = idle.getAndSet((slot + i) & (POOLED - 1), null);
        if (mac != null) {
          return mac;
        }
      }
      try {
        Mac mac = Mac.getInstance(key.getAlgorithm());
        mac.init(key);
        return mac;
      } catch (NoSuchAlgorithmException | InvalidKeyException e) {
        throw new IllegalStateException("the JDK lacks " + key.getAlgorithm(), e);
      }
    }
  }
}
