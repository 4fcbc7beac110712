package dev.boathook.signatures;

import java.io.ByteArrayInputStream;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads keys and certificates in the forms in which they are published and pasted: PEM (RFC 7468)
 * with {@code PUBLIC KEY} (SubjectPublicKeyInfo), {@code CERTIFICATE} and {@code PRIVATE KEY}
 * (PKCS#8) blocks, or the bare base64 of a SubjectPublicKeyInfo. Line breaks may be any white
 * space, and text around the blocks is not looked at.
 *
 * <p>Every method throws {@link InvalidSecret}, with a message that begins with a verb and tells
 * nothing of the key, if the text is not in such a form, is longer than {@value #MAX_LENGTH}
 * characters, holds more than {@value #MAX_BLOCKS} blocks or a key outside the bounds of its {@link
 * Kind}.
 */
final class PemKeys {

  /** The longest text, in characters. */
  static final int MAX_LENGTH = 32_768;

  /** The most blocks in one text. */
  static final int MAX_BLOCKS = 8;

  private static final String BEGIN = "-----BEGIN ";
  private static final String DASHES = "-----";
  private static final String PUBLIC_KEY = "PUBLIC KEY";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final String CERTIFICATE = "CERTIFICATE";

  private PemKeys() {}

  /** The kinds of keys, and what is asked of them. */
  enum Kind {
    /** RSA with 2048 to 8192 bits. */
    RSA {
      @Override
      boolean admits(Object key) {
        return key instanceof RSAKey rsa
            && rsa.getModulus().bitLength() >= MIN_RSA_BITS
            && rsa.getModulus().bitLength() <= MAX_RSA_BITS;
      }

      @Override
      String wanted() {
        return "an RSA key of " + MIN_RSA_BITS + " to " + MAX_RSA_BITS + " bits";
      }
    },

    /** An elliptic curve key on P-256 (secp256r1). */
    EC {
      @Override
      boolean admits(Object key) {
        return key instanceof ECKey ec
            && ec.getParams().getCurve().equals(P256.getCurve())
            && ec.getParams().getGenerator().equals(P256.getGenerator())
            && ec.getParams().getOrder().equals(P256.getOrder());
      }

      @Override
      String wanted() {
        return "an elliptic curve key on P-256";
      }
    },

    /** A key of Ed25519. */
    ED25519 {
      @Override
      boolean admits(Object key) {
        return key instanceof EdECKey ed
            && ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName());
      }

      @Override
      String wanted() {
        return "an Ed25519 key";
      }
    };

    static final int MIN_RSA_BITS = 2048;
    static final int MAX_RSA_BITS = 8192;

    private static final ECParameterSpec P256 = p256();

    /** Whether the key is of this kind and within its bounds. */
    abstract boolean admits(Object key);

    /** What it must be, for messages. */
    abstract String wanted();

    /** The key, if it is of this kind. */
    <K> K checked(K key) {
      if (!admits(key)) {
        throw new InvalidSecret("is not " + wanted());
      }
      return key;
    }

    private static ECParameterSpec p256() {
      try {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        return parameters.getParameterSpec(ECParameterSpec.class);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK lacks P-256", e);
      }
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Block(String label, byte[] der) {}

  /** Whether the text holds a private key. */
  static boolean isPrivate(String text) {
    return text.contains(BEGIN + PRIVATE_KEY + DASHES);
  }

  /**
   * The public keys in a text, in its order, at least one. A certificate stands for the key in it:
   * who issued it and until when is not looked at.
   */
  static List<PublicKey> publicKeys(String text, Kind kind) {
    List<PublicKey> keys = new ArrayList<>();
    for (Block block : blocks(text)) {
      keys.add(
          kind.checked(
              switch (block.label) {
                case PUBLIC_KEY -> publicKey(block.der, kind);
                case CERTIFICATE -> certificate(block.der).getPublicKey();
                default -> throw unexpected(block, "PUBLIC KEY or CERTIFICATE");
              }));
    }
    return keys;
  }

  /** The one public key in a text. */
  static PublicKey publicKey(String text, Kind kind) {
    List<PublicKey> keys = publicKeys(text, kind);
    if (keys.size() != 1) {
      throw new InvalidSecret("holds more than one key");
    }
    return keys.getFirst();
  }

  /** The one private key in a text. */
  static PrivateKey privateKey(String text, Kind kind) {
    List<Block> blocks = blocks(text);
    if (blocks.size() != 1) {
      throw new InvalidSecret("holds more than one key");
    }
    Block block = blocks.getFirst();
    if (!block.label.equals(PRIVATE_KEY)) {
      throw unexpected(block, "PRIVATE KEY (PKCS#8)");
    }
    try {
      return kind.checked(
          KeyFactory.getInstance(kind.name()).generatePrivate(new PKCS8EncodedKeySpec(block.der)));
    } catch (InvalidKeySpecException e) {
      throw new InvalidSecret("is not " + kind.wanted());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks " + kind, e);
    }
  }

  /** The certificates in a text, in its order, at least one. Nothing about them is checked. */
  static List<X509Certificate> certificates(String text) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(text)) {
      if (!block.label.equals(CERTIFICATE)) {
        throw unexpected(block, CERTIFICATE);
      }
      certificates.add(certificate(block.der));
    }
    return certificates;
  }

  private static PublicKey publicKey(byte[] der, Kind kind) {
    try {
      return KeyFactory.getInstance(kind.name()).generatePublic(new X509EncodedKeySpec(der));
    } catch (InvalidKeySpecException e) {
      throw new InvalidSecret("is not " + kind.wanted());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks " + kind, e);
    }
  }

  private static X509Certificate certificate(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new InvalidSecret("holds a certificate that cannot be read");
    }
  }

  private static List<Block> blocks(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new InvalidSecret("has more than " + MAX_LENGTH + " characters");
    }
    List<Block> blocks = new ArrayList<>();
    int begin = text.indexOf(BEGIN);
    if (begin < 0) {
      return List.of(new Block(PUBLIC_KEY, der(text)));
    }
    while (begin >= 0) {
      int labelFrom = begin + BEGIN.length();
      int labelTo = text.indexOf(DASHES, labelFrom);
      if (labelTo < 0) {
        throw new InvalidSecret("has a BEGIN line that does not end");
      }
      String label = text.substring(labelFrom, labelTo);
      String endLine = "-----END " + label + DASHES;
      int end = text.indexOf(endLine, labelTo);
      if (end < 0) {
        throw new InvalidSecret("has a BEGIN line without its END line");
      }
      if (blocks.size() == MAX_BLOCKS) {
        throw new InvalidSecret("holds more than " + MAX_BLOCKS + " keys or certificates");
      }
      blocks.add(new Block(label, der(text.substring(labelTo + DASHES.length(), end))));
      begin = text.indexOf(BEGIN, end + endLine.length());
    }
    return blocks;
  }

  private static byte[] der(String text) {
    byte[] der = Encoding.BASE64.decode(text.replaceAll("\\s", ""));
    if (der == null || der.length == 0) {
      throw new InvalidSecret("is neither PEM nor the base64 of a public key");
    }
    return der;
  }

  private static InvalidSecret unexpected(Block block, String wanted) {
    // The label comes from whoever pasted it: only known ones are repeated.
    String found =
        switch (block.label) {
          case PUBLIC_KEY, PRIVATE_KEY, CERTIFICATE -> "a block " + block.label;
          default -> "a block of another kind";
        };
    return new InvalidSecret("holds " + found + " where " + wanted + " must be");
  }
}
