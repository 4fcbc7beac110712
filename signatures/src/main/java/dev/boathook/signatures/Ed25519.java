package dev.boathook.signatures;

import static dev.boathook.signatures.StandardWebhooks.PRIVATE_KEY_PREFIX;
import static dev.boathook.signatures.StandardWebhooks.PUBLIC_KEY_PREFIX;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Ed25519 (RFC 8032), with keys written in one of several ways. */
enum Ed25519 implements Algorithm {
  /**
   * As Standard Webhooks writes keys: {@code whpk_} and the base64 of the 32 byte public key,
   * {@code whsk_} and the base64 of the 32 byte seed and the public key.
   */
  WHPK {
    @Override
    public boolean takes(String secret) {
      return secret.startsWith(PUBLIC_KEY_PREFIX) || secret.startsWith(PRIVATE_KEY_PREFIX);
    }

    @Override
    public Key key(String secret) {
      boolean isPrivate = secret.startsWith(PRIVATE_KEY_PREFIX);
      String prefix = isPrivate ? PRIVATE_KEY_PREFIX : PUBLIC_KEY_PREFIX;
      int length = isPrivate ? 2 * KEY_BYTES : KEY_BYTES;
      byte[] bytes = Encoding.BASE64.decode(secret.substring(prefix.length()));
      if (bytes == null || bytes.length != length) {
        throw new InvalidSecret("is not '" + prefix + "' and the base64 of " + length + " bytes");
      }
      return pair(bytes);
    }
  },

  /**
   * The public key in 64 hex digits. To sign, the private key as PKCS#8 in PEM, or the seed and the
   * public key in 128 hex digits: a seed alone looks like a public key, and whoever pasted that one
   * by mistake would sign with it.
   */
  HEX {
    @Override
    public boolean takes(String secret) {
      return true;
    }

    @Override
    public Key key(String secret) {
      if (PemKeys.isPrivate(secret)) {
        return new AsymmetricKey(NAME, null, PemKeys.privateKey(secret, PemKeys.Kind.ED25519));
      }
      byte[] bytes = Encoding.HEX.decode(secret);
      if (bytes == null || (bytes.length != KEY_BYTES && bytes.length != 2 * KEY_BYTES)) {
        throw new InvalidSecret("is not a public key in " + 2 * KEY_BYTES + " hex digits");
      }
      return pair(bytes);
    }
  };

  private static final int KEY_BYTES = 32;
  private static final int SIGNATURE_BYTES = 64;
  private static final String NAME = "Ed25519";

  /** The DER around a public key (RFC 8410). */
  private static final byte[] PUBLIC_DER = HexFormat.of().parseHex("302a300506032b6570032100");

  /** The DER around a private key's seed (RFC 8410). */
  private static final byte[] PRIVATE_DER =
      HexFormat.of().parseHex("302e020100300506032b657004220420");

  @Override
  public int minSignatureBytes() {
    return SIGNATURE_BYTES;
  }

  @Override
  public int maxSignatureBytes() {
    return SIGNATURE_BYTES;
  }

  @Override
  public int maxSignatures() {
    return MAX_ASYMMETRIC_SIGNATURES;
  }

  /** The key of a public key, or of a seed and its public key. */
  private static Key pair(byte[] bytes) {
    try {
      KeyFactory factory = KeyFactory.getInstance(NAME);
      byte[] publicBytes = Arrays.copyOfRange(bytes, bytes.length - KEY_BYTES, bytes.length);
      PublicKey publicKey =
          factory.generatePublic(new X509EncodedKeySpec(join(PUBLIC_DER, publicBytes)));
      if (bytes.length == KEY_BYTES) {
        return new AsymmetricKey(NAME, publicKey, null);
      }
      byte[] seed = Arrays.copyOf(bytes, KEY_BYTES);
      PrivateKey privateKey =
          factory.generatePrivate(new PKCS8EncodedKeySpec(join(PRIVATE_DER, seed)));
      AsymmetricKey pair = new AsymmetricKey(NAME, publicKey, privateKey);
      SignedText.Content probe = sink -> sink.update(publicBytes);
      if (!pair.over(probe).matches(pair.sign(probe))) {
        throw new InvalidSecret("holds a private key and a public key that do not belong together");
      }
      return pair;
    } catch (InvalidKeySpecException e) {
      throw new InvalidSecret("is no Ed25519 key");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks " + NAME, e);
    }
  }

  /** A new seed and its public key. */
  static byte[] newPair(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(NAME);
      generator.initialize(NamedParameterSpec.ED25519, random);
      KeyPair pair = generator.generateKeyPair();
      byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
      byte[] der = pair.getPublic().getEncoded();
      return join(seed, Arrays.copyOfRange(der, der.length - KEY_BYTES, der.length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks " + NAME, e);
    }
  }

  private static byte[] join(byte[] start, byte[] end) {
    byte[] joined = Arrays.copyOf(start, start.length + end.length);
    System.arraycopy(end, 0, joined, start.length, end.length);
    return joined;
  }
}
