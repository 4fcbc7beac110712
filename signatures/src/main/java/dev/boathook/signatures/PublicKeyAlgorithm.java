package dev.boathook.signatures;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signatures by a private key that are checked with the public one. The secret is the public key or
 * a certificate as {@link PemKeys} reads it; to sign, it is the private key as PKCS#8 in PEM.
 */
enum PublicKeyAlgorithm implements Algorithm {
  /** RSA, PKCS#1 v1.5 padding, SHA-256. */
  RSA_SHA256("SHA256withRSA", PemKeys.Kind.RSA, 256, 1024),

  /** RSA, PKCS#1 v1.5 padding, SHA-1: only where a provider offers nothing better. */
  RSA_SHA1("SHA1withRSA", PemKeys.Kind.RSA, 256, 1024),

  /** ECDSA on P-256 with SHA-256; the signature is DER, of 8 to 72 bytes. */
  ECDSA_P256_SHA256("SHA256withECDSA", PemKeys.Kind.EC, 8, 72);

  private final String jcaName;
  private final PemKeys.Kind kind;
  private final int minSignatureBytes;
  private final int maxSignatureBytes;

  PublicKeyAlgorithm(
      String jcaName, PemKeys.Kind kind, int minSignatureBytes, int maxSignatureBytes) {
    this.jcaName = jcaName;
    this.kind = kind;
    this.minSignatureBytes = minSignatureBytes;
    this.maxSignatureBytes = maxSignatureBytes;
  }

  @Override
  public int minSignatureBytes() {
    return minSignatureBytes;
  }

  @Override
  public int maxSignatureBytes() {
    return maxSignatureBytes;
  }

  @Override
  public int maxSignatures() {
    return MAX_ASYMMETRIC_SIGNATURES;
  }

  @Override
  public boolean takes(String secret) {
    return true;
  }

  /** The kind of its keys. */
  PemKeys.Kind kind() {
    return kind;
  }

  @Override
  public AsymmetricKey key(String secret) {
    if (!PemKeys.isPrivate(secret)) {
      return key(PemKeys.publicKey(secret, kind));
    }
    PrivateKey privateKey = PemKeys.privateKey(secret, kind);
    return new AsymmetricKey(jcaName, publicKey(privateKey), privateKey);
  }

  /** A key that only verifies. */
  AsymmetricKey key(PublicKey publicKey) {
    return new AsymmetricKey(jcaName, kind.checked(publicKey), null);
  }

  /** The public key that belongs to a private one; null if the private one does not hold it. */
  private static @Nullable PublicKey publicKey(PrivateKey privateKey) {
    if (!(privateKey instanceof RSAPrivateCrtKey rsa)) {
      return null;
    }
    try {
      return KeyFactory.getInstance("RSA")
          .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
    } catch (GeneralSecurityException e) {
      throw new InvalidSecret("holds a private key that is not whole");
    }
  }
}
