package dev.boathook.signatures;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.Predicate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** Questions about certificates. */
final class Certificates {
  private Certificates() {}

  /** Whether the certificate has one common name, and it is such a one. */
  static boolean hasCommonName(X509Certificate certificate, Predicate<String> wanted) {
    try {
      List<String> names =
          new LdapName(certificate.getSubjectX500Principal().getName())
              .getRdns().stream()
                  .filter(part -> part.getType().equalsIgnoreCase("CN"))
                  .map(Rdn::getValue)
                  .map(String::valueOf)
                  .toList();
      return names.size() == 1 && wanted.test(names.getFirst());
    } catch (InvalidNameException e) {
      return false;
    }
  }

  /** Whether the certificate's time has come and is not over. */
  @SuppressWarnings("JavaUtilDate") // The JDK's certificates know no other.
  static boolean isValid(X509Certificate certificate, Instant now) {
    try {
      certificate.checkValidity(Date.from(now));
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }
}
