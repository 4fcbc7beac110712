package dev.boathook.bench.floor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.id.IdKind;
import dev.boathook.world.World;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * The least program that delivers webhooks: it posts requests that are signed and ready, and writes
 * a row of what came of each.
 *
 * <p>The HTTP client, its pool and the way they are used are the product's: see its HttpSender.
 */
public final class DeliverFloor {
  /** The most requests of one run: they are all in memory before it begins. */
  public static final int MAX_REQUESTS = 200_000;

  private static final int BODY_BYTES = 1_024;
  private static final int MAX_CONNECTIONS = 1_024;
  private static final int FAILED = 0;
  private static final Timeout TIMEOUT = Timeout.ofSeconds(15);
  private static final TimeValue KEPT = TimeValue.ofSeconds(30);

  private static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS delivered (
        delivery_id     uuid PRIMARY KEY,
        status          integer NOT NULL,
        duration_micros bigint NOT NULL)
      """;
  private static final String INSERT =
      "INSERT INTO delivered SELECT * FROM unnest(?::uuid[], ?::integer[], ?::bigint[])";

  private final World world = World.system();
  private final Hmac hmac = new Hmac("the key of the endpoint, 32 bytes".getBytes(US_ASCII));
  private final HttpRequestExecutor exchange = new HttpRequestExecutor();
  private final PoolingHttpClientConnectionManager pool =
      PoolingHttpClientConnectionManagerBuilder.create()
          .setConnPoolPolicy(PoolReusePolicy.LIFO)
          .setMaxConnTotal(MAX_CONNECTIONS)
          .setMaxConnPerRoute(MAX_CONNECTIONS)
          .setDefaultConnectionConfig(
              ConnectionConfig.custom()
                  .setValidateAfterInactivity(TimeValue.ofMilliseconds(100))
                  .build())
          .build();
  private final Connection connection;
  private final PreparedStatement insert;
  private final BatchWriter<Outcome> writer;

  private record Ready(UUID id, ClassicHttpRequest request) {}

  private record Outcome(Ready ready, int status, long durationMicros, CountDownLatch written) {}

  private DeliverFloor(Connection connection) throws SQLException {
    this.connection = connection;
    try (Statement statement = connection.createStatement()) {
      statement.execute(TABLE);
    }
    this.insert = connection.prepareStatement(INSERT);
    this.writer = new BatchWriter<>(this::write);
  }

  /**
   * Says {@code ready}, then makes a run for each line of its input, {@code REQUESTS CONCURRENCY
   * URL}: says {@code made} when its requests are, begins with the next line, and says {@code done
   * ACCEPTED NANOSECONDS} when all outcomes are written. Ends with its input.
   *
   * @param args a JDBC URL and a user, whose password is in the environment
   */
  public static void main(String[] args) throws SQLException, IOException, InterruptedException {
    try (Connection connection =
            DriverManager.getConnection(args[0], args[1], System.getenv("FLOOR_PASSWORD"));
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      DeliverFloor floor = new DeliverFloor(connection);
      System.out.println("ready");
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        String[] words = line.split(" ", -1);
        URI url = URI.create(words[2]);
        List<Ready> ready = floor.ready(Integer.parseInt(words[0]), url);
        System.out.println("made");
        input.readLine();
        floor.run(ready, Integer.parseInt(words[1]), url);
      }
    }
  }

  /** Whoever started this gives it up when an answer does not come. */
  private void run(List<Ready> ready, int concurrency, URI url) throws InterruptedException {
    int requests = ready.size();
    HttpRoute route = new HttpRoute(new HttpHost("http", url.getHost(), url.getPort()));
    AtomicInteger next = new AtomicInteger();
    AtomicInteger accepted = new AtomicInteger();
    CountDownLatch written = new CountDownLatch(requests);
    long start = System.nanoTime();
    for (int i = 0; i < concurrency; i++) {
      Thread.ofVirtual()
          .start(() -> {
            for (int r = next.getAndIncrement(); r < requests; r = next.getAndIncrement()) {
              long began = System.nanoTime();
              int status = post(route, ready.get(r).request);
              long micros = (System.nanoTime() - began) / 1_000;
              if (status / 100 == 2) {
                accepted.incrementAndGet();
              }
              put(new Outcome(ready.get(r), status, micros, written));
            }
          });
    }
    written.await();
    System.out.println("done " + accepted + " " + (System.nanoTime() - start));
  }

  private List<Ready> ready(int requests, URI url) {
    if (requests > MAX_REQUESTS) {
      throw new IllegalArgumentException("at most " + MAX_REQUESTS + " requests");
    }
    byte[] body =
        "{\"type\":\"floor\",\"data\":\"%s\"}"
            .formatted("x".repeat(BODY_BYTES - 26))
            .getBytes(US_ASCII);
    ByteArrayEntity entity = new ByteArrayEntity(body, null);
    String seconds = Long.toString(world.clock().instant().getEpochSecond());
    List<Ready> ready = new ArrayList<>(requests);
    for (int i = 0; i < requests; i++) {
      UUID id = world.ids().next();
      String webhookId = IdKind.EVENT.format(id);
      byte[] signature = hmac.of((webhookId + "." + seconds + ".").getBytes(US_ASCII), body);
      ClassicHttpRequest request = new BasicClassicHttpRequest("POST", url.getRawPath());
      request.addHeader("Host", url.getRawAuthority());
      request.addHeader("User-Agent", "floor");
      request.addHeader("content-type", "application/json");
      request.addHeader("webhook-id", webhookId);
      request.addHeader("webhook-timestamp", seconds);
      request.addHeader("webhook-signature", "v1," + Base64.getEncoder().encodeToString(signature));
      request.addHeader("Content-Length", Integer.toString(body.length));
      request.setEntity(entity);
      ready.add(new Ready(id, request));
    }
    return ready;
  }

  /** The status of the answer. */
  private int post(HttpRoute route, ClassicHttpRequest request) {
    try {
      ConnectionEndpoint leased = pool.lease("", route, TIMEOUT, null).get(TIMEOUT);
      boolean isKept = false;
      try {
        HttpClientContext context = HttpClientContext.create();
        if (!leased.isConnected()) {
          pool.connect(leased, TIMEOUT, context);
        }
        leased.setSocketTimeout(Timeout.INFINITE);
        ClassicHttpResponse response = leased.execute("", request, exchange::execute, context);
        EntityUtils.consume(response.getEntity());
        isKept = DefaultConnectionReuseStrategy.INSTANCE.keepAlive(request, response, context);
        return response.getCode();
      } finally {
        if (!isKept) {
          leased.close(CloseMode.IMMEDIATE);
        }
        pool.release(leased, null, isKept ? KEPT : null);
      }
    } catch (IOException
        | HttpException
        | ExecutionException
        | TimeoutException
        | InterruptedException e) {
      System.err.println("a request of the floor failed: " + e);
      return FAILED;
    }
  }

  private void put(Outcome outcome) {
    try {
      writer.put(outcome);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private void write(List<Outcome> batch) throws SQLException {
    UUID[] ids = batch.stream().map(outcome -> outcome.ready.id).toArray(UUID[]::new);
    Integer[] statuses = batch.stream().map(Outcome::status).toArray(Integer[]::new);
    Long[] durations = batch.stream().map(Outcome::durationMicros).toArray(Long[]::new);
    insert.setArray(1, connection.createArrayOf("uuid", ids));
    insert.setArray(2, connection.createArrayOf("int4", statuses));
    insert.setArray(3, connection.createArrayOf("int8", durations));
    insert.executeUpdate();
    batch.forEach(outcome -> outcome.written.countDown());
  }
}
