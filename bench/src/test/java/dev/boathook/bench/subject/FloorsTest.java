package dev.boathook.bench.subject;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.boathook.bench.floor.AcceptFloor;
import dev.boathook.bench.floor.DeliverFloor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FloorsTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private static Path folder;
  private static Store store;

  @BeforeAll
  static void start() throws Exception {
    store = Store.start(folder.resolve("store"));
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  @Test
  void a_signed_event_is_stored_once_and_a_forged_one_is_not() throws Exception {
    try (FloorServer floor = FloorServer.start(AcceptFloor.class, store)) {
      Usage before = floor.usage();
      assertThat(post(floor, "{\"id\":\"evt_1\",\"type\":\"a\"}", AcceptFloor.SECRET))
          .isEqualTo(200);
      assertThat(post(floor, "{\"id\":\"evt_1\",\"type\":\"a\"}", AcceptFloor.SECRET))
          .isEqualTo(200);
      assertThat(post(floor, "{\"type\":\"é\",\"id\":\"evt_2\"}", AcceptFloor.SECRET))
          .isEqualTo(200);
      assertThat(post(floor, "{\"id\":\"evt_3\",\"type\":\"a\"}", "whsec_other")).isEqualTo(401);
      Usage used = floor.usage().since(before);

      assertThat(text("SELECT string_agg(external_id, ' ' ORDER BY event_id) FROM accepted"))
          .isEqualTo("evt_1 evt_2");
      assertThat(
              text("SELECT convert_from(body, 'UTF8') FROM accepted WHERE external_id = 'evt_2'"))
          .isEqualTo("{\"type\":\"é\",\"id\":\"evt_2\"}");
      assertThat(used.statements()).isEqualTo(3);
      assertThat(used.walBytes()).isPositive();
      assertThat(used.javaCpu()).isPositive();
      assertThat(used.postgresCpu()).isGreaterThanOrEqualTo(Duration.ZERO);
    }
  }

  @Test
  void every_delivery_is_posted_once_and_its_outcome_is_stored() throws Exception {
    Set<String> ids = ConcurrentHashMap.newKeySet();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    receiver.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    receiver.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          boolean isFirst = ids.add(exchange.getRequestHeaders().getFirst("webhook-id"));
          exchange.sendResponseHeaders(isFirst && body.length == 1_024 ? 204 : 500, -1);
          exchange.close();
        });
    receiver.start();
    try (FloorServer floor = FloorServer.start(DeliverFloor.class, store)) {
      URI url = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/hook");
      for (int run = 1; run <= 2; run++) {
        FloorServer.Delivered delivered = floor.deliver(1_000, 8, url, Duration.ofMinutes(1));
        assertThat(delivered.accepted()).isEqualTo(1_000);
        assertThat(delivered.length()).isPositive();
        assertThat(ids).hasSize(1_000 * run);
        assertThat(text("SELECT count(*) FROM delivered WHERE status = 204"))
            .isEqualTo(Integer.toString(1_000 * run));
      }
      receiver.stop(0);
      assertThat(floor.deliver(10, 2, url, Duration.ofMinutes(1)).accepted()).isZero();
      assertThat(text("SELECT count(*) FROM delivered WHERE status = 0")).isEqualTo("10");
    } finally {
      receiver.stop(0);
    }
  }

  @Test
  void a_floor_that_cannot_write_ends() throws Exception {
    try (FloorServer floor = FloorServer.start(AcceptFloor.class, store)) {
      try (Connection connection = store.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("DROP TABLE accepted");
      }
      assertThatThrownBy(() -> post(floor, "{\"id\":\"evt_1\"}", AcceptFloor.SECRET))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> floor.deliver(1, 1, URI.create("http://a/"), Duration.ofMinutes(1)))
          .isInstanceOf(IOException.class);
      assertThat(floor.lastLines()).anyMatch(line -> line.contains("\"accepted\" does not exist"));
    }
  }

  @Test
  void a_program_that_does_not_start_says_why() {
    assertThatThrownBy(() -> FloorServer.start(Store.class, store).close())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("main");
  }

  private static int post(FloorServer floor, String body, String secret) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    String v1 = HexFormat.of().formatHex(mac.doFinal(("1700000000." + body).getBytes(UTF_8)));
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + floor.address().getPort() + "/in/token"))
            .header("Stripe-Signature", "t=1700000000,v1=" + v1)
            .POST(BodyPublishers.ofString(body))
            .build();
    return HTTP.send(request, BodyHandlers.discarding()).statusCode();
  }

  private static String text(String sql) throws SQLException {
    try (Connection connection = store.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
