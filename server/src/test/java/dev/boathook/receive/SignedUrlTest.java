package dev.boathook.receive;

import static dev.boathook.receive.TestingReception.json;
import static dev.boathook.receive.TestingReception.signed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.receive.TestingReception.Source;
import dev.boathook.receive.TestingReception.Stored;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.KeyFetcher;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.Ids;
import dev.boathook.world.Ticker;
import dev.boathook.world.World;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a signature needs beside the request, at the public listener of a whole server: the URL as
 * its provider knows it, and keys that the provider publishes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignedUrlTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  private volatile boolean isOutsideDown = true;
  private volatile Duration ahead = Duration.ZERO;
  private String publicKey = "";
  private TestingReception reception;

  @BeforeAll
  void start() throws Exception {
    InstantSource clock = () -> InstantSource.system().instant().plus(ahead);
    SecureRandom random = new SecureRandom();
    World world = new World(clock, Ticker.system(), random, new Ids(clock, random));
    reception = TestingReception.start(TestingDatabase.freshDatabase(), this::fetch, world);
  }

  @AfterAll
  void stop() {
    reception.close();
  }

  private byte[] fetch(KeyFetcher.Call call) throws IOException {
    if (isOutsideDown) {
      throw new IOException("no answer of " + call.uri().getHost());
    }
    return switch (call.uri().getHost()) {
      case "login.bol.com" -> "{\"access_token\":\"t\"}".getBytes(UTF_8);
      case "api.bol.com" ->
          ("{\"signatureKeys\":[{\"id\":\"0\",\"publicKey\":\"" + publicKey + "\"}]}")
              .getBytes(UTF_8);
      default -> throw new IOException("who is " + call.uri());
    };
  }

  /** Signed for one URL, sent to the source's own. */
  private HttpResponse<String> send(Provider provider, Source source, String signedUrl)
      throws Exception {
    WebhookRequest signed = signed(provider, SECRET, json(signedUrl, "{\"id\":\"u1\"}"));
    int query = signed.url().indexOf('?');
    String called = source.publicUrl() + (query < 0 ? "" : signed.url().substring(query));
    return reception.send(
        new WebhookRequest(signed.method(), called, signed.headers(), signed.body()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"square", "twilio", "hubspot"})
  void the_servers_public_url_is_the_one_that_is_signed(String name) throws Exception {
    Provider provider = Providers.named(name);
    Source source = reception.source(name, Map.of(), List.of(SECRET));

    assertThat(send(provider, source, "http://127.0.0.1" + source.path()).statusCode())
        .isEqualTo(401);
    assertThat(send(provider, source, "https://other.example.com" + source.path()).statusCode())
        .isEqualTo(401);
    assertThat(reception.stored(source)).isEmpty();
    assertThat(send(provider, source, source.publicUrl()).statusCode()).isEqualTo(200);
    assertThat(reception.stored(source)).singleElement().matches(Stored::verified);
  }

  @ParameterizedTest
  @ValueSource(strings = {"square", "twilio", "hubspot"})
  void the_sources_own_public_url_goes_before_the_servers(String name) throws Exception {
    Provider provider = Providers.named(name);
    String own = "https://shop.example.com/hooks/" + name;
    Source source = reception.source(name, Map.of(), List.of(SECRET), Map.of("public_url", own));

    assertThat(send(provider, source, source.publicUrl()).statusCode()).isEqualTo(401);
    assertThat(reception.stored(source)).isEmpty();
    assertThat(send(provider, source, own).statusCode()).isEqualTo(200);
    assertThat(reception.stored(source)).singleElement().matches(Stored::verified);
  }

  @Test
  void the_host_that_a_caller_names_counts_for_nothing() throws Exception {
    Provider square = Providers.named("square");
    Source source = reception.source("square", Map.of(), List.of(SECRET));
    String evil = "https://evil.example.com" + source.path();

    assertThat(raw(signed(square, SECRET, json(evil, "{\"id\":\"u1\"}")), "evil.example.com"))
        .startsWith("HTTP/1.1 401");
    assertThat(reception.stored(source)).isEmpty();
    assertThat(
            raw(
                signed(square, SECRET, json(source.publicUrl(), "{\"id\":\"u2\"}")),
                "evil.example.com"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void what_cannot_be_checked_now_is_to_come_again_and_then_is_taken() throws Exception {
    Provider bol = Providers.named("bol");
    KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    publicKey = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    String privateKey =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----";
    Source source = reception.source("bol", Map.of(), List.of("client:secret"));
    WebhookRequest event =
        signed(bol, privateKey, json(source.publicUrl(), "{\"event\":{\"resource\":\"A\"}}"));

    HttpResponse<String> answer = reception.send(event);

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("retry-after")).hasValue("5");
    assertThat(answer.body()).doesNotContain("bol.com");
    assertThat(reception.stored(source)).isEmpty();

    isOutsideDown = false;
    // A failed fetch is not repeated at once.
    ahead = Duration.ofSeconds(11);
    assertThat(reception.send(event).statusCode()).isEqualTo(200);
    assertThat(reception.stored(source)).singleElement().matches(Stored::verified);
  }

  /** The answer's first line. */
  private @Nullable String raw(WebhookRequest request, String host) throws IOException {
    StringBuilder head = new StringBuilder();
    head.append("POST ")
        .append(request.url().replaceFirst("https://[^/]+", ""))
        .append(" HTTP/1.1\r\nHost: ")
        .append(host)
        .append("\r\nX-Forwarded-Host: ")
        .append(host)
        .append("\r\nX-Forwarded-Proto: https\r\nConnection: close\r\nContent-Length: ")
        .append(request.body().length);
    request
        .headers()
        .forEach(line -> head.append("\r\n").append(line.name()).append(": ").append(line.value()));
    int port = reception.server().boathook().publicPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(head.append("\r\n\r\n").toString().getBytes(UTF_8));
      socket.getOutputStream().write(request.body());
      socket.getOutputStream().flush();
      return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
    }
  }

  @Test
  void what_comes_in_the_query_of_a_get_is_the_events_body() throws Exception {
    Provider twilio = Providers.named("twilio");
    Source source = reception.source("twilio", Map.of(), List.of(SECRET));
    String query = "MessageSid=SM1&MessageStatus=delivered&To=%2B441632960202&Body=a+b%20%C3%BC";
    WebhookRequest get =
        signed(
            twilio,
            SECRET,
            new WebhookRequest(
                "GET",
                source.publicUrl() + "?" + query,
                Headers.of("I-Twilio-Idempotency-Token", "1b2c"),
                new byte[0]));

    HttpResponse<String> answer = reception.send(get);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).endsWith("<Response></Response>");
    assertThat(reception.stored(source))
        .singleElement()
        .satisfies(stored -> {
          assertThat(stored.body()).isEqualTo(query);
          assertThat(stored.contentType()).isEqualTo("application/x-www-form-urlencoded");
          assertThat(stored.type()).isEqualTo("delivered");
          assertThat(stored.externalId()).isEqualTo("1b2c");
          assertThat(stored.verified()).isTrue();
        });
    WebhookRequest other =
        new WebhookRequest(
            "GET", get.url().replace("delivered", "failed"), get.headers(), new byte[0]);
    assertThat(reception.send(other).statusCode()).isEqualTo(401);
  }
}
