package dev.boathook.signatures;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The key in a certificate at an address that the request names. It counts if the address is the
 * provider's, a trusted authority issued the certificate (PKIX, RFC 5280, without a look at
 * revocation), its common name is the provider's, and it is valid now. The file holds the
 * certificate first; those between it and the authority follow, or are among the issuers.
 *
 * @param urls what the addresses look like, with https and the host
 * @param commonNames what the common name looks like
 * @param issuers certificates between the provider's and the authority's, for files without them;
 *     they are trusted no more than if they came in the file
 * @param anchors the authorities that are trusted
 */
record CertificateByUrl(
    Pattern urls,
    Pattern commonNames,
    PublicKeyAlgorithm algorithm,
    List<X509Certificate> issuers,
    Supplier<Set<TrustAnchor>> anchors)
    implements PublishedKeys {

  /** A new certificate gets a new address, so that one may be kept for long. */
  private static final Duration MAX_AGE = Duration.ofDays(1);

  /** The most certificates between the provider's and the authority's. */
  private static final int MAX_BETWEEN = 4;

  private static final String ONE = "certificate";

  /** The authorities that this JDK trusts. Read when first asked for. */
  static Set<TrustAnchor> authoritiesOfJdk() {
    return JdkAuthorities.ANCHORS;
  }

  private static final class JdkAuthorities {
    private static final Set<TrustAnchor> ANCHORS = read();

    private static Set<TrustAnchor> read() {
      try {
        TrustManagerFactory factory =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return Arrays.stream(factory.getTrustManagers())
            .filter(X509TrustManager.class::isInstance)
            .map(X509TrustManager.class::cast)
            .flatMap(manager -> Arrays.stream(manager.getAcceptedIssuers()))
            .map(issuer -> new TrustAnchor(issuer, null))
            .collect(Collectors.toUnmodifiableSet());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK's trusted authorities cannot be read", e);
      }
    }
  }

  @Override
  public List<Lookup> lookups(List<String> secrets, RemoteKeys remote) {
    return PublishedKeys.withoutSecrets(secrets, (url, now) -> find(url, now, remote));
  }

  private Trust find(String url, Instant now, RemoteKeys remote) {
    if (!urls.matcher(url).matches()) {
      return Trust.refused(
          Reason.UNTRUSTED_KEY, "the request names a certificate at no address of the provider's");
    }
    URI uri = URI.create(url);
    RemoteKeys.KeySet set =
        new RemoteKeys.KeySet(url, MAX_AGE, uri.getHost(), fetcher -> load(fetcher, uri, now));
    return switch (remote.find(set, ONE, now)) {
      case RemoteKeys.Found.One(RemoteKeys.Key key)
          when key.certificate() == null || !Certificates.isValid(key.certificate(), now) ->
          untrusted();
      case RemoteKeys.Found.Unknown() -> untrusted();
      case RemoteKeys.Found found -> PublishedKeys.trust(found, algorithm);
    };
  }

  private static Trust untrusted() {
    return Trust.refused(
        Reason.UNTRUSTED_KEY,
        "the certificate is not valid now, not the provider's, or of no trusted authority");
  }

  /** The certificate; none if it cannot be trusted. */
  private Map<String, RemoteKeys.Key> load(KeyFetcher fetcher, URI uri, Instant now)
      throws IOException {
    byte[] pem = fetcher.fetch(KeyFetcher.Call.get(uri));
    List<X509Certificate> chain;
    try {
      chain = PemKeys.certificates(new String(pem, StandardCharsets.ISO_8859_1));
    } catch (InvalidSecret e) {
      throw new IOException("what " + uri + " answers " + e.getMessage(), e);
    }
    X509Certificate leaf = chain.getFirst();
    boolean trusted =
        algorithm.kind().admits(leaf.getPublicKey())
            && Certificates.hasCommonName(leaf, commonNames.asMatchPredicate())
            && isIssuedByAuthority(leaf, chain, now);
    return trusted ? Map.of(ONE, new RemoteKeys.Key(leaf.getPublicKey(), leaf)) : Map.of();
  }

  @SuppressWarnings("JavaUtilDate") // The JDK's certificates know no other.
  private boolean isIssuedByAuthority(
      X509Certificate leaf, List<X509Certificate> chain, Instant now) {
    try {
      X509CertSelector target = new X509CertSelector();
      target.setCertificate(leaf);
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors.get(), target);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(issuers)));
      parameters.setRevocationEnabled(false);
      parameters.setMaxPathLength(MAX_BETWEEN);
      parameters.setDate(Date.from(now));
      CertPathBuilder.getInstance("PKIX").build(parameters);
      return true;
    } catch (CertPathBuilderException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK lacks PKIX, or trusts nobody", e);
    }
  }
}
