package dev.boathook.bench.floor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.IOException;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The least program that accepts a webhook: it reads the body, verifies one HMAC, writes one row
 * with two unique indexes, and answers when the row's batch is committed.
 *
 * <p>The web server and its limits that cost time are the product's: see its Listener.
 */
public final class AcceptFloor {
  /** What signs a request, in the way of Stripe; the key is all of its bytes. */
  public static final String SECRET = "whsec_floor_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private static final HeaderName SIGNATURE = HeaderNames.create("Stripe-Signature");
  private static final byte[] ID = "\"id\":\"".getBytes(US_ASCII);
  private static final UUID SOURCE = new UUID(0x0123_4567_89ab_7cdeL, 0x8f01_2345_6789_abcdL);

  private static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS accepted (
        event_id    uuid PRIMARY KEY DEFAULT uuidv7(),
        source_id   uuid NOT NULL,
        external_id text NOT NULL,
        body        bytea NOT NULL,
        UNIQUE (source_id, external_id))
      """;
  private static final String INSERT =
      """
      INSERT INTO accepted (source_id, external_id, body)
      SELECT ?, external_id, body FROM unnest(?::text[], ?::bytea[]) AS event(external_id, body)
      ON CONFLICT DO NOTHING
      """;

  private final Hmac hmac = new Hmac(SECRET.getBytes(UTF_8));
  private final Connection connection;
  private final PreparedStatement insert;
  private final BatchWriter<Event> writer;

  @SuppressWarnings("ArrayRecordComponent") // Carries bytes; never compared.
  private record Event(String externalId, byte[] body, CompletableFuture<Void> committed) {}

  private AcceptFloor(Connection connection) throws SQLException {
    this.connection = connection;
    try (Statement statement = connection.createStatement()) {
      statement.execute(TABLE);
    }
    this.insert = connection.prepareStatement(INSERT);
    this.writer = new BatchWriter<>(this::write);
  }

  /**
   * Runs until its input ends, and says {@code ready} with its address.
   *
   * @param args a JDBC URL and a user, whose password is in the environment
   */
  public static void main(String[] args) throws SQLException, IOException {
    try (Connection connection =
        DriverManager.getConnection(args[0], args[1], System.getenv("FLOOR_PASSWORD"))) {
      AcceptFloor floor = new AcceptFloor(connection);
      WebServer server =
          WebServer.builder()
              .shutdownHook(false)
              .host("127.0.0.1")
              .port(0)
              .maxTcpConnections(8_192)
              .maxConcurrentRequests(4_096)
              .connectionOptions(options -> options.readTimeout(Duration.ofSeconds(10)))
              .protocolsDiscoverServices(false)
              .addConnectionSelector(
                  Http1ConnectionSelector.builder().config(Http1Config.create()).build())
              .routing(HttpRouting.builder().post("/in/{token}", floor::accept))
              .build()
              .start();
      System.out.println("ready http://127.0.0.1:" + server.port());
      System.in.readAllBytes();
      server.stop();
    }
  }

  private void accept(ServerRequest request, ServerResponse response)
      throws InterruptedException, ExecutionException {
    byte[] body = request.content().as(byte[].class);
    if (!isSigned(request.headers().get(SIGNATURE).get(), body)) {
      response.status(Status.UNAUTHORIZED_401).send();
      return;
    }
    Event event = new Event(externalId(body), body, new CompletableFuture<>());
    if (!writer.offer(event)) {
      response.status(Status.SERVICE_UNAVAILABLE_503).send();
      return;
    }
    event.committed.get();
    response.send();
  }

  /** Whether the header, {@code t=TIME,v1=HEX}, holds the HMAC of {@code TIME.BODY}. */
  private boolean isSigned(String header, byte[] body) {
    int comma = header.indexOf(',');
    byte[] time = header.substring("t=".length(), comma + 1).getBytes(US_ASCII);
    time[time.length - 1] = '.';
    byte[] claimed = HexFormat.of().parseHex(header, comma + ",v1=".length(), header.length());
    return MessageDigest.isEqual(hmac.of(time, body), claimed);
  }

  /** What stands after the first {@code "id":"} of the body. */
  private static String externalId(byte[] body) {
    int start = 0;
    while (!startsAt(body, start)) {
      start++;
    }
    start += ID.length;
    int end = start;
    while (body[end] != '"') {
      end++;
    }
    return new String(body, start, end - start, UTF_8);
  }

  private static boolean startsAt(byte[] body, int at) {
    for (int i = 0; i < ID.length; i++) {
      if (body[at + i] != ID[i]) {
        return false;
      }
    }
    return true;
  }

  private void write(List<Event> batch) throws SQLException {
    String[] externalIds = batch.stream().map(Event::externalId).toArray(String[]::new);
    byte[][] bodies = batch.stream().map(Event::body).toArray(byte[][]::new);
    insert.setObject(1, SOURCE);
    insert.setArray(2, connection.createArrayOf("text", externalIds));
    insert.setArray(3, connection.createArrayOf("bytea", bodies));
    insert.executeUpdate();
    batch.forEach(event -> event.committed.complete(null));
  }
}
