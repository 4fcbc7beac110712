package dev.boathook.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.address.Cidr;
import dev.boathook.outbound.Outcome.Unreachable.Reason;
import dev.boathook.world.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection that was kept and ends when it is used again. */
@Timeout(20)
class KeptConnectionTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private HttpSender sender;

  @BeforeEach
  void makeSender() throws Exception {
    sender =
        new HttpSender(
            HttpSender.Settings.defaults("test"),
            new AddressRules(List.of(Cidr.parse("127.0.0.0/8")), port -> false, address -> false),
            host -> List.of(InetAddress.ofLiteral("127.0.0.1")),
            SSLContext.getDefault(),
            InstantSource.fixed(Instant.parse("2026-11-22T00:00:00Z")),
            Ticker.system());
  }

  @AfterEach
  void closeSender() {
    sender.close();
  }

  @Test
  void what_finds_a_kept_connection_closed_goes_over_a_new_one() throws Exception {
    try (RawServer server = keeping(socket -> {})) {
      assertThat(send(server).outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(send(server).outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(server.connections).hasValue(2);
      assertThat(server.requests).hasSize(3);
    }
  }

  @Test
  void what_began_to_answer_on_a_kept_connection_is_not_asked_again() throws Exception {
    assertNotRepeated(socket -> {
      RawServer.write(socket, "HTTP/1.1 20");
      // A reset takes with it what has not been read.
      RawServer.linger(socket, 100);
      socket.setSoLinger(true, 0);
    });
  }

  @Test
  void what_leaves_a_kept_connection_late_is_not_asked_again() throws Exception {
    assertNotRepeated(socket -> RawServer.linger(socket, 1_100));
  }

  /** The script is what follows the second request on a connection, before it is closed. */
  private void assertNotRepeated(RawServer.Script script) throws Exception {
    try (RawServer server = keeping(script)) {
      assertThat(send(server).outcome()).isEqualTo(new Outcome.Delivered(200));
      assertThat(send(server).outcome())
          .isInstanceOfSatisfying(
              Outcome.Unreachable.class,
              unreachable -> assertThat(unreachable.reason()).isEqualTo(Reason.CONNECTION_RESET));
      assertThat(server.connections).hasValue(1);
      assertThat(server.requests).hasSize(2);
    }
  }

  /** Answers the first request of a connection, and after the second does this. */
  private static RawServer keeping(RawServer.Script afterSecond) throws IOException {
    RawServer[] self = new RawServer[1];
    self[0] =
        RawServer.on(
            "127.0.0.1",
            socket -> {
              self[0].readRequest(socket);
              RawServer.write(socket, OK);
              self[0].readRequest(socket);
              afterSecond.serve(socket);
            });
    return self[0];
  }

  private AttemptResult send(RawServer server) throws InterruptedException {
    return sender.send(
        new OutboundRequest(
            TargetUrl.of("http://hooks.example:" + server.port() + "/in"),
            List.of(),
            new byte[2],
            Duration.ofSeconds(10),
            List.of()));
  }
}
