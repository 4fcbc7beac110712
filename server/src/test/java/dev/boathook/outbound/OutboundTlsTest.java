package dev.boathook.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.address.Cidr;
import dev.boathook.outbound.Outcome.Unreachable.Reason;
import dev.boathook.tls.TestingCertificates;
import dev.boathook.tls.TlsIdentity;
import dev.boathook.world.Ticker;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Own authorities and client certificates, against a real TLS server. */
@Timeout(30)
class OutboundTlsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final Instant now = InstantSource.system().instant();

  /** Whom the server saw, request by request; the empty text is nobody. */
  private final CopyOnWriteArrayList<String> seen = new CopyOnWriteArrayList<>();

  private TestingCertificates serversRoot;
  private TestingCertificates clientsRoot;
  private HttpSender sender;

  @BeforeEach
  void start() throws Exception {
    serversRoot = TestingCertificates.authority("Servers", now);
    clientsRoot = TestingCertificates.authority("Clients", now);
    sender =
        new HttpSender(
            HttpSender.Settings.defaults("test"),
            new AddressRules(List.of(Cidr.parse("127.0.0.0/8")), port -> false, address -> false),
            host -> List.of(InetAddress.ofLiteral("127.0.0.1")),
            SSLContext.getDefault(),
            InstantSource.fixed(now),
            Ticker.system());
  }

  @AfterEach
  void close() {
    sender.close();
  }

  private RawServer server(boolean needsClient, String... protocols) throws Exception {
    SSLContext context =
        TestingCertificates.client(
            clientsRoot, serversRoot.leaf("hooks.example", "hooks.example"), "TLS");
    SSLServerSocket listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    if (protocols.length > 0) {
      listener.setEnabledProtocols(protocols);
    }
    if (needsClient) {
      listener.setNeedClientAuth(true);
    } else {
      listener.setWantClientAuth(true);
    }
    RawServer[] self = new RawServer[1];
    self[0] =
        new RawServer(
            listener,
            socket -> {
              while (self[0].readRequest(socket)) {
                seen.add(peer((SSLSocket) socket));
                RawServer.write(socket, OK);
              }
            });
    return self[0];
  }

  private static String peer(SSLSocket socket) {
    try {
      X509Certificate peer = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return peer.getSubjectX500Principal().getName();
    } catch (SSLPeerUnverifiedException nobody) {
      return "";
    }
  }

  private Outcome send(RawServer server, @Nullable OutboundTls tls) throws InterruptedException {
    return sender
        .send(
            new OutboundRequest(
                OutboundRequest.Method.POST,
                TargetUrl.of("https://hooks.example:" + server.port() + "/"),
                List.of(),
                new byte[0],
                PATIENCE,
                List.of(),
                List.of(),
                tls))
        .outcome();
  }

  private OutboundTls trusting(@Nullable TestingCertificates shown) {
    return new OutboundTls(
        List.of(serversRoot.root()),
        shown == null ? null : new TlsIdentity(shown.chain(), shown.key()));
  }

  private static void assertTls(Outcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Unreachable.class,
            unreachable ->
                assertThat(unreachable.reason()).as("%s", outcome).isEqualTo(Reason.TLS));
  }

  @Test
  void an_own_authority_is_trusted_for_its_endpoint_and_for_no_other() throws Exception {
    try (RawServer server = server(false)) {
      assertTls(send(server, null));
      assertThat(send(server, trusting(null))).isEqualTo(new Outcome.Delivered(200));
      assertTls(send(server, null));
      assertTls(send(server, new OutboundTls(List.of(clientsRoot.root()), null)));
      assertThat(send(server, trusting(null))).isEqualTo(new Outcome.Delivered(200));
      assertThat(server.requests).hasSize(2);
      assertThat(seen).containsOnly("");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void a_certificate_is_shown_to_a_server_that_asks(String protocol) throws Exception {
    try (RawServer server = server(true, protocol)) {
      TestingCertificates known = clientsRoot.authority("Middle").leaf("acme");
      assertThat(send(server, trusting(known))).isEqualTo(new Outcome.Delivered(200));
      assertThat(seen).containsExactly("CN=acme");
      assertThat(send(server, trusting(null))).isNotEqualTo(new Outcome.Delivered(200));
      TestingCertificates stranger = TestingCertificates.authority("Else", now).leaf("stranger");
      assertThat(send(server, trusting(stranger))).isNotEqualTo(new Outcome.Delivered(200));
      assertThat(seen).containsExactly("CN=acme");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void keys_of_every_usual_kind_can_be_shown(String algorithm) throws Exception {
    try (RawServer server = server(true)) {
      assertThat(send(server, trusting(clientsRoot.leafOf(algorithm, "acme"))))
          .isEqualTo(new Outcome.Delivered(200));
      assertThat(seen).containsExactly("CN=acme");
    }
  }

  @Test
  void connections_are_kept_and_shared_by_equal_tls_alone() throws Exception {
    try (RawServer server = server(false)) {
      TestingCertificates one = clientsRoot.leaf("one");
      TestingCertificates two = clientsRoot.leaf("two");
      for (int round = 0; round < 3; round++) {
        // Made anew each time, as after a change of configuration.
        for (TestingCertificates shown : new TestingCertificates[] {one, two, null}) {
          assertThat(send(server, trusting(shown))).isEqualTo(new Outcome.Delivered(200));
        }
      }
      assertThat(seen)
          .isEqualTo(
              Collections.nCopies(3, List.of("CN=one", "CN=two", "")).stream()
                  .flatMap(List::stream)
                  .toList());
      assertThat(server.connections).hasValue(3);
    }
  }

  @Test
  void it_has_limits_and_tells_no_key() throws Exception {
    TestingCertificates leaf = clientsRoot.leaf("acme");
    assertThatThrownBy(() -> new OutboundTls(List.of(), null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            new OutboundTls(
                Collections.nCopies(OutboundTls.MAX_AUTHORITIES + 1, serversRoot.root()), null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            new OutboundTls(
                List.of(),
                new TlsIdentity(
                    Collections.nCopies(OutboundTls.MAX_CHAIN + 1, leaf.own()), leaf.key())))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(trusting(leaf)).hasToString("OutboundTls[1 authorities, TlsIdentity[CN=acme]]");
    assertThat(trusting(leaf)).isEqualTo(trusting(leaf)).isNotEqualTo(trusting(null));
  }
}
