package dev.boathook.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Certificates made for tests, good for a day around a moment.
 *
 * @param chain the certificate itself, then its authorities but the root
 * @param key its private key
 * @param root the authority at the end of the chain
 * @param now the moment
 */
public record TestingCertificates(
    List<X509Certificate> chain, PrivateKey key, X509Certificate root, Instant now) {
  private static final AtomicLong SERIAL = new AtomicLong(1);

  /** Keeps a copy. */
  public TestingCertificates {
    chain = List.copyOf(chain);
  }

  /** An authority of its own. */
  public static TestingCertificates authority(String name, Instant now) throws Exception {
    KeyPair keys = keys("EC");
    X509Certificate root =
        make(name, keys, null, keys, true, now.minus(days(1)), now.plus(days(1)), List.of(), null);
    return new TestingCertificates(List.of(), keys.getPrivate(), root, now);
  }

  /** An authority under this one. */
  public TestingCertificates authority(String name) throws Exception {
    KeyPair keys = keys("EC");
    return issued(keys, make(name, keys, this, null, true, from(), until(), List.of(), null));
  }

  /** A certificate with this common name and these DNS names, for everything. */
  public TestingCertificates leaf(String name, String... dnsNames) throws Exception {
    KeyPair keys = keys("EC");
    return issued(
        keys, make(name, keys, this, null, false, from(), until(), List.of(dnsNames), null));
  }

  /** A certificate for TLS servers alone. */
  public TestingCertificates serverLeaf(String name) throws Exception {
    KeyPair keys = keys("EC");
    return issued(
        keys,
        make(
            name,
            keys,
            this,
            null,
            false,
            from(),
            until(),
            List.of(name),
            KeyPurposeId.id_kp_serverAuth));
  }

  /** A certificate with a key of this algorithm. */
  public TestingCertificates leafOf(String algorithm, String name) throws Exception {
    KeyPair keys = keys(algorithm);
    return issued(keys, make(name, keys, this, null, false, from(), until(), List.of(name), null));
  }

  /** A certificate that is good between two moments. */
  public TestingCertificates leafBetween(String name, Instant from, Instant until)
      throws Exception {
    KeyPair keys = keys("EC");
    return issued(keys, make(name, keys, this, null, false, from, until, List.of(), null));
  }

  /** The certificate itself. */
  public X509Certificate own() {
    return chain.getFirst();
  }

  /** The key, PKCS #8 in PEM. */
  public String keyPem() {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  /** Writes chain and key into these files. */
  public void write(Path certificate, Path keyFile) throws IOException {
    Files.writeString(certificate, Certificates.toPem(chain));
    Files.writeString(keyFile, keyPem());
  }

  /** A client's TLS that trusts an authority and shows a certificate, or none. */
  public static SSLContext client(
      TestingCertificates trusted, @Nullable TestingCertificates shown, String protocol)
      throws GeneralSecurityException, IOException {
    KeyStore roots = KeyStore.getInstance("PKCS12");
    roots.load(null, null);
    roots.setCertificateEntry("root", trusted.root());
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(roots);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    if (shown != null) {
      own.setKeyEntry("own", shown.key(), new char[0], shown.chain().toArray(Certificate[]::new));
    }
    keys.init(own, new char[0]);
    SSLContext context = SSLContext.getInstance(protocol);
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private Instant from() {
    return now.minus(days(1));
  }

  private Instant until() {
    return now.plus(days(1));
  }

  private static Duration days(int days) {
    return Duration.ofDays(days);
  }

  private TestingCertificates issued(KeyPair keys, X509Certificate certificate) {
    List<X509Certificate> longer = new ArrayList<>();
    longer.add(certificate);
    longer.addAll(chain);
    return new TestingCertificates(longer, keys.getPrivate(), root, now);
  }

  private static KeyPair keys(String algorithm) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (!algorithm.equals("Ed25519")) {
      generator.initialize(algorithm.equals("EC") ? 256 : 2048);
    }
    return generator.generateKeyPair();
  }

  private static X509Certificate make(
      String name,
      KeyPair keys,
      @Nullable TestingCertificates issuer,
      @Nullable KeyPair self,
      boolean authority,
      Instant from,
      Instant until,
      List<String> dnsNames,
      @Nullable KeyPurposeId purpose)
      throws GeneralSecurityException, IOException, OperatorCreationException {
    X500Name subject = new X500Name("CN=" + name);
    X500Name issuerName =
        issuer == null
            ? subject
            : X500Name.getInstance(
                (issuer.chain.isEmpty() ? issuer.root : issuer.own())
                    .getSubjectX500Principal()
                    .getEncoded());
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuerName,
            BigInteger.valueOf(SERIAL.incrementAndGet()),
            Date.from(from),
            Date.from(until),
            subject,
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
    if (!dnsNames.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              dnsNames.stream()
                  .map(dns -> new GeneralName(GeneralName.dNSName, dns))
                  .toArray(GeneralName[]::new)));
    }
    if (purpose != null) {
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
    }
    PrivateKey signer =
        issuer == null ? java.util.Objects.requireNonNull(self).getPrivate() : issuer.key;
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
  }
}
