package dev.boathook.outbound;

import dev.boathook.tls.Certificates;
import dev.boathook.tls.TlsIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards one endpoint where it is not everybody's: authorities that are trusted there beside
 * the machine's own, and the certificate that is shown to a server which asks for one.
 */
public final class OutboundTls {
  /** The most authorities. */
  public static final int MAX_AUTHORITIES = 16;

  /** The most certificates of a chain that is shown. */
  public static final int MAX_CHAIN = 10;

  private final List<X509Certificate> authorities;
  private final @Nullable TlsIdentity identity;
  private final String id;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable SSLContext context;

  /**
   * Such a TLS.
   *
   * @param authorities trusted beside the machine's own
   * @param identity what is shown; null for nothing
   * @throws IllegalArgumentException if there is nothing of both, or too much of one
   */
  public OutboundTls(List<X509Certificate> authorities, @Nullable TlsIdentity identity) {
    if (authorities.isEmpty() && identity == null) {
      throw new IllegalArgumentException("neither authorities nor a certificate");
    }
    if (authorities.size() > MAX_AUTHORITIES) {
      throw new IllegalArgumentException("has more than " + MAX_AUTHORITIES + " certificates");
    }
    if (identity != null && identity.chain().size() > MAX_CHAIN) {
      throw new IllegalArgumentException("has more than " + MAX_CHAIN + " certificates");
    }
    this.authorities = List.copyOf(authorities);
    this.identity = identity;
    this.id = id(authorities, identity == null ? List.of() : identity.chain());
  }

  /** A digest, since authorities may be many and the pool compares ids all the time. */
  private static String id(List<X509Certificate> authorities, List<X509Certificate> chain) {
    StringBuilder all = new StringBuilder();
    authorities.forEach(authority -> all.append(Certificates.sha256(authority)).append(' '));
    all.append('/');
    chain.forEach(certificate -> all.append(Certificates.sha256(certificate)).append(' '));
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(all.toString().getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The authorities that are trusted beside the machine's own. */
  public List<X509Certificate> authorities() {
    return authorities;
  }

  /** What is shown; null for nothing. */
  public @Nullable TlsIdentity identity() {
    return identity;
  }

  /** Tells it from any other; without the key, which goes with its certificate. */
  String id() {
    return id;
  }

  /** As the JDK takes it; made when it is first asked for. */
  SSLContext context() {
    lock.lock();
    try {
      SSLContext made = context;
      if (made == null) {
        made = SSLContext.getInstance("TLS");
        made.init(keyManagers(), trustManagers(), null);
        context = made;
      }
      return made;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("TLS with certificates that were read cannot be made", e);
    } finally {
      lock.unlock();
    }
  }

  private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException, IOException {
    if (identity == null) {
      return null;
    }
    KeyStore own = emptyStore();
    own.setKeyEntry(
        "own", identity.key(), new char[0], identity.chain().toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(own, new char[0]);
    return factory.getKeyManagers();
  }

  private TrustManager[] trustManagers() throws GeneralSecurityException, IOException {
    TrustManagerFactory machines =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    machines.init((KeyStore) null);
    if (authorities.isEmpty()) {
      return machines.getTrustManagers();
    }
    KeyStore anchors = emptyStore();
    List<X509Certificate> all =
        Stream.concat(
                Stream.of(machines.getTrustManagers())
                    .flatMap(manager ->
                        manager instanceof X509TrustManager x509
                            ? Stream.of(x509.getAcceptedIssuers())
                            : Stream.empty()),
                authorities.stream())
            .toList();
    for (int i = 0; i < all.size(); i++) {
      anchors.setCertificateEntry(Integer.toString(i), all.get(i));
    }
    TrustManagerFactory both =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    both.init(anchors);
    return both.getTrustManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OutboundTls tls
        && authorities.equals(tls.authorities)
        && Objects.equals(identity, tls.identity);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return "OutboundTls[" + authorities.size() + " authorities, " + identity + "]";
  }
}
