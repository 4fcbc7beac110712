package dev.boathook.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a listener shows of itself: a chain of certificates and the key of the first.
 *
 * @param chain the listener's own certificate first
 * @param key its private key
 */
public record ServerIdentity(List<X509Certificate> chain, PrivateKey key) {
  /** The largest file. */
  public static final int MAX_FILE_BYTES = 256 << 10;

  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final byte[] PROBE = "boathook".getBytes(StandardCharsets.US_ASCII);

  /** Keeps a copy. */
  public ServerIdentity {
    chain = List.copyOf(chain);
  }

  /**
   * Reads one, and looks whether it can be used now.
   *
   * @param certificate a chain in PEM
   * @param key a private key, PKCS #8 in PEM, without a password
   * @throws Unusable if it cannot
   */
  public static ServerIdentity read(Path certificate, Path key, Instant now) throws Unusable {
    List<X509Certificate> chain;
    String chainText = text(certificate);
    try {
      chain = Certificates.ofPem(chainText);
    } catch (IllegalArgumentException e) {
      throw new Unusable(Unusable.Code.UNREADABLE, certificate + " " + e.getMessage(), e);
    }
    X509Certificate own = chain.getFirst();
    if (now.isAfter(own.getNotAfter().toInstant())) {
      throw new Unusable(
          Unusable.Code.EXPIRED,
          "the certificate in " + certificate + " was good until " + own.getNotAfter().toInstant(),
          null);
    }
    if (now.isBefore(own.getNotBefore().toInstant())) {
      throw new Unusable(
          Unusable.Code.EXPIRED,
          "the certificate in " + certificate + " is good from " + own.getNotBefore().toInstant(),
          null);
    }
    byte[] encoded = pkcs8(key);
    try {
      PrivateKey secret =
          KeyFactory.getInstance(own.getPublicKey().getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      if (belongTogether(secret, own.getPublicKey())) {
        return new ServerIdentity(chain, secret);
      }
    } catch (GeneralSecurityException e) {
      // A key of another kind: said below, and without what is in the file.
    }
    throw new Unusable(
        Unusable.Code.MISMATCH,
        "the key in " + key + " is not that of the first certificate in " + certificate,
        null);
  }

  private static byte[] pkcs8(Path key) throws Unusable {
    Matcher pem = PRIVATE_KEY.matcher(text(key));
    if (!pem.find()) {
      throw new Unusable(
          Unusable.Code.UNREADABLE,
          key
              + " holds no private key as PKCS #8 in PEM without a password (BEGIN PRIVATE KEY);"
              + " 'openssl pkcs8 -topk8 -nodes -in KEY' makes one of other forms",
          null);
    }
    try {
      return Base64.getMimeDecoder().decode(pem.group(1));
    } catch (IllegalArgumentException e) {
      throw new Unusable(Unusable.Code.UNREADABLE, key + " is not PEM", null);
    }
  }

  private static boolean belongTogether(PrivateKey secret, PublicKey open)
      throws GeneralSecurityException {
    Signature signature =
        Signature.getInstance(
            switch (open.getAlgorithm()) {
              case "RSA" -> "SHA256withRSA";
              case "EC" -> "SHA256withECDSA";
              case String other -> other;
            });
    signature.initSign(secret);
    signature.update(PROBE);
    byte[] signed = signature.sign();
    signature.initVerify(open);
    signature.update(PROBE);
    return signature.verify(signed);
  }

  private static String text(Path file) throws Unusable {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new Unusable(
            Unusable.Code.UNREADABLE, file + " has more than " + MAX_FILE_BYTES + " bytes", null);
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new Unusable(Unusable.Code.UNREADABLE, file + " cannot be read: " + e, e);
    }
  }

  @Override
  public String toString() {
    return "ServerIdentity[" + chain.getFirst().getSubjectX500Principal() + "]";
  }

  /** A certificate and key that cannot be used; the message says why and tells nothing secret. */
  public static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    private final Code code;

    /** Why they cannot. */
    public enum Code {
      /** A file is not there, may not be read, or is not what it should be. */
      UNREADABLE("tls_unreadable"),
      /** The key is not the certificate's. */
      MISMATCH("tls_mismatch"),
      /** The certificate is no longer good, or not yet. */
      EXPIRED("tls_expired");

      private final String value;

      Code(String value) {
        this.value = value;
      }

      /** The stable word. */
      public String value() {
        return value;
      }
    }

    private Unusable(Code code, String message, @Nullable Throwable cause) {
      super(message, cause);
      this.code = code;
    }

    /** Why. */
    public Code code() {
      return code;
    }
  }
}
