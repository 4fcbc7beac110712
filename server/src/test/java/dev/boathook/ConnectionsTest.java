package dev.boathook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.config.Settings;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.World;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers of HTTP/1.0, and when connections are closed, over raw sockets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionsTest {
  private static final String SECRET = "whsec_of_the_connections_test";

  /** Less than any time after which a connection is closed by itself. */
  private static final int EOF_WITHIN_MILLIS = 2_000;

  private final World world = World.system();
  private final TestingDatabase database = TestingDatabase.freshDatabase();
  private TestingServer server;
  private String path;

  @BeforeAll
  void start() throws Exception {
    server =
        TestingServer.start(
            database,
            Files.createTempDirectory("boathook-test-"),
            List.of(source("stripe"), source("woocommerce")),
            List.of());
    path = server.pathOf("stripe");
  }

  private static Settings.SourceSettings source(String provider) {
    return new Settings.SourceSettings(provider, provider, List.of(SECRET), Map.of());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Host: boathook.example\r\n",
        "Connection: keep-alive\r\n",
        "Host: x\r\nConnection: close\r\nExpect: 100-continue\r\n"
      })
  void an_event_that_comes_by_http_1_0_is_stored_and_its_connection_closed(String headers)
      throws Exception {
    String id = "evt_by_1_0_" + Integer.toHexString(headers.hashCode());

    String answer = answerTo(post(" HTTP/1.0", headers, id));

    assertStoredAndClosed(answer, id);
  }

  @Test
  void what_woocommerce_sends_by_http_1_0_is_stored() throws Exception {
    Provider woocommerce = Providers.named("woocommerce");
    WebhookRequest sample =
        woocommerce.sample(
            "order.updated", "", new SigningContext("sample_by_1_0", world.clock().instant()));
    WebhookRequest signed =
        woocommerce
            .signer(SECRET)
            .sign(sample, new SigningContext("sample_by_1_0", world.clock().instant()));

    String answer =
        answerTo(
            head("POST " + server.pathOf("woocommerce") + " HTTP/1.0", "Host: x\r\n", signed)
                + new String(signed.body(), UTF_8));

    assertThat(answer).startsWith("HTTP/1.1 200 ");
    assertThat(count("type = 'order.updated'")).isEqualTo(1);
  }

  @Test
  void a_request_of_http_1_0_may_come_byte_by_byte() throws Exception {
    try (Socket socket = connect(server.boathook().publicPort())) {
      for (byte each : post(" HTTP/1.0", "", "evt_in_bytes").getBytes(UTF_8)) {
        socket.getOutputStream().write(each);
        socket.getOutputStream().flush();
      }
      assertStoredAndClosed(rest(socket), "evt_in_bytes");
    }
  }

  @Test
  void what_follows_a_request_of_http_1_0_is_no_second_one() throws Exception {
    String answer =
        answerTo(
            post(" HTTP/1.0", "", "evt_first_of_two")
                + post(" HTTP/1.1", "Host: x\r\n", "evt_second_of_two"));

    assertStoredAndClosed(answer, "evt_first_of_two");
    assertThat(answer.split("HTTP/1.1 ", -1)).hasSize(2);
    assertThat(count("external_id = 'evt_second_of_two'")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked\r\n",
        "transfer-encoding : chunked\r\n",
        "Content-Length: 5\r\nTRANSFER-ENCODING: chunked\r\n",
        "X: a\nTransfer-Encoding: chunked\r\n"
      })
  void a_transfer_encoding_in_http_1_0_is_refused(String headers) throws Exception {
    String answer =
        answerTo("POST " + path + " HTTP/1.0\r\nHost: x\r\n" + headers + "\r\n0\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 400 ").contains("Connection: close", "\"status\":400");
  }

  @Test
  void limits_hold_for_http_1_0_too() throws Exception {
    String line = "POST " + path + "?" + "x".repeat(9_000) + " HTTP/1.0\r\n\r\n";
    String headers = "POST " + path + " HTTP/1.0\r\nX: " + "x".repeat(33_000) + "\r\n\r\n";
    String endless = "POST " + path + " HTTP/1.0\r\nX: " + "x".repeat(60_000);

    assertThat(answerTo(line)).startsWith("HTTP/1.1 414 ");
    assertThat(answerTo(headers))
        .startsWith("HTTP/1.1 431 ")
        .endsWith(
            "{\"type\":\"urn:boathook:problem:headers_too_large\",\"title\":\"Request Header Fields"
                + " Too Large\",\"status\":431,\"code\":\"headers_too_large\"}");
    assertThat(answerTo(endless)).startsWith("HTTP/1.1 431 ");
  }

  @Test
  void other_versions_are_not_answered_as_if_they_were_known() throws Exception {
    assertThat(answerTo("GET " + path + " HTTP/0.9\r\n\r\n")).doesNotContain(" 200 ");
    assertThat(answerTo("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).doesNotContain(" 200 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "Close", "x-other, close"})
  void a_connection_is_closed_after_the_answer_when_the_caller_wants_it(String option)
      throws Exception {
    String id = "evt_close_" + Integer.toHexString(option.hashCode());

    String answer = answerTo(post(" HTTP/1.1", "Host: x\r\nConnection: " + option + "\r\n", id));

    assertStoredAndClosed(answer, id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
  void a_connection_is_closed_after_a_body_that_is_too_large_and_the_answer_arrives(String version)
      throws Exception {
    String body = "x".repeat((1 << 20) + 1);

    String answer =
        answerTo(
            "POST "
                + path
                + " "
                + version
                + "\r\nHost: x\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);

    assertThat(answer).startsWith("HTTP/1.1 413 ").contains("Connection: close", "body_too_large");
  }

  @Test
  void a_connection_is_closed_after_a_method_that_is_not_allowed_and_the_answer_arrives()
      throws Exception {
    String body = "x".repeat(1 << 20);

    String answer =
        answerTo(
            "PUT "
                + path
                + " HTTP/1.1\r\nHost: x\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);

    assertThat(answer).startsWith("HTTP/1.1 405 ").contains("method_not_allowed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /v1/events HTTP/1.1\r\nContent-Type: application/json\r\n",
        "POST /v1/events HTTP/1.1\r\nAuthorization: Bearer " + TestingServer.KEY + "\r\n",
        "PUT /v1/events HTTP/1.1\r\n",
        "POST /nothing HTTP/1.0\r\n",
      })
  void a_refusal_of_the_api_arrives_though_its_body_is_not_wanted(String head) throws Exception {
    try (Socket socket = connect(server.boathook().adminPort())) {
      String rest = "Host: x\r\nConnection: close\r\nContent-Length: 1048576\r\n\r\n";
      socket.getOutputStream().write((head + rest + "x".repeat(1 << 20)).getBytes(UTF_8));

      assertThat(rest(socket)).startsWith("HTTP/1.1 4").contains("application/problem+json");
    }
  }

  @Test
  void other_connections_stay_open_for_the_next_request() throws Exception {
    try (Socket socket = connect(server.boathook().publicPort())) {
      for (String id : List.of("evt_kept_1", "evt_kept_2")) {
        socket.getOutputStream().write(post(" HTTP/1.1", "Host: x\r\n", id).getBytes(UTF_8));
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\"}") < 0) {
          int next = socket.getInputStream().read();
          assertThat(next).isNotNegative();
          answer.append((char) next);
        }
        assertThat(answer).startsWith("HTTP/1.1 200 ").doesNotContain("close");
        assertThat(count("external_id = '" + id + "'")).isEqualTo(1);
      }
    }
  }

  private void assertStoredAndClosed(String answer, String id) throws Exception {
    assertThat(answer)
        .startsWith("HTTP/1.1 200 ")
        .contains("Content-Length: ", "Connection: close")
        .doesNotContain("100 Continue");
    assertThat(count("external_id = '" + id + "'")).isEqualTo(1);
  }

  private String post(String version, String headers, String id) {
    byte[] body = ("{\"id\":\"" + id + "\",\"type\":\"a\"}").getBytes(UTF_8);
    WebhookRequest signed =
        Providers.named("stripe")
            .signer(SECRET)
            .sign(
                new WebhookRequest(
                    "POST", "", Headers.of("Content-Type", "application/json"), body),
                new SigningContext("msg_test", world.clock().instant()));
    return head("POST " + path + version, headers, signed) + new String(signed.body(), UTF_8);
  }

  private static String head(String line, String headers, WebhookRequest signed) {
    StringBuilder head = new StringBuilder(line).append("\r\n").append(headers);
    signed
        .headers()
        .forEach(each -> head.append(each.name()).append(": ").append(each.value()).append("\r\n"));
    return head.append("Content-Length: ")
        .append(signed.body().length)
        .append("\r\n\r\n")
        .toString();
  }

  /** All that comes until the server closes; fails if it does not close soon. */
  private String answerTo(String request) throws IOException {
    try (Socket socket = connect(server.boathook().publicPort())) {
      socket.getOutputStream().write(request.getBytes(UTF_8));
      socket.getOutputStream().flush();
      return rest(socket);
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(EOF_WITHIN_MILLIS);
    return socket;
  }

  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  private long count(String where) throws Exception {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT count(*) FROM boathook.event WHERE " + where)) {
      row.next();
      return row.getLong(1);
    }
  }
}
