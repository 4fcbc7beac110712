package dev.boathook.signatures;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import org.jspecify.annotations.Nullable;

/**
 * A public key, a private key, or both.
 *
 * @param jcaName the JDK's name of the way to sign
 * @param publicKey null if it is not known, so that this can only sign
 * @param privateKey null if it is not known, so that this can only verify
 */
record AsymmetricKey(String jcaName, @Nullable PublicKey publicKey, @Nullable PrivateKey privateKey)
    implements Algorithm.Key {

  @Override
  public Algorithm.Check over(SignedText.Content content) {
    return signature -> {
      try {
        Signature verifier = Signature.getInstance(jcaName);
        verifier.initVerify(requirePublic());
        content.feed(bytes -> update(verifier, bytes));
        return verifier.verify(signature);
      } catch (SignatureException e) {
        return false; // Not the form of a signature.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK refuses its own key", e);
      }
    };
  }

  @Override
  public byte[] sign(SignedText.Content content) {
    try {
      Signature signer = Signature.getInstance(jcaName);
      signer.initSign(requirePrivate());
      content.feed(bytes -> update(signer, bytes));
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK refuses its own key", e);
    }
  }

  @Override
  public void requireSigning() {
    requirePrivate();
  }

  @Override
  public void requireVerifying() {
    requirePublic();
  }

  private PrivateKey requirePrivate() {
    if (privateKey == null) {
      throw new InvalidSecret("is a public key, which cannot sign");
    }
    return privateKey;
  }

  private PublicKey requirePublic() {
    if (publicKey == null) {
      throw new InvalidSecret("is a private key, which cannot verify");
    }
    return publicKey;
  }

  private static void update(Signature signature, byte[] bytes) {
    try {
      signature.update(bytes);
    } catch (SignatureException e) {
      throw new IllegalStateException("a signature object was not initialised", e);
    }
  }

  /** Does not tell the keys. */
  @Override
  public String toString() {
    return "AsymmetricKey";
  }
}
