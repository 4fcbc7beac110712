package dev.boathook;

import dev.boathook.config.Settings.TlsFiles;
import dev.boathook.store.StoreException;
import dev.boathook.tls.TlsIdentity;
import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import io.helidon.webserver.WebServer;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listener's TLS: 1.2 and 1.3, with a certificate that may be renewed while it runs. */
final class ListenerTls {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerTls.class);

  private final TlsFiles files;
  private final boolean asksClients;
  private final InstantSource clock;
  private volatile TlsIdentity identity;

  private ListenerTls(
      TlsFiles files, boolean asksClients, InstantSource clock, TlsIdentity identity) {
    this.files = files;
    this.asksClients = asksClients;
    this.clock = clock;
    this.identity = identity;
  }

  /**
   * TLS with these files; empty without files.
   *
   * @param asksClients whether clients are asked for a certificate. None is required, and each is
   *     let in: whoever is behind the listener looks at it.
   * @throws StoreException with the code of {@link TlsIdentity.Unusable} when the files cannot be
   *     used
   */
  static Optional<ListenerTls> of(
      Optional<TlsFiles> files, boolean asksClients, InstantSource clock) throws StoreException {
    if (files.isEmpty()) {
      return Optional.empty();
    }
    try {
      TlsIdentity identity = read(files.get(), clock);
      return Optional.of(new ListenerTls(files.get(), asksClients, clock, identity));
    } catch (TlsIdentity.Unusable e) {
      throw new StoreException(e.code().value(), String.valueOf(e.getMessage()), e);
    }
  }

  private static TlsIdentity read(TlsFiles files, InstantSource clock) throws TlsIdentity.Unusable {
    return TlsIdentity.read(files.certificate(), files.key(), clock.instant());
  }

  /** As the web server takes it. */
  Tls tls() {
    return tls(identity);
  }

  private Tls tls(TlsIdentity shown) {
    return Tls.builder()
        .privateKey(shown.key())
        .privateKeyCertChain(shown.chain())
        .enabledProtocols(List.of("TLSv1.3", "TLSv1.2"))
        // The handshake proves that a client holds the key of its certificate. Whether that
        // certificate is one that is wanted, each source says for itself.
        .trustAll(asksClients)
        .clientAuth(asksClients ? TlsClientAuth.OPTIONAL : TlsClientAuth.NONE)
        .build();
  }

  /** Shows the certificate of the files from now on, if it is another one. */
  void renew(WebServer server) {
    try {
      TlsIdentity now = read(files, clock);
      if (!now.chain().equals(identity.chain())) {
        server.reloadTls(tls(now));
        identity = now;
        LOG.info("the certificate in {} is shown from now on", files.certificate());
      }
    } catch (TlsIdentity.Unusable e) {
      LOG.error("{}; the one that was read before stays: {}", e.code().value(), e.getMessage());
    }
  }
}
