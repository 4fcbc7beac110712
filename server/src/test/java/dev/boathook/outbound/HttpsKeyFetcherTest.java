package dev.boathook.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.boathook.address.Cidr;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.KeyFetcher;
import dev.boathook.world.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys fetched from a real TLS server on loopback, under the name hooks.example. */
@Timeout(20)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpsKeyFetcherTest {
  private static final List<Cidr> LOOPBACK = List.of(Cidr.parse("127.0.0.0/8"));
  private static final byte[] NOTHING = new byte[0];

  private SSLContext tls;
  private HttpsKeyFetcher fetcher;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    tls = TestingTls.selfSigned(folder);
    fetcher = fetcher(tls, LOOPBACK);
  }

  @AfterAll
  void close() {
    fetcher.close();
  }

  @Test
  void a_get_carries_its_headers_and_no_body_and_brings_the_bytes() throws Exception {
    try (RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nkeys")) {
      byte[] answer =
          fetcher.fetch(
              new KeyFetcher.Call(
                  "GET",
                  uri(server, "/certs?a=b"),
                  Headers.of("accept", "application/json"),
                  NOTHING));

      assertThat(answer).asString(UTF_8).isEqualTo("keys");
      assertThat(server.requests)
          .containsExactly(
              "GET /certs?a=b HTTP/1.1\r\n"
                  + ("Host: hooks.example:" + server.port() + "\r\n")
                  + "User-Agent: Boathook/test\r\n"
                  + "accept: application/json\r\n"
                  + "\r\n");
    }
  }

  @Test
  void a_post_carries_its_body() throws Exception {
    try (RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")) {
      fetcher.fetch(
          new KeyFetcher.Call("POST", uri(server, "/"), Headers.of(), "a=b".getBytes(UTF_8)));

      assertThat(server.requests.getFirst())
          .startsWith("POST / ")
          .endsWith("Content-Length: 3\r\n\r\na=b");
    }
  }

  @Test
  void an_answer_has_64_kib_at_most() throws Exception {
    int max = HttpsKeyFetcher.MAX_ANSWER_BYTES;
    try (RawServer server = answering(ok("x".repeat(max)));
        RawServer tooLong = answering(ok("x".repeat(max + 1)))) {
      assertThat(fetcher.fetch(get(server, "/"))).hasSize(max);
      assertRefused(fetcher, get(tooLong, "/"), "longer than 65536 bytes");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 204, 301, 302, 307, 308, 401, 404, 410, 429, 500})
  void any_status_but_200_is_refused_and_no_redirect_is_followed(int status) throws Exception {
    try (RawServer other = answering(ok("stolen"));
        RawServer server =
            answering(
                "HTTP/1.1 "
                    + status
                    + " x\r\nLocation: "
                    + uri(other, "/")
                    + "\r\n"
                    + (status == 204 ? "" : "Content-Length: 0\r\n")
                    + "\r\n")) {
      assertRefused(fetcher, get(server, "/"), "HTTP " + status);
      assertThat(other.connections).hasValue(0);
    }
  }

  @Test
  void an_answer_that_drips_is_cut_off_at_the_limit() throws Exception {
    RawServer[] self = new RawServer[1];
    try (RawServer server =
        serving(socket -> {
          if (self[0].readRequest(socket)) {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            for (int i = 0; i < 1_000; i++) {
              RawServer.write(socket, "x");
              RawServer.linger(socket, 100);
            }
          }
        })) {
      self[0] = server;
      Ticker ticker = Ticker.system();
      long began = ticker.nanoTime();

      assertRefused(fetcher, get(server, "/"), "broke off or came too slowly");

      assertThat(Duration.ofNanos(ticker.nanoTime() - began))
          .isBetween(HttpsKeyFetcher.TIMEOUT.minusMillis(200), Duration.ofSeconds(6));
    }
  }

  @Test
  void a_body_that_ends_before_its_length_is_refused() throws Exception {
    RawServer[] self = new RawServer[1];
    try (RawServer server =
        serving(socket -> {
          if (self[0].readRequest(socket)) {
            RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
          }
        })) {
      self[0] = server;
      assertRefused(fetcher, get(server, "/"), "broke off");
    }
  }

  @Test
  void a_private_address_is_refused_unless_it_is_opened() throws Exception {
    try (RawServer server = answering(ok("keys"));
        HttpsKeyFetcher closed = fetcher(tls, List.of())) {
      assertRefused(closed, get(server, "/"), "127.0.0.1 is in 127.0.0.0/8 (loopback)");
      assertThat(server.connections).hasValue(0);
    }
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_refused() throws Exception {
    try (RawServer server = answering(ok("keys"));
        HttpsKeyFetcher usual = fetcher(SSLContext.getDefault(), LOOPBACK)) {
      assertRefused(usual, get(server, "/"), "PKIX path building failed");
    }
  }

  @Test
  void a_certificate_of_another_name_is_refused() throws Exception {
    try (RawServer server = answering(ok("keys"))) {
      URI other = URI.create("https://other.example:" + server.port() + "/");
      assertRefused(fetcher, get(other), "other.example");
      assertThat(server.requests).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hooks.example/",
        "file:///etc/passwd",
        "https://user:hidden@hooks.example/",
        "https:opaque",
        "/relative"
      })
  void other_urls_are_refused(String url) {
    assertRefused(fetcher, get(URI.create(url)), "");
  }

  @Test
  void a_message_shows_neither_a_query_nor_a_header() throws Exception {
    try (RawServer server = answering("HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n")) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> fetcher.fetch(get(server, "/confirm?Token=hidden")))
          .withMessage("https://hooks.example/confirm: HTTP 500");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() ->
              fetcher.fetch(
                  new KeyFetcher.Call(
                      "GET", uri(server, "/"), Headers.of("authorization", "hidden\n"), NOTHING)))
          .withMessageContaining("authorization")
          .withMessageNotContaining("hidden");
    }
  }

  private static void assertRefused(KeyFetcher by, KeyFetcher.Call call, String message) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> by.fetch(call))
        .withMessageContaining(message)
        .withMessageNotContaining("hidden");
  }

  private static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static KeyFetcher.Call get(RawServer server, String path) {
    return get(uri(server, path));
  }

  private static KeyFetcher.Call get(URI uri) {
    return new KeyFetcher.Call("GET", uri, Headers.of(), NOTHING);
  }

  private static URI uri(RawServer server, String path) {
    return URI.create("https://hooks.example:" + server.port() + path);
  }

  private RawServer answering(String response) throws IOException {
    RawServer[] self = new RawServer[1];
    self[0] =
        serving(socket -> {
          while (self[0].readRequest(socket)) {
            RawServer.write(socket, response);
          }
        });
    return self[0];
  }

  private RawServer serving(RawServer.Script script) throws IOException {
    return new RawServer(
        tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")),
        script);
  }

  private static HttpsKeyFetcher fetcher(SSLContext tls, List<Cidr> opened) {
    return new HttpsKeyFetcher(
        new AddressRules(opened, port -> false, address -> false),
        host -> List.of(InetAddress.ofLiteral("127.0.0.1")),
        tls,
        InstantSource.fixed(Instant.parse("2026-11-22T00:00:00Z")),
        Ticker.system(),
        "Boathook/test");
  }
}
