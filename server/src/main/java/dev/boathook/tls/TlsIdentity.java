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
 * What one side of TLS shows of itself: a chain of certificates and the key of the first.
 *
 * @param chain its own certificate first
 * @param key its private key
 */
public record TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
  /** The largest file. */
  public static final int MAX_FILE_BYTES = 256 << 10;

  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final byte[] PROBE = "boathook".getBytes(StandardCharsets.US_ASCII);

  /** Keeps a copy. */
  public TlsIdentity {
    chain = List.copyOf(chain);
  }

  /**
   * Reads one from files, and looks whether it can be used now.
   *
   * @param certificate a chain in PEM
   * @param key a private key, PKCS #8 in PEM, without a password
   * @throws Unusable if it cannot
   */
  public static TlsIdentity read(Path certificate, Path key, Instant now) throws Unusable {
    Pem chain = new Pem(certificate.toString(), text(certificate));
    TlsIdentity identity = of(chain, new Pem(key.toString(), text(key)));
    identity.checkTime(chain.name, now);
    return identity;
  }

  /**
   * Reads one from what {@link Certificates#toPem} and {@link #keyPem} gave, or another wrote, be
   * it good now or not.
   *
   * @param certificate a chain in PEM, called 'certificate' in messages
   * @param key a private key, PKCS #8 in PEM, without a password; called 'key'
   * @throws Unusable if it cannot be read, or the two do not belong together
   */
  public static TlsIdentity ofPem(String certificate, String key) throws Unusable {
    return of(new Pem("'certificate'", certificate), new Pem("'key'", key));
  }

  /** The private key, PKCS #8 in PEM. */
  public String keyPem() {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {(byte) '\n'}).encodeToString(key.getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  /**
   * Looks whether the first certificate is good now.
   *
   * @throws Unusable if it is not any more, or not yet
   */
  public void checkTime(Instant now) throws Unusable {
    checkTime("'certificate'", now);
  }

  private void checkTime(String name, Instant now) throws Unusable {
    X509Certificate own = chain.getFirst();
    if (now.isAfter(own.getNotAfter().toInstant())) {
      throw new Unusable(
          Unusable.Code.EXPIRED,
          "the certificate in " + name + " was good until " + own.getNotAfter().toInstant(),
          null);
    }
    if (now.isBefore(own.getNotBefore().toInstant())) {
      throw new Unusable(
          Unusable.Code.EXPIRED,
          "the certificate in " + name + " is good from " + own.getNotBefore().toInstant(),
          null);
    }
  }

  /** A text, and what it is called in messages. */
  private record Pem(String name, String text) {
    /** Does not tell the key. */
    @Override
    public String toString() {
      return name;
    }
  }

  private static TlsIdentity of(Pem certificate, Pem key) throws Unusable {
    List<X509Certificate> chain;
    try {
      chain = Certificates.ofPem(certificate.text);
    } catch (IllegalArgumentException e) {
      throw new Unusable(Unusable.Code.UNREADABLE, certificate.name + " " + e.getMessage(), e);
    }
    PublicKey open = chain.getFirst().getPublicKey();
    byte[] encoded = pkcs8(key);
    try {
      PrivateKey secret =
          KeyFactory.getInstance(open.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      if (belongTogether(secret, open)) {
        return new TlsIdentity(chain, secret);
      }
    } catch (GeneralSecurityException e) {
      // A key of another kind: said below, and without what is in the file.
    }
    throw new Unusable(
        Unusable.Code.MISMATCH,
        "the key in " + key.name + " is not that of the first certificate in " + certificate.name,
        null);
  }

  private static byte[] pkcs8(Pem key) throws Unusable {
    Matcher pem = PRIVATE_KEY.matcher(key.text);
    if (!pem.find()) {
      throw new Unusable(
          Unusable.Code.UNREADABLE,
          key.name
              + " holds no private key as PKCS #8 in PEM without a password (BEGIN PRIVATE KEY);"
              + " 'openssl pkcs8 -topk8 -nodes -in KEY' makes one of other forms",
          null);
    }
    try {
      return Base64.getMimeDecoder().decode(pem.group(1));
    } catch (IllegalArgumentException e) {
      throw new Unusable(Unusable.Code.UNREADABLE, key.name + " is not PEM", null);
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
    return "TlsIdentity[" + chain.getFirst().getSubjectX500Principal() + "]";
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
