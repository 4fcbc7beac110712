package dev.boathook.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boathook.address.Cidr;
import dev.boathook.outbound.Outcome.TimedOut.Phase;
import dev.boathook.outbound.Outcome.Unreachable.Reason;
import dev.boathook.world.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class HttpSenderTest {

  private static final List<Cidr> LOOPBACK = List.of(Cidr.parse("127.0.0.0/8"));
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final long SHORT_AND_SLACK_NANOS = Duration.ofMillis(1500).toNanos();
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-22T00:00:00Z"));
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final AtomicInteger lookups = new AtomicInteger();

  private HttpSender sender =
      sender(LOOPBACK, Set.of(), host -> List.of(InetAddress.ofLiteral("127.0.0.1")));

  @AfterEach
  void closeSender() {
    sender.close();
  }

  // What is sent.

  @Test
  void a_post_carries_its_headers_and_bytes_and_nothing_uncalled_for() throws Exception {
    try (RawServer server = RawServer.answering(OK)) {
      OutboundRequest request =
          new OutboundRequest(
              TargetUrl.of("http://hooks.example:" + server.port() + "/in//x?a=b%20c"),
              List.of(
                  new HttpHeader("webhook-id", "evt_1"), new HttpHeader("x-latin", "caf\u00e9")),
              "{\"a\":\u00e9}".getBytes(ISO_8859_1),
              PATIENCE,
              List.of());

      AttemptResult result = sender.send(request);

      assertThat(result.outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(result.responseBody()).isEqualTo("ok".getBytes(UTF_8));
      assertThat(result.responseHeaders()).containsExactly(new HttpHeader("Content-Length", "2"));
      assertThat(result.truncated()).isFalse();
      assertThat(result.durationNanos()).isPositive();
      assertThat(result.remoteAddress()).isEqualTo("127.0.0.1:" + server.port());
      assertThat(server.requests)
          .containsExactly(
              "POST /in//x?a=b%20c HTTP/1.1\r\n"
                  + ("Host: hooks.example:" + server.port() + "\r\n")
                  + "User-Agent: Boathook/test\r\n"
                  + "webhook-id: evt_1\r\n"
                  + "x-latin: caf\u00e9\r\n"
                  + "Content-Length: 7\r\n"
                  + "\r\n"
                  + "{\"a\":\u00e9}");
    }
  }

  @Test
  void headers_cannot_smuggle_lines_or_replace_the_senders_own() {
    assertThatThrownBy(() -> new HttpHeader("x", "a\r\nHost: evil"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HttpHeader("x: y\r\nz", "a"))
        .isInstanceOf(IllegalArgumentException.class);
    for (String name : List.of("Host", "content-length", "Transfer-Encoding", "Expect")) {
      assertThatThrownBy(() ->
              new OutboundRequest(
                  TargetUrl.of("http://x/"),
                  List.of(new HttpHeader(name, "1")),
                  new byte[0],
                  PATIENCE,
                  List.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  // What comes back.

  @ParameterizedTest
  @ValueSource(ints = {200, 201, 202, 204, 299})
  void any_2xx_is_delivered(int status) throws Exception {
    assertThat(outcomeOf(status, "")).isEqualTo(new Outcome.Delivered(status));
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 409, 429, 500, 503})
  void any_other_status_is_refused(int status) throws Exception {
    assertThat(outcomeOf(status, "")).isEqualTo(new Outcome.Refused(status, null));
  }

  @Test
  void status_410_is_gone() throws Exception {
    assertThat(outcomeOf(410, "")).isEqualTo(new Outcome.Gone());
  }

  @Test
  void retry_after_is_read_in_seconds_and_as_a_date() throws Exception {
    assertThat(outcomeOf(429, "Retry-After: 120\r\n"))
        .isEqualTo(new Outcome.Refused(429, Duration.ofMinutes(2)));
    assertThat(outcomeOf(503, "retry-after: Sun, 22 Nov 2026 00:01:00 GMT\r\n"))
        .isEqualTo(new Outcome.Refused(503, Duration.ofMinutes(1)));
    assertThat(outcomeOf(503, "Retry-After: whenever\r\n"))
        .isEqualTo(new Outcome.Refused(503, null));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 400, 404, 500, 502, 504})
  void retry_after_counts_with_429_and_503_only(int status) throws Exception {
    assertThat(outcomeOf(status, "Retry-After: 120\r\n"))
        .isEqualTo(new Outcome.Refused(status, null));
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 305, 307, 308})
  void a_redirect_is_not_followed(int status) throws Exception {
    try (RawServer target = RawServer.answering(OK);
        RawServer server =
            RawServer.answering(
                ("HTTP/1.1 " + status + " Elsewhere\r\n")
                    + "Content-Length: 0\r\n"
                    + "Location: http://127.0.0.1:"
                    + target.port()
                    + "/\r\n\r\n")) {
      assertThat(send(server).outcome()).isEqualTo(new Outcome.Refused(status, null));
      assertThat(target.connections).hasValue(0);
      assertThat(server.requests).hasSize(1);
    }
  }

  @Test
  void interim_responses_are_passed_over() throws Exception {
    try (RawServer server =
        RawServer.answering("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + OK)) {
      assertThat(send(server).outcome()).isEqualTo(new Outcome.Delivered(200));
    }
  }

  @Test
  void a_cookie_is_not_sent_back() throws Exception {
    try (RawServer server =
        RawServer.answering("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")) {
      send(server);
      send(server);
      assertThat(server.requests).hasSize(2).noneMatch(request -> request.contains("Cookie"));
    }
  }

  @Test
  void a_compressed_body_stays_as_it_came() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      gzip.write(new byte[10_000_000]);
    }
    byte[] bytes = bomb.toByteArray();
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: "
                + bytes.length
                + "\r\n\r\n"
                + new String(bytes, ISO_8859_1))) {
      assertThat(send(server).responseBody()).isEqualTo(bytes);
    }
  }

  // Limits.

  @Test
  void of_an_endless_body_16_kib_are_kept_and_the_connection_is_closed() throws Exception {
    try (RawServer server =
        RawServer.on(
            "127.0.0.1",
            socket -> {
              RawServer.write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              while (true) {
                RawServer.write(socket, "400\r\n" + "x".repeat(1024) + "\r\n");
              }
            })) {
      AttemptResult result = send(server);

      assertThat(result.outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(result.responseBody()).hasSize(16 * 1024);
      assertThat(result.truncated()).isTrue();
      assertThat(server.firstConnectionEnds()).isTrue();
    }
  }

  @Test
  void a_body_of_just_16_kib_is_whole_and_the_connection_is_used_again() throws Exception {
    String body = "x".repeat(16 * 1024);
    try (RawServer server =
        RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 16384\r\n\r\n" + body)) {
      assertThat(send(server).truncated()).isFalse();
      assertThat(send(server).responseBody()).isEqualTo(body.getBytes(UTF_8));
      assertThat(server.connections).hasValue(1);
    }
  }

  @Test
  void too_many_or_too_long_headers_are_a_bad_response() throws Exception {
    assertBadResponse("HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(1_001) + "\r\n");
    assertBadResponse("HTTP/1.1 200 OK\r\na: " + "b".repeat(64 * 1024) + "\r\n\r\n");
    assertBadResponse(
        "HTTP/1.1 200 OK\r\n" + ("a: " + "b".repeat(60 * 1024) + "\r\n").repeat(5) + "\r\n");
  }

  /** Each repeats its part for as long as anybody reads; the deadline is far away. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      nullValues = "none",
      value = {
        "`HTTP/1.1 200 `, x, none",
        "``, `\\r\\n`, none",
        "`HTTP/1.1 200 OK\\r\\n`, `a: b\\r\\n`, none",
        "`HTTP/1.1 200 OK\\r\\na: `, b, none",
        "`HTTP/1.1 200 OK\\r\\na: b\\r\\n`, ` b\\r\\n`, none",
        "``, `HTTP/1.1 100 Continue\\r\\n\\r\\n`, none",
        "``, `HTTP/1.1 103 Early Hints\\r\\na: b\\r\\n\\r\\n`, none",
        "`HTTP/1.1 200 OK\\r\\n\\r\\n`, z, 16384",
        "`HTTP/1.1 200 OK\\r\\nContent-Length: 9223372036854775807\\r\\n\\r\\n`, z, 16384",
        "`HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n`, `2\\r\\nzz\\r\\n`, 16384",
        "`HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n7fffffff\\r\\n`, z, 16384",
        "`HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1;a=`, b, 0",
        "`HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n`, 0, 0",
        "`HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n`, `a: b\\r\\n`, 0",
      })
  void what_has_no_end_is_cut_off_by_its_size(
      String begin, String repeated, @Nullable Integer keptBytes) throws Exception {
    byte[] block = unescaped(repeated).repeat(1_000).getBytes(ISO_8859_1);
    RawServer[] self = new RawServer[1];
    try (RawServer server =
        RawServer.on(
            "127.0.0.1",
            socket -> {
              self[0].readRequest(socket);
              RawServer.write(socket, unescaped(begin));
              while (true) {
                socket.getOutputStream().write(block);
              }
            })) {
      self[0] = server;
      AttemptResult result = send(server);

      assertThat(result.durationNanos()).isLessThan(PATIENCE.toNanos() / 2);
      if (keptBytes == null) {
        assertUnreachable(result, Reason.BAD_RESPONSE);
      } else {
        assertThat(result.outcome()).isEqualTo(new Outcome.Delivered(200));
        assertThat(result.responseBody()).hasSize(keptBytes);
        assertThat(result.truncated()).isTrue();
      }
      assertThat(server.firstConnectionEnds()).isTrue();
    }
  }

  private static String unescaped(String text) {
    return text.replace("\\r\\n", "\r\n");
  }

  @Test
  void what_stands_around_chunks_is_bounded_as_a_whole() throws Exception {
    String chunk = "1;a=" + "b".repeat(60 * 1024) + "\r\nz\r\n";
    RawServer[] self = new RawServer[1];
    try (RawServer server =
        RawServer.on(
            "127.0.0.1",
            socket -> {
              self[0].readRequest(socket);
              RawServer.write(socket, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              while (true) {
                RawServer.write(socket, chunk);
              }
            })) {
      self[0] = server;
      AttemptResult result = send(server);

      assertThat(result.outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(result.responseBody()).hasSizeBetween(1, 5);
      assertThat(result.truncated()).isTrue();
      assertThat(server.firstConnectionEnds()).isTrue();
    }
  }

  @Test
  void a_body_in_chunks_of_one_byte_is_read_whole() throws Exception {
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\nz\r\n".repeat(16 * 1024)
                + "0\r\n\r\n")) {
      assertThat(send(server).truncated()).isFalse();
      assertThat(send(server).responseBody()).hasSize(16 * 1024);
      assertThat(server.connections).hasValue(1);
    }
  }

  @Test
  void ten_interim_responses_are_passed_over_each_time_and_an_eleventh_is_not() throws Exception {
    String interim = "HTTP/1.1 103 Early Hints\r\n\r\n";
    try (RawServer server =
        RawServer.answering(interim.repeat(HttpSender.MAX_INTERIM_RESPONSES) + OK)) {
      assertThat(send(server).outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(send(server).outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(server.connections).hasValue(1);
    }
    assertBadResponse(interim.repeat(HttpSender.MAX_INTERIM_RESPONSES + 1) + OK);
  }

  @Test
  void a_protocol_that_nobody_asked_for_is_no_answer() throws Exception {
    try (RawServer server =
        RawServer.answering("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")) {
      assertCutOff(sender.send(request(server, SHORT)), Phase.RESPONSE);
    }
  }

  @Test
  void something_that_is_not_http_is_a_bad_response() throws Exception {
    assertBadResponse("220 mail.example ESMTP\r\n");
    assertBadResponse("HTTP/1.1 1000 x\r\nContent-Length: 0\r\n\r\n");
    assertBadResponse("HTTP/1.1 99 x\r\nContent-Length: 0\r\n\r\n");
    assertBadResponse("HTTP/1.1 99999999999 x\r\nContent-Length: 0\r\n\r\n");
    assertBadResponse("HTTP/2 200\r\nContent-Length: 0\r\n\r\n");
    assertBadResponse("HTTP/1.1 500 x\r\nTransfer-Encoding: rot13\r\n\r\n");
    assertBadResponse("SSH-2.0-OpenSSH_9.6\r\n");
  }

  @Test
  void a_head_that_breaks_off_is_a_bad_response() throws Exception {
    RawServer[] self = new RawServer[1];
    try (RawServer server =
        RawServer.on(
            "127.0.0.1",
            socket -> {
              self[0].readRequest(socket);
              RawServer.write(socket, "HTTP/1.1 200 OK\r\nContent-Le");
            })) {
      self[0] = server;
      assertUnreachable(send(server), Reason.BAD_RESPONSE);
    }
  }

  @Test
  void kept_headers_have_a_limit() throws Exception {
    String header = "a: " + "b".repeat(5_000) + "\r\n";
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 200 OK\r\n" + header.repeat(5) + "Content-Length: 0\r\n\r\n")) {
      AttemptResult result = send(server);

      assertThat(result.outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(result.responseHeaders()).hasSize(3);
      assertThat(result.truncated()).isTrue();
    }
  }

  // Time.

  @Test
  void of_many_headers_a_hundred_are_kept_and_the_status_stands() throws Exception {
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + "a: b\r\n".repeat(999) + "\r\n")) {
      AttemptResult result = send(server);

      assertThat(result.outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(result.responseHeaders()).hasSize(100);
      assertThat(result.truncated()).isTrue();
    }
  }

  @Test
  void of_a_long_header_8_kib_are_kept_and_the_status_stands() throws Exception {
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 200 OK\r\na: " + "b".repeat(60 * 1024) + "\r\nContent-Length: 0\r\n\r\n")) {
      AttemptResult result = send(server);

      assertThat(result.outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(result.responseHeaders())
          .containsExactly(
              new HttpHeader("a", "b".repeat(8 * 1024)), new HttpHeader("Content-Length", "0"));
      assertThat(result.truncated()).isTrue();
    }
  }

  @Test
  void trailers_have_a_limit_and_the_status_stands() throws Exception {
    try (RawServer server =
        RawServer.answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
                + "a: b\r\n".repeat(9)
                + "\r\n")) {
      AttemptResult result = send(server);

      assertThat(result.outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(result.responseBody()).isEqualTo("ok".getBytes(UTF_8));
      assertThat(result.truncated()).isTrue();
    }
  }

  @Test
  void a_server_that_never_answers_times_out_as_ambiguous() throws Exception {
    try (RawServer server = RawServer.on("127.0.0.1", RawServer::waitForClose)) {
      assertCutOff(sender.send(request(server, SHORT)), Phase.RESPONSE);
      assertThat(server.firstConnectionEnds()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\na: ",
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 ",
      })
  void a_head_that_drips_is_cut_off_at_the_deadline(String begin) throws Exception {
    try (RawServer server =
        RawServer.on(
            "127.0.0.1",
            socket -> {
              RawServer.write(socket, begin);
              while (true) {
                RawServer.write(socket, "b");
                socket.getInputStream().skip(socket.getInputStream().available());
                RawServer.linger(socket, 20);
              }
            })) {
      assertCutOff(sender.send(request(server, SHORT)), Phase.RESPONSE);
      assertThat(server.firstConnectionEnds()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "Content-Length: 1000\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n3e8\r\n",
        "Transfer-Encoding: chunked\r\n\r\n1;a=",
        "Transfer-Encoding: chunked\r\n\r\n0\r\na: ",
      })
  void a_body_that_drips_is_cut_off_but_the_status_stands(String begin) throws Exception {
    try (RawServer server =
        RawServer.on(
            "127.0.0.1",
            socket -> {
              RawServer.write(socket, "HTTP/1.1 200 OK\r\n" + begin);
              while (true) {
                RawServer.write(socket, "b");
                socket.getInputStream().skip(socket.getInputStream().available());
                RawServer.linger(socket, 20);
              }
            })) {
      AttemptResult result = sender.send(request(server, SHORT));

      assertThat(result.outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(result.truncated()).isTrue();
      assertThat(result.durationNanos()).isBetween(SHORT.toNanos() / 2, SHORT_AND_SLACK_NANOS);
      assertThat(server.firstConnectionEnds()).isTrue();
    }
  }

  @Test
  void a_server_that_does_not_read_is_cut_off_at_the_deadline() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (RawServer server = RawServer.on("127.0.0.1", socket -> await(done))) {
      OutboundRequest request = request(server, SHORT, new byte[32 * 1024 * 1024]);
      assertCutOff(sender.send(request), Phase.RESPONSE);
    } finally {
      done.countDown();
    }
  }

  @Test
  void a_tls_handshake_that_hangs_times_out_while_connecting() throws Exception {
    try (RawServer server = RawServer.on("127.0.0.1", RawServer::waitForClose)) {
      OutboundRequest request = request("https://hooks.example:" + server.port() + "/", SHORT);
      assertCutOff(sender.send(request), Phase.CONNECT);
    }
  }

  @Test
  void a_resolver_that_hangs_times_out_while_resolving() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    use(
        sender(
            LOOPBACK,
            Set.of(),
            host -> {
              await(done);
              throw new UnknownHostException(host);
            }));
    assertCutOff(sender.send(request("http://slow.example/", SHORT)), Phase.RESOLVE);
    assertCutOff(sender.send(request("http://slow.example/", SHORT)), Phase.RESOLVE);
    done.countDown();
    assertThat(lookups).as("waiters share a lookup").hasValue(1);
  }

  @Test
  void a_full_pool_times_out_while_waiting() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    use(
        new HttpSender(
            new HttpSender.Settings(1, 1, 1024, Duration.ofSeconds(30), "test"),
            new AddressRules(LOOPBACK, port -> false, address -> false),
            Resolver.system(),
            SSLContext.getDefault(),
            CLOCK,
            Ticker.system()));
    try (RawServer server =
        RawServer.on(
            "127.0.0.1",
            socket -> {
              entered.countDown();
              RawServer.waitForClose(socket);
            })) {
      OutboundRequest first = request("http://127.0.0.1:" + server.port() + "/", PATIENCE);
      Thread holder =
          Thread.startVirtualThread(() -> {
            try {
              sender.send(first);
            } catch (InterruptedException expected) {
              // Ends the attempt.
            }
          });
      entered.await();

      OutboundRequest second = request("http://127.0.0.1:" + server.port() + "/", SHORT);
      assertCutOff(sender.send(second), Phase.WAIT);

      holder.interrupt();
      holder.join();
      assertThat(server.firstConnectionEnds()).isTrue();
      assertThat(sender.send(second).outcome())
          .as("the interrupted attempt gave its connection back")
          .isEqualTo(new Outcome.TimedOut(Phase.RESPONSE));
    }
  }

  // Failures.

  @Test
  void a_refused_connection_is_unreachable() throws Exception {
    int port = unusedPort();
    AttemptResult result = sender.send(request("http://127.0.0.1:" + port + "/", PATIENCE));

    assertUnreachable(result, Reason.CONNECTION_REFUSED);
    assertThat(result.remoteAddress()).isEqualTo("127.0.0.1:" + port);
  }

  @Test
  void the_next_address_is_tried_when_one_refuses() throws Exception {
    try (RawServer server = RawServer.answering(OK)) {
      use(
          sender(
              LOOPBACK,
              Set.of(),
              host ->
                  List.of(InetAddress.ofLiteral("127.0.0.9"), InetAddress.ofLiteral("127.0.0.1"))));
      AttemptResult result = send(server);

      assertThat(result.outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(result.remoteAddress()).isEqualTo("127.0.0.1:" + server.port());
    }
  }

  @Test
  void a_name_without_address_is_unreachable() throws Exception {
    use(
        sender(
            LOOPBACK,
            Set.of(),
            host -> {
              throw new UnknownHostException(host + ": no such name");
            }));
    AttemptResult result = sender.send(request("http://nowhere.example/", PATIENCE));

    assertThat(result.outcome())
        .isEqualTo(new Outcome.Unreachable(Reason.DNS, "nowhere.example: no such name"));
    assertThat(result.remoteAddress()).isNull();
  }

  @Test
  void a_connection_that_breaks_before_the_response_is_a_reset() throws Exception {
    RawServer[] self = new RawServer[1];
    try (RawServer server =
        RawServer.on(
            "127.0.0.1",
            socket -> {
              self[0].readRequest(socket);
              socket.setSoLinger(true, 0);
            })) {
      self[0] = server;
      assertUnreachable(send(server), Reason.CONNECTION_RESET);
    }
  }

  @Test
  void a_failed_attempt_is_not_repeated_behind_our_back() throws Exception {
    RawServer[] self = new RawServer[1];
    try (RawServer server = RawServer.on("127.0.0.1", socket -> self[0].readRequest(socket))) {
      self[0] = server;
      assertUnreachable(send(server), Reason.CONNECTION_RESET);
      assertThat(server.requests).hasSize(1);
    }
  }

  @Test
  void proxies_from_system_properties_are_not_used() throws Exception {
    String dead = Integer.toString(unusedPort());
    List<String> names = List.of("http.proxyPort", "socksProxyPort");
    List<String> hosts = List.of("http.proxyHost", "socksProxyHost");
    names.forEach(name -> System.setProperty(name, dead));
    hosts.forEach(name -> System.setProperty(name, "127.0.0.1"));
    System.setProperty("http.nonProxyHosts", "");
    try (RawServer server = RawServer.answering(OK)) {
      assertThat(send(server).outcome()).isEqualTo(new Outcome.Delivered(200));
    } finally {
      names.forEach(System::clearProperty);
      hosts.forEach(System::clearProperty);
      System.clearProperty("http.nonProxyHosts");
    }
  }

  // Addresses.

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:1/",
        "http://127.0.0.1.:1/",
        "http://[::1]:1/",
        "http://[::]:1/",
        "http://[::ffff:127.0.0.1]:1/",
        "http://[::ffff:7f00:1]:1/",
        "http://0.0.0.0:1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[64:ff9b::7f00:1]:1/",
        "http://[2002:7f00:1::]:1/",
        "http://10.0.0.1/",
        "http://255.255.255.255/",
        "http://[::127.0.0.1]:1/",
        "http://[0:0:0:0:0:ffff:7f00:1]:1/",
        "http://[0000:0000:0000:0000:0000:0000:0000:0001]:1/",
        "http://[::FFFF:A9FE:A9FE]/",
        "http://[::ffff:0:127.0.0.1]:1/",
        "http://[64:ff9b:1::127.0.0.1]:1/",
        "http://[2001:0:7f00:1::]:1/",
        "http://[fe80::1]:1/",
        "http://[fd00:ec2::254]/latest/meta-data",
        "http://[ff02::1]:1/",
        "http://①②⑦.⓪.0.1:1/",
        "http://１２７。0．0｡1:1/",
        "http://127.0.0.1\u00ad:1/",
      })
  void a_literal_address_passes_the_same_check_as_a_name(String url) throws Exception {
    use(sender(List.of(), Set.of(), host -> List.of()));
    AttemptResult result = sender.send(request(url, PATIENCE));

    assertThat(result.outcome()).isInstanceOf(Outcome.Blocked.class);
    assertThat(result.remoteAddress()).isNull();
    assertThat(lookups).hasValue(0);
  }

  @Test
  void a_blocked_address_gets_no_connection() throws Exception {
    try (RawServer server = RawServer.answering(OK)) {
      use(sender(List.of(), Set.of(), host -> List.of(InetAddress.ofLiteral("127.0.0.1"))));

      assertThat(send(server).outcome())
          .isEqualTo(new Outcome.Blocked("127.0.0.1 is in 127.0.0.0/8 (loopback)"));
      assertThat(server.connections).hasValue(0);
    }
  }

  @Test
  void the_names_of_this_machine_are_blocked_by_what_they_mean() throws Exception {
    try (RawServer server = RawServer.answering(OK)) {
      use(sender(List.of(), Set.of(), Resolver.system()));
      for (String name : List.of("localhost", "LOCALHOST.", "localhost.")) {
        AttemptResult result =
            sender.send(request("http://" + name + ":" + server.port() + "/", PATIENCE));
        assertThat(result.outcome()).as(name).isInstanceOf(Outcome.Blocked.class);
      }
      assertThat(server.connections).hasValue(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1 10.0.0.1",
        "10.0.0.1 127.0.0.1",
        "127.0.0.1 ::1",
        "127.0.0.1 ::ffff:10.0.0.1",
        "127.0.0.1 127.0.0.1 127.0.0.1 127.0.0.1 127.0.0.1 169.254.169.254",
        "fe80::1%1 127.0.0.1",
      })
  void one_bad_address_among_good_ones_blocks_the_attempt(String answer) throws Exception {
    List<InetAddress> addresses = new ArrayList<>();
    for (String address : answer.split(" ", -1)) {
      addresses.add(InetAddress.getByName(address));
    }
    try (RawServer server = RawServer.answering(OK)) {
      use(sender(LOOPBACK, Set.of(), host -> addresses));

      assertThat(send(server).outcome()).isInstanceOf(Outcome.Blocked.class);
      assertThat(server.connections).hasValue(0);
    }
  }

  @Test
  void the_checked_address_is_the_dialled_one_when_answers_change() throws Exception {
    try (RawServer good = RawServer.answering(OK);
        RawServer bad =
            new RawServer(
                new ServerSocket(good.port(), 50, InetAddress.ofLiteral("127.0.0.2")),
                RawServer::waitForClose)) {
      use(
          sender(
              List.of(Cidr.parse("127.0.0.1/32")),
              Set.of(),
              host -> List.of(InetAddress.ofLiteral("127.0.0." + lookups.get()))));

      assertThat(send(good).remoteAddress()).isEqualTo("127.0.0.1:" + good.port());
      assertThat(lookups).as("one lookup an attempt").hasValue(1);
      assertThat(send(good).outcome()).as("rebound").isInstanceOf(Outcome.Blocked.class);
      assertThat(bad.connections).hasValue(0);
    }
  }

  @Test
  void a_pooled_connection_does_not_lend_one_endpoints_allowance_to_another() throws Exception {
    try (RawServer server = RawServer.answering(OK)) {
      use(sender(List.of(), Set.of(), host -> List.of(InetAddress.ofLiteral("127.0.0.1"))));
      String url = "http://hooks.example:" + server.port() + "/";
      OutboundRequest allowed =
          new OutboundRequest(TargetUrl.of(url), List.of(), new byte[0], PATIENCE, LOOPBACK);

      assertThat(sender.send(allowed).outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(sender.send(request(url, PATIENCE)).outcome()).isInstanceOf(Outcome.Blocked.class);
      assertThat(sender.send(allowed).outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(server.connections).as("and the pool does pool").hasValue(1);
      assertThat(server.requests).hasSize(2);
    }
  }

  @Test
  void our_own_listener_is_blocked_on_an_open_range() throws Exception {
    try (RawServer ours = RawServer.answering(OK);
        RawServer other = RawServer.answering(OK)) {
      use(
          sender(
              LOOPBACK, Set.of(ours.port()), host -> List.of(InetAddress.ofLiteral("127.0.0.1"))));

      assertThat(send(ours).outcome()).isInstanceOf(Outcome.Blocked.class);
      assertThat(send(other).outcome()).isEqualTo(new Outcome.Delivered(200));
    }
  }

  // TLS.

  @Test
  void a_trusted_certificate_is_accepted_with_its_name_in_sni_and_host(@TempDir Path dir)
      throws Exception {
    SSLContext own = TestingTls.selfSigned(dir);
    AtomicReference<String> sni = new AtomicReference<>();
    RawServer[] self = new RawServer[1];
    try (RawServer server =
        new RawServer(
            own.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")),
            socket -> {
              if (self[0].readRequest(socket)) {
                var session = (ExtendedSSLSession) ((SSLSocket) socket).getSession();
                SNIHostName name = (SNIHostName) session.getRequestedServerNames().getFirst();
                sni.set(name.getAsciiName());
                RawServer.write(socket, OK);
              }
            })) {
      self[0] = server;
      String path = ":" + server.port() + "/";

      assertUnreachable(sender.send(request("https://hooks.example" + path, PATIENCE)), Reason.TLS);

      use(sender(own, host -> List.of(InetAddress.ofLiteral("127.0.0.1"))));
      assertThat(sender.send(request("https://hooks.example" + path, PATIENCE)).outcome())
          .isEqualTo(new Outcome.Delivered(200));
      assertThat(sni).hasValue("hooks.example");
      assertThat(server.requests.getLast()).contains("Host: hooks.example:" + server.port());

      assertUnreachable(sender.send(request("https://other.example" + path, PATIENCE)), Reason.TLS);
    }
  }

  @Test
  void a_tls_server_that_does_not_read_is_cut_off_at_the_deadline(@TempDir Path dir)
      throws Exception {
    SSLContext own = TestingTls.selfSigned(dir);
    CountDownLatch done = new CountDownLatch(1);
    try (RawServer server =
        new RawServer(
            own.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1")),
            socket -> {
              ((SSLSocket) socket).startHandshake();
              await(done);
            })) {
      use(sender(own, host -> List.of(InetAddress.ofLiteral("127.0.0.1"))));
      OutboundRequest request =
          new OutboundRequest(
              TargetUrl.of("https://hooks.example:" + server.port() + "/"),
              List.of(),
              new byte[32 * 1024 * 1024],
              Duration.ofSeconds(1),
              List.of());
      AttemptResult result = sender.send(request);

      assertThat(result.outcome()).isEqualTo(new Outcome.TimedOut(Phase.RESPONSE));
      assertThat(result.durationNanos()).isLessThan(Duration.ofSeconds(3).toNanos());
    } finally {
      done.countDown();
    }
  }

  @Test
  void a_server_without_tls_at_an_https_url_is_a_tls_failure() throws Exception {
    try (RawServer server = RawServer.on("127.0.0.1", s -> RawServer.write(s, OK))) {
      AttemptResult result =
          sender.send(request("https://hooks.example:" + server.port() + "/", PATIENCE));
      assertUnreachable(result, Reason.TLS);
    }
  }

  private Outcome outcomeOf(int status, String headers) throws Exception {
    String length = status == 204 || status == 304 ? "" : "Content-Length: 0\r\n";
    try (RawServer server =
        RawServer.answering("HTTP/1.1 " + status + " x\r\n" + headers + length + "\r\n")) {
      return send(server).outcome();
    }
  }

  private void assertBadResponse(String response) throws Exception {
    try (RawServer server = RawServer.answering(response)) {
      assertUnreachable(send(server), Reason.BAD_RESPONSE);
    }
  }

  private static void assertUnreachable(AttemptResult result, Reason reason) {
    assertThat(result.outcome())
        .isInstanceOfSatisfying(
            Outcome.Unreachable.class, u -> assertThat(u.reason()).as("%s", u).isEqualTo(reason));
  }

  private static void assertCutOff(AttemptResult result, Phase phase) {
    assertThat(result.outcome()).isEqualTo(new Outcome.TimedOut(phase));
    assertThat(result.durationNanos()).isBetween(SHORT.toNanos() / 2, SHORT_AND_SLACK_NANOS);
  }

  private AttemptResult send(RawServer server) throws InterruptedException {
    return sender.send(request(server, PATIENCE));
  }

  private static OutboundRequest request(RawServer server, Duration timeout) {
    return request(server, timeout, "{}".getBytes(UTF_8));
  }

  private static OutboundRequest request(RawServer server, Duration timeout, byte[] body) {
    return new OutboundRequest(
        TargetUrl.of("http://hooks.example:" + server.port() + "/in"),
        List.of(),
        body,
        timeout,
        List.of());
  }

  private static OutboundRequest request(String url, Duration timeout) {
    return new OutboundRequest(TargetUrl.of(url), List.of(), new byte[0], timeout, List.of());
  }

  private void use(HttpSender other) {
    sender.close();
    sender = other;
  }

  private HttpSender sender(List<Cidr> opened, Set<Integer> ownPorts, Resolver resolver) {
    try {
      return sender(SSLContext.getDefault(), opened, ownPorts, resolver);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private HttpSender sender(SSLContext sslContext, Resolver resolver) {
    return sender(sslContext, LOOPBACK, Set.of(), resolver);
  }

  private HttpSender sender(
      SSLContext sslContext, List<Cidr> opened, Set<Integer> ownPorts, Resolver resolver) {
    return new HttpSender(
        HttpSender.Settings.defaults("test"),
        new AddressRules(opened, ownPorts::contains, address -> false),
        host -> {
          lookups.incrementAndGet();
          return resolver.resolve(host);
        },
        sslContext,
        CLOCK,
        Ticker.system());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }
}
