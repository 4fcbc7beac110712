package dev.boathook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.boathook.address.Cidr;
import dev.boathook.config.Settings;
import dev.boathook.config.Settings.TlsFiles;
import dev.boathook.store.StoreException;
import dev.boathook.store.TestingDatabase;
import dev.boathook.tls.Certificates;
import dev.boathook.tls.ClientCertificates;
import dev.boathook.tls.TestingCertificates;
import dev.boathook.world.World;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Both listeners over TLS, and who is admitted, over real sockets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListenerTlsTest {
  private static final String SECRET = "whsec_of_the_tls_test";

  @TempDir private static Path folder;
  private final World world = World.system();
  private final TestingDatabase database = TestingDatabase.freshDatabase();
  private TestingCertificates servers;
  private TestingCertificates pinned;
  private TestingCertificates vouchedFor;
  private TestingCertificates stranger;
  private Boathook boathook;

  @BeforeAll
  void start() throws Exception {
    Instant now = world.clock().instant();
    servers = TestingCertificates.authority("Servers", now);
    TestingCertificates clients = TestingCertificates.authority("Clients", now);
    pinned = clients.leaf("pinned");
    vouchedFor = clients.authority("Middle").leaf("Bank", "bank.example");
    stranger = TestingCertificates.authority("Clients", now).leaf("Bank", "bank.example");
    ClientCertificates bank =
        new ClientCertificates(
            List.of(Certificates.sha256(pinned.own())),
            List.of(clients.root()),
            List.of("bank.example"));
    boathook =
        Boathook.start(
            settings(
                database,
                Optional.of(write("public", servers.leaf("localhost", "localhost"))),
                Optional.of(write("admin", servers.leaf("localhost", "localhost"))),
                List.of(
                    source("open", Optional.empty(), Optional.empty()),
                    source("bank", Optional.empty(), Optional.of(bank)),
                    source(
                        "office",
                        Optional.of(List.of(Cidr.parse("198.51.100.0/24"))),
                        Optional.empty()))),
            world);
  }

  @AfterAll
  void stop() {
    boathook.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void an_event_is_accepted_over_tls_from_a_client_without_a_certificate(String protocol)
      throws Exception {
    HttpResponse<String> answer = post("open", null, protocol, Map.of());

    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void http_1_0_is_answered_over_tls_and_the_connection_closed(boolean negotiated)
      throws Exception {
    SSLContext context = TestingCertificates.client(servers, null, "TLS");
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("localhost", boathook.publicPort())) {
      if (negotiated) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
      }
      socket.setSoTimeout(2_000);
      socket.getOutputStream().write("POST /in/unknown HTTP/1.0\r\n\r\n".getBytes(UTF_8));

      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 404 ");
    }
  }

  @Test
  void older_tls_is_not_offered() throws Exception {
    ListenerTls tls =
        ListenerTls.of(Optional.of(write("older", servers.leaf("localhost"))), true, world.clock())
            .orElseThrow();

    assertThat(tls.tls().createServerSocket().getEnabledProtocols())
        .containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
  }

  @Test
  void a_client_certificate_is_looked_at_by_the_source_that_wants_one() throws Exception {
    for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
      assertThat(post("bank", pinned, protocol, Map.of()).statusCode()).isEqualTo(200);
      assertThat(post("bank", vouchedFor, protocol, Map.of()).statusCode()).isEqualTo(200);
      assertThat(post("open", stranger, protocol, Map.of()).statusCode()).isEqualTo(200);

      HttpResponse<String> none = post("bank", null, protocol, Map.of());
      assertThat(none.statusCode()).isEqualTo(403);
      assertThat(none.body())
          .isEqualTo(
              "{\"type\":\"urn:boathook:problem:forbidden\",\"title\":\"Forbidden\",\"status\":403,\"code\":\"forbidden\"}");
      HttpResponse<String> refused = post("bank", stranger, protocol, Map.of());
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).isEqualTo(none.body());
    }
    assertThat(refusals("bank"))
        .contains("client_certificate_missing", "client_certificate_refused")
        .hasSize(2);
  }

  @Test
  void only_allowed_addresses_are_admitted_and_a_trusted_proxy_is_believed() throws Exception {
    String header = "X-Forwarded-For";
    assertThat(post("office", null, "TLS", Map.of()).statusCode()).isEqualTo(403);
    assertThat(post("office", null, "TLS", Map.of(header, "203.0.113.7")).statusCode())
        .isEqualTo(403);
    assertThat(post("office", null, "TLS", Map.of(header, "unknown")).statusCode()).isEqualTo(403);
    assertThat(post("office", null, "TLS", Map.of(header, "198.51.100.7")).statusCode())
        .isEqualTo(200);
    assertThat(refusals("office")).containsExactly("address_not_allowed");
    assertThat(json(admin("/v1/sources/" + id("office") + "/refused")).toString())
        .contains("\"remote_address\":\"203.0.113.7\"");
  }

  @Test
  void a_body_that_is_still_on_its_way_does_not_cost_the_refusal() throws Exception {
    HttpResponse<String> answer =
        client(null, "TLS")
            .send(
                HttpRequest.newBuilder(url(path("office")))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[4 << 20]))
                    .build(),
                HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(403);
  }

  @Test
  void an_unknown_token_is_not_found_whoever_asks() throws Exception {
    HttpResponse<String> answer =
        client(null, "TLS")
            .send(
                HttpRequest.newBuilder(url("/in/00000000000000000000000000"))
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(404);
  }

  @Test
  void a_renewed_certificate_is_shown_without_a_restart() throws Exception {
    Path certificate = folder.resolve("renewed.pem");
    Path key = folder.resolve("renewed-key.pem");
    TestingCertificates first = servers.leaf("localhost", "localhost");
    first.write(certificate, key);
    ListenerTls tls =
        ListenerTls.of(Optional.of(new TlsFiles(certificate, key)), true, world.clock())
            .orElseThrow();
    var server =
        Listener.start(
            new Settings.Address("127.0.0.1", 0),
            Optional.of(tls),
            io.helidon.webserver.http.HttpRouting.builder());
    try {
      assertThat(shownBy(server.port())).isEqualTo(first.own());
      TestingCertificates second = servers.leaf("localhost", "localhost");
      second.write(certificate, key);
      tls.renew(server);
      assertThat(shownBy(server.port())).isEqualTo(second.own());
      Files.writeString(key, "gone");
      tls.renew(server);
      assertThat(shownBy(server.port())).isEqualTo(second.own());
    } finally {
      server.stop();
    }
  }

  @Test
  void a_server_whose_files_cannot_be_used_does_not_start() throws Exception {
    TlsFiles files = write("wrong", servers.leaf("localhost"));
    Files.writeString(files.key(), servers.leaf("other").keyPem());

    StoreException refusal =
        catchThrowableOfType(
            StoreException.class,
            () ->
                Boathook.start(
                    settings(
                        TestingDatabase.freshDatabase(),
                        Optional.of(files),
                        Optional.empty(),
                        List.of()),
                    world));

    assertThat(refusal.code()).isEqualTo("tls_mismatch");
  }

  private X509Certificate shownBy(int port) throws Exception {
    SSLContext context = TestingCertificates.client(servers, null, "TLS");
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static TlsFiles write(String name, TestingCertificates made) throws IOException {
    TlsFiles files = new TlsFiles(folder.resolve(name + ".pem"), folder.resolve(name + "-key.pem"));
    made.write(files.certificate(), files.key());
    return files;
  }

  private static Settings.SourceSettings source(
      String name, Optional<List<Cidr>> nets, Optional<ClientCertificates> certificates) {
    return new Settings.SourceSettings(
        name,
        "stripe",
        List.of(SECRET),
        Map.of(),
        Optional.empty(),
        nets,
        certificates,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Settings settings(
      TestingDatabase store,
      Optional<TlsFiles> publicTls,
      Optional<TlsFiles> adminTls,
      List<Settings.SourceSettings> sources) {
    return new Settings(
        folder,
        new Settings.Address("127.0.0.1", 0),
        new Settings.Address("127.0.0.1", 0),
        Optional.of(store.url()),
        Optional.of(store.user()),
        Optional.of(store.password()),
        folder.resolve("sealing-key.json"),
        Optional.of(TestingServer.KEY),
        Optional.empty(),
        List.of(),
        List.of(Cidr.parse("127.0.0.0/8")),
        publicTls,
        adminTls,
        Settings.LogFormat.TEXT,
        sources,
        List.of());
  }

  private HttpClient client(@Nullable TestingCertificates shown, String protocol) throws Exception {
    return HttpClient.newBuilder()
        .sslContext(TestingCertificates.client(servers, shown, protocol))
        .build();
  }

  private URI url(String path) {
    return URI.create("https://localhost:" + boathook.publicPort() + path);
  }

  private HttpResponse<String> post(
      String source,
      @Nullable TestingCertificates shown,
      String protocol,
      Map<String, String> headers)
      throws Exception {
    String body = "{\"id\":\"evt_" + source + "\",\"type\":\"a\"}";
    HttpRequest.Builder request =
        TestingWebhook.of("stripe", SECRET, body).to(HttpRequest.newBuilder(url(path(source))));
    headers.forEach(request::header);
    try (HttpClient http = client(shown, protocol)) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private String path(String source) throws Exception {
    return found(source).get("path").stringValue();
  }

  private String id(String source) throws Exception {
    return found(source).get("id").stringValue();
  }

  private JsonNode found(String source) throws Exception {
    for (JsonNode candidate : json(admin("/v1/sources")).get("data")) {
      if (candidate.get("name").stringValue().equals(source)) {
        return candidate;
      }
    }
    throw new AssertionError("no source " + source);
  }

  /** The codes for which a source has refused requests, each once. */
  private List<String> refusals(String source) throws Exception {
    return json(admin("/v1/sources/" + id(source) + "/refused"))
        .get("data")
        .valueStream()
        .map(refused -> refused.get("code").stringValue())
        .distinct()
        .toList();
  }

  private HttpResponse<String> admin(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://localhost:" + boathook.adminPort() + path))
            .header("Authorization", "Bearer " + TestingServer.KEY)
            .build();
    try (HttpClient http = client(null, "TLS")) {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }
}
