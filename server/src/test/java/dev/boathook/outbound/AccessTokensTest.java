package dev.boathook.outbound;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.address.Cidr;
import dev.boathook.outbound.AccessTokens.Answer;
import dev.boathook.world.Ticker;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class AccessTokensTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<Cidr> LOOPBACK = List.of(Cidr.parse("127.0.0.0/8"));

  private final AtomicLong nanos = new AtomicLong(-5);
  private final AtomicInteger made = new AtomicInteger();
  private final HttpSender sender;
  private final AccessTokens tokens;

  AccessTokensTest() throws Exception {
    sender =
        new HttpSender(
            HttpSender.Settings.defaults("test"),
            new AddressRules(List.of(), port -> false, address -> false),
            host -> List.of(InetAddress.ofLiteral("127.0.0.1")),
            SSLContext.getDefault(),
            InstantSource.fixed(Instant.EPOCH),
            Ticker.system());
    tokens = new AccessTokens(sender, nanos::get);
  }

  @AfterEach
  void close() {
    sender.close();
  }

  private static ClientCredentials credentials(
      RawServer server, ClientCredentials.Method method, @Nullable String scope) {
    return new ClientCredentials(
        TargetUrl.of("http://auth.example:" + server.port() + "/token?x=1"),
        "my id",
        "p:ss+word/é",
        scope,
        null,
        method);
  }

  private static AccessTokens.Client client(RawServer server) {
    return client(credentials(server, ClientCredentials.Method.BASIC, null));
  }

  private static AccessTokens.Client client(ClientCredentials credentials) {
    return new AccessTokens.Client(new UUID(0, 1), credentials, LOOPBACK, null);
  }

  private static String answer(String status, String body) {
    return "HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(status, body.getBytes(UTF_8).length, body);
  }

  /** Gives token-1, token-2 and so on. */
  private RawServer issuing(String more) throws Exception {
    return serving(() ->
        answer(
            "200 OK", "{\"access_token\":\"token-" + made.incrementAndGet() + "\"" + more + "}"));
  }

  private static RawServer serving(Callable<String> answers) throws Exception {
    RawServer[] self = new RawServer[1];
    self[0] =
        RawServer.on(
            "127.0.0.1",
            socket -> {
              while (self[0].readRequest(socket)) {
                try {
                  RawServer.write(socket, answers.call());
                } catch (Exception e) {
                  throw new java.io.IOException(e);
                }
              }
            });
    return self[0];
  }

  private String get(AccessTokens.Client client) throws InterruptedException {
    return text(tokens.get(client, PATIENCE));
  }

  private static String text(Answer answer) {
    return switch (answer) {
      case Answer.Token(String value) -> value;
      case Answer.None(String why) -> why;
    };
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void a_token_is_asked_for_with_basic_authentication() throws Exception {
    try (RawServer server = issuing("")) {
      get(client(credentials(server, ClientCredentials.Method.BASIC, "read write")));

      String pair = "my+id:p%3Ass%2Bword%2F%C3%A9";
      assertThat(server.requests)
          .containsExactly(
              "POST /token?x=1 HTTP/1.1\r\n"
                  + ("Host: auth.example:" + server.port() + "\r\n")
                  + "User-Agent: Boathook/test\r\n"
                  + "content-type: application/x-www-form-urlencoded\r\n"
                  + "accept: application/json\r\n"
                  + ("authorization: Basic "
                      + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8))
                      + "\r\n")
                  + "Content-Length: 46\r\n"
                  + "\r\n"
                  + "grant_type=client_credentials&scope=read+write");
    }
  }

  @Test
  void a_token_is_asked_for_with_id_and_secret_in_the_body() throws Exception {
    try (RawServer server = issuing("")) {
      get(
          client(
              new ClientCredentials(
                  TargetUrl.of("http://auth.example:" + server.port() + "/"),
                  "id",
                  "a&b",
                  null,
                  "https://api.example/",
                  ClientCredentials.Method.POST)));

      assertThat(server.requests.getFirst())
          .doesNotContain("authorization")
          .endsWith(
              "\r\n\r\ngrant_type=client_credentials&audience=https%3A%2F%2Fapi.example%2F"
                  + "&client_id=id&client_secret=a%26b");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3600, 3540",
    "'\"3600\"', 3540",
    "100, 90",
    "999999999999, 86340",
    "'\"soon\"', 270",
    "null, 270",
  })
  void a_token_is_used_until_shortly_before_it_expires(String expiresIn, int usedSeconds)
      throws Exception {
    try (RawServer server = issuing(",\"expires_in\":" + expiresIn)) {
      assertThat(get(client(server))).isEqualTo("token-1");
      pass(Duration.ofSeconds(usedSeconds).minusNanos(1));
      assertThat(get(client(server))).isEqualTo("token-1");
      pass(Duration.ofNanos(1));
      assertThat(get(client(server))).isEqualTo("token-2");
    }
  }

  @Test
  void a_token_that_has_expired_already_is_used_once() throws Exception {
    try (RawServer server = issuing(",\"expires_in\":-3")) {
      assertThat(get(client(server))).isEqualTo("token-1");
      assertThat(get(client(server))).isEqualTo("token-2");
    }
  }

  @Test
  void other_credentials_and_other_endpoints_have_tokens_of_their_own() throws Exception {
    try (RawServer server = issuing("")) {
      ClientCredentials one = credentials(server, ClientCredentials.Method.BASIC, "a");
      ClientCredentials two = credentials(server, ClientCredentials.Method.BASIC, "b");
      assertThat(get(client(one))).isEqualTo("token-1");
      assertThat(get(client(two))).isEqualTo("token-2");
      assertThat(get(client(one))).isEqualTo("token-1");
      assertThat(get(new AccessTokens.Client(new UUID(0, 2), one, LOOPBACK, null)))
          .isEqualTo("token-3");
    }
  }

  @Test
  void many_who_want_the_same_token_share_one_request() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (RawServer server =
            serving(() -> {
              asked.countDown();
              go.await();
              return answer("200 OK", "{\"access_token\":\"shared\"}");
            });
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> first = threads.submit(() -> get(client(server)));
      asked.await();
      assertThat(text(tokens.get(client(server), Duration.ofMillis(20))))
          .isEqualTo("the token URL did not answer in time");
      List<Future<String>> others =
          Stream.generate(() -> threads.submit(() -> get(client(server)))).limit(50).toList();
      go.countDown();

      assertThat(first.get()).isEqualTo("shared");
      for (Future<String> other : others) {
        assertThat(other.get()).isEqualTo("shared");
      }
      assertThat(server.requests).hasSize(1);
    }
  }

  @Test
  void who_is_interrupted_does_not_end_the_request_for_others() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (RawServer server =
            serving(() -> {
              asked.countDown();
              go.await();
              return answer("200 OK", "{\"access_token\":\"shared\"}");
            });
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> first = threads.submit(() -> get(client(server)));
      asked.await();
      first.cancel(true);
      go.countDown();
      assertThat(get(client(server))).isEqualTo("shared");
      assertThat(server.requests).hasSize(1);
    }
  }

  @Test
  void a_token_that_is_refused_is_replaced_once_it_is_ten_seconds_old() throws Exception {
    try (RawServer server = issuing("")) {
      Answer.Token first = (Answer.Token) tokens.get(client(server), PATIENCE);
      pass(AccessTokens.MIN_REFRESH.minusNanos(1));
      assertThat(tokens.renew(client(server), first, PATIENCE)).isEqualTo(first);
      pass(Duration.ofNanos(1));
      Answer second = tokens.renew(client(server), first, PATIENCE);
      assertThat(text(second)).isEqualTo("token-2");
      pass(AccessTokens.MIN_REFRESH);
      assertThat(tokens.renew(client(server), first, PATIENCE))
          .as("the refusal of an older token says nothing of the newer one")
          .isEqualTo(second);
    }
  }

  @Test
  void a_failure_is_not_kept() throws Exception {
    try (RawServer server =
        serving(() ->
            made.incrementAndGet() == 1
                ? answer("503 x", "")
                : answer("200 OK", "{\"access_token\":\"later\",\"token_type\":\"BEARER\"}"))) {
      assertThat(get(client(server))).isEqualTo("the token URL answered HTTP 503");
      assertThat(get(client(server))).isEqualTo("later");
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "401 x|{\"error\":\"invalid_client\"}|answered HTTP 401 (invalid_client)",
        "400 x|{\"error\":\"the secret is hush\"}|answered HTTP 400",
        "400 x|hush|answered HTTP 400",
        "410 x|{}|answered HTTP 410",
        "200 OK|``|answered without a token that can be used",
        "200 OK|[]|answered without a token that can be used",
        "200 OK|null|answered without a token that can be used",
        "200 OK|{\"access_token\":7}|answered without a token that can be used",
        "200 OK|{\"access_token\":\"\"}|answered without a token that can be used",
        "200 OK|{\"access_token\":\"a b\"}|answered without a token that can be used",
        "200 OK|{\"access_token\":\"a\\r\\nx: y\"}|answered without a token that can be used",
        "200 OK|{\"access_token\":\"a\",\"token_type\":\"mac\"}|answered with a token that is no"
            + " bearer token",
      })
  void what_is_no_token_is_said_without_repeating_it(String status, String body, String why)
      throws Exception {
    try (RawServer server = serving(() -> answer(status, body))) {
      assertThat(get(client(server))).isEqualTo("the token URL " + why);
    }
  }

  @Test
  void a_redirect_is_not_followed() throws Exception {
    try (RawServer target = issuing("");
        RawServer server =
            serving(() ->
                answer("307 x\r\nLocation: http://auth.example:" + target.port() + "/", "{}"))) {
      assertThat(get(client(server))).isEqualTo("the token URL answered HTTP 307");
      assertThat(target.connections).hasValue(0);
    }
  }

  @Test
  void an_answer_that_is_too_long_is_no_token() throws Exception {
    String long1 = "{\"access_token\":\"" + "a".repeat(AccessTokens.MAX_TOKEN_CHARACTERS) + "\"";
    try (RawServer fits = serving(() -> answer("200 OK", long1 + "}"));
        RawServer longer = serving(() -> answer("200 OK", long1.replace("\"a", "\"aa") + "}"));
        RawServer padded =
            serving(() -> answer("200 OK", long1 + ",\"x\":\"" + "y".repeat(8 << 10) + "\"}"))) {
      assertThat(get(client(fits))).hasSize(AccessTokens.MAX_TOKEN_CHARACTERS);
      assertThat(get(client(longer)))
          .isEqualTo("the token URL answered without a token that can be used");
      assertThat(get(client(padded)))
          .isEqualTo("the token URL answered without a token that can be used");
    }
  }

  @Test
  void an_address_that_is_not_opened_for_the_endpoint_is_not_asked() throws Exception {
    try (RawServer server = issuing("")) {
      AccessTokens.Client closed =
          new AccessTokens.Client(
              new UUID(0, 1),
              credentials(server, ClientCredentials.Method.BASIC, null),
              List.of(),
              null);
      assertThat(get(client(server))).isEqualTo("token-1");
      assertThat(get(closed)).isEqualTo("the token URL: 127.0.0.1 is in 127.0.0.0/8 (loopback)");
      assertThat(server.requests).hasSize(1);
    }
  }

  @Test
  void nothing_is_kept_of_an_endpoint_that_is_forgotten_nor_of_tokens_that_have_expired()
      throws Exception {
    try (RawServer server = issuing(",\"expires_in\":100")) {
      get(client(credentials(server, ClientCredentials.Method.BASIC, "a")));
      get(client(credentials(server, ClientCredentials.Method.BASIC, "b")));
      assertThat(tokens.kept()).isEqualTo(2);

      tokens.forget(new UUID(0, 2));
      assertThat(tokens.kept()).as("that was another").isEqualTo(2);
      pass(Duration.ofSeconds(100));
      get(client(server));
      assertThat(tokens.kept()).isEqualTo(1);

      tokens.forget(new UUID(0, 1));
      assertThat(tokens.kept()).isZero();
    }
  }

  @Test
  void no_secret_stands_in_a_text() throws Exception {
    try (RawServer server = issuing("")) {
      AccessTokens.Client client = client(server);
      assertThat(client.toString() + tokens.get(client, PATIENCE))
          .contains("my id")
          .doesNotContain("word", "token-1");
    }
  }
}
