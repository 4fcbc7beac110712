package dev.boathook.receive;

import dev.boathook.source.Source;
import dev.boathook.tls.ClientCertificates;
import io.helidon.webserver.http.ServerRequest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Whether a caller may speak to a source at all, by where it is and by its client certificate;
 * asked before anything of the body is read.
 */
final class Admission {
  private final Callers callers;

  Admission(Callers callers) {
    this.callers = callers;
  }

  /**
   * Why a caller is not admitted.
   *
   * @param code stable
   * @param detail in words, for our log
   */
  record Refused(String code, String detail) {}

  /** Why this request is not admitted to the source; empty when it is. */
  Optional<Refused> refused(Source source, ServerRequest request, Instant now) {
    return whereFrom(source, callers.of(request))
        .or(() -> byCertificate(source, certificates(request), now));
  }

  private static Optional<Refused> whereFrom(Source source, Callers.Caller caller) {
    if (source.allowedNets().isEmpty()) {
      return Optional.empty();
    }
    if (!caller.known()) {
      return Optional.of(
          new Refused(
              "address_not_allowed",
              "the proxy " + caller.text() + " does not say clearly for whom it speaks"));
    }
    if (source.allowedNets().stream().noneMatch(net -> net.contains(caller.address()))) {
      return Optional.of(
          new Refused(
              "address_not_allowed", caller.text() + " is in none of the allowed networks"));
    }
    return Optional.empty();
  }

  private static Optional<Refused> byCertificate(
      Source source, List<X509Certificate> chain, Instant now) {
    ClientCertificates accepted = source.clientCertificates();
    if (accepted == null) {
      return Optional.empty();
    }
    if (chain.isEmpty()) {
      return Optional.of(
          new Refused(
              "client_certificate_missing", "the caller has shown no client certificate over TLS"));
    }
    return accepted
        .whyRefused(chain, now)
        .map(why -> new Refused("client_certificate_refused", why));
  }

  private static List<X509Certificate> certificates(ServerRequest request) {
    Certificate[] shown = request.remotePeer().tlsCertificates().orElse(new Certificate[0]);
    return Arrays.stream(shown).map(X509Certificate.class::cast).toList();
  }
}
