package dev.boathook.tls;

import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.CertificateParsingException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which client certificates are accepted: those whose fingerprint is listed, and those that an
 * authority of the list vouches for and, if names are listed, bear one of them.
 *
 * <p>A listed fingerprint is enough by itself: neither dates nor purpose of that certificate are
 * looked at, since it was named as it is. A chain is checked as RFC 5280 says, without revocation,
 * and its leaf must be good for TLS clients if it says what it is good for.
 *
 * @param sha256 SHA-256 fingerprints of leaves, in lower-case hex
 * @param authorities certificates of authorities
 * @param names a common name or a DNS name each, in lower case; empty for any. Compared whole:
 *     there are no wildcards
 */
public record ClientCertificates(
    List<String> sha256, List<X509Certificate> authorities, List<String> names) {
  /** The most fingerprints, authorities and names each. */
  public static final int MAX_ITEMS = 16;

  /** The longest PEM text, in characters. */
  public static final int MAX_PEM_CHARACTERS = 64 << 10;

  /** The longest name, in characters. */
  public static final int MAX_NAME_CHARACTERS = 253;

  private static final Logger LOG = LoggerFactory.getLogger(ClientCertificates.class);
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");
  private static final String FOR_CLIENTS = "1.3.6.1.5.5.7.3.2";
  private static final String FOR_ANYTHING = "2.5.29.37.0";
  private static final int DNS_NAME = 2;

  /** Checks that something is accepted, and the limits; keeps copies. */
  public ClientCertificates {
    sha256 = List.copyOf(sha256);
    authorities = List.copyOf(authorities);
    names = List.copyOf(names);
    if (sha256.isEmpty() && authorities.isEmpty()) {
      throw new IllegalArgumentException("needs fingerprints in sha256, or authorities in ca");
    }
    if (!names.isEmpty() && authorities.isEmpty()) {
      throw new IllegalArgumentException("names are of certificates that an authority in ca made");
    }
    for (List<?> list : List.of(sha256, authorities, names)) {
      if (list.size() > MAX_ITEMS) {
        throw new IllegalArgumentException("has more than " + MAX_ITEMS + " items in a list");
      }
    }
    for (String fingerprint : sha256) {
      if (!FINGERPRINT.matcher(fingerprint).matches()) {
        throw new IllegalArgumentException("a fingerprint in sha256 has 64 hexadecimal digits");
      }
    }
    for (X509Certificate authority : authorities) {
      if (authority.getBasicConstraints() < 0) {
        throw new IllegalArgumentException(
            "a certificate in ca is no authority's; list its fingerprint instead");
      }
    }
    for (String name : names) {
      if (name.isBlank() || name.length() > MAX_NAME_CHARACTERS) {
        throw new IllegalArgumentException(
            "a name in names has 1 to " + MAX_NAME_CHARACTERS + " characters");
      }
    }
  }

  /**
   * Reads what people write.
   *
   * @param sha256 fingerprints in hex of any case, with or without colons
   * @param ca the authorities in PEM; null for none
   * @param names common or DNS names in any case
   * @throws IllegalArgumentException if something is not as it must be; the message says what
   */
  public static ClientCertificates of(
      List<String> sha256, @Nullable String ca, List<String> names) {
    if (ca != null && ca.length() > MAX_PEM_CHARACTERS) {
      throw new IllegalArgumentException("ca has more than " + MAX_PEM_CHARACTERS + " characters");
    }
    List<X509Certificate> authorities;
    try {
      authorities = ca == null ? List.of() : Certificates.ofPem(ca);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("ca " + e.getMessage(), e);
    }
    return new ClientCertificates(
        sha256.stream().map(text -> text.replace(":", "").toLowerCase(Locale.ROOT)).toList(),
        authorities,
        names.stream().map(text -> text.toLowerCase(Locale.ROOT)).toList());
  }

  /** The authorities in PEM; null when there are none. */
  public @Nullable String ca() {
    return authorities.isEmpty() ? null : Certificates.toPem(authorities);
  }

  /**
   * Why a client's certificate is not accepted, in words for our log; empty when it is.
   *
   * @param chain what the client sent, its own certificate first; it has proved that it holds the
   *     key
   */
  public Optional<String> whyRefused(List<X509Certificate> chain, Instant now) {
    X509Certificate leaf = chain.getFirst();
    String fingerprint = Certificates.sha256(leaf);
    if (sha256.contains(fingerprint)) {
      return Optional.empty();
    }
    String which = "the certificate with SHA-256 " + fingerprint;
    if (authorities.isEmpty()) {
      return Optional.of(which + " is not listed");
    }
    if (!isForClients(leaf)) {
      return Optional.of(which + " is not for TLS clients");
    }
    if (!names.isEmpty() && Collections.disjoint(namesOf(leaf), names)) {
      return Optional.of(which + " bears none of the names");
    }
    return whyNotVouchedFor(chain, now).map(why -> which + " is not vouched for: " + why);
  }

  private static boolean isForClients(X509Certificate leaf) {
    try {
      List<String> purposes = leaf.getExtendedKeyUsage();
      return purposes == null || purposes.contains(FOR_CLIENTS) || purposes.contains(FOR_ANYTHING);
    } catch (CertificateParsingException e) {
      return false;
    }
  }

  /** Its common names and DNS names, in lower case; what cannot be read is not there. */
  private static Set<String> namesOf(X509Certificate leaf) {
    Set<String> names = new HashSet<>();
    try {
      for (Rdn rdn : new LdapName(leaf.getSubjectX500Principal().getName()).getRdns()) {
        if (rdn.getType().equalsIgnoreCase("CN")) {
          names.add(rdn.getValue().toString().toLowerCase(Locale.ROOT));
        }
      }
      Collection<List<?>> alternatives = leaf.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> alternative : alternatives) {
          if (alternative.get(0).equals(DNS_NAME)) {
            names.add(alternative.get(1).toString().toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (InvalidNameException | CertificateParsingException e) {
      LOG.debug("a client certificate has a name that cannot be read", e);
    }
    return names;
  }

  private Optional<String> whyNotVouchedFor(List<X509Certificate> chain, Instant now) {
    try {
      X509CertSelector leaf = new X509CertSelector();
      leaf.setCertificate(chain.getFirst());
      PKIXBuilderParameters parameters =
          new PKIXBuilderParameters(
              authorities.stream()
                  .map(authority -> new TrustAnchor(authority, null))
                  .collect(Collectors.toSet()),
              leaf);
      parameters.addCertStore(
          CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathBuilder.getInstance("PKIX").build(parameters);
      return Optional.empty();
    } catch (CertPathBuilderException e) {
      return Optional.of(Objects.requireNonNullElse(e.getMessage(), "no path to an authority"));
    } catch (InvalidAlgorithmParameterException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has PKIX", e);
    }
  }
}
