package dev.boathook.signatures;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The RSA keys of a JSON Web Key Set (RFC 7517) that a provider publishes at a fixed address. */
final class Jwks {

  private static final Duration MAX_AGE = Duration.ofHours(1);
  private static final int MAX_KEYS = 64;
  private static final int MAX_BYTES = 1 << 18;
  private static final int MAX_EXPONENT_BITS = 64;

  private static final JsonPointers KEY =
      new JsonPointers(
          List.of("/keys/0/kty", "/keys/0/kid", "/keys/0/use", "/keys/0/n", "/keys/0/e"));

  private Jwks() {}

  /** The keys at this address, which must be a constant of a definition. */
  static RemoteKeys.KeySet at(String url) {
    URI uri = URI.create(url);
    return new RemoteKeys.KeySet(
        url, MAX_AGE, fetcher -> parse(fetcher.fetch(KeyFetcher.Call.get(uri))));
  }

  /** The keys in a document; those of other kinds, or for other uses, are left out. */
  static Map<String, RemoteKeys.Key> parse(byte[] document) throws IOException {
    JsonElements elements = document.length > MAX_BYTES ? null : JsonElements.of(document, "/keys");
    if (elements == null || elements.count() > MAX_KEYS) {
      throw new IOException("what came is no set of up to " + MAX_KEYS + " JSON Web Keys");
    }
    Map<String, RemoteKeys.Key> keys = new HashMap<>();
    for (int i = 0; i < elements.count(); i++) {
      @Nullable String[] values = JsonScanner.scan(elements.only(i), KEY);
      String id = values[1];
      String use = values[2];
      PublicKey key =
          "RSA".equals(values[0]) && (use == null || use.equals("sig"))
              ? rsa(values[3], values[4])
              : null;
      if (id != null && key != null) {
        keys.put(id, new RemoteKeys.Key(key, null));
      }
    }
    return keys;
  }

  private static @Nullable PublicKey rsa(@Nullable String modulus, @Nullable String exponent) {
    BigInteger n = number(modulus, PemKeys.Kind.MAX_RSA_BITS);
    BigInteger e = number(exponent, MAX_EXPONENT_BITS);
    if (n == null || e == null) {
      return null;
    }
    try {
      PublicKey key = KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(n, e));
      return PemKeys.Kind.RSA.admits(key) ? key : null;
    } catch (InvalidKeySpecException problem) {
      return null; // No key that anybody should sign with.
    } catch (NoSuchAlgorithmException problem) {
      throw new IllegalStateException("the JDK lacks RSA", problem);
    }
  }

  private static @Nullable BigInteger number(@Nullable String text, int maxBits) {
    byte[] bytes = text == null ? null : Encoding.BASE64URL.decode(text);
    if (bytes == null || bytes.length == 0 || bytes.length > maxBits / Byte.SIZE + 1) {
      return null;
    }
    return new BigInteger(1, bytes);
  }
}
