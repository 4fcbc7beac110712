package dev.boathook.bench.subject;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code boathook serve} as a process of its own, whose endpoints may be on loopback. */
public final class BoathookServer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);
  private static final int KEY_BYTES = 20;
  private static final String JAVA_OPTIONS = "BOATHOOK_JAVA_OPTS";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Child child;
  private final @Nullable Store store;
  private final String key;
  private final InetSocketAddress publicAddress;
  private final InetSocketAddress adminAddress;
  private final Duration startedIn;

  private BoathookServer(
      Child child,
      @Nullable Store store,
      String key,
      InetSocketAddress publicAddress,
      InetSocketAddress adminAddress,
      Duration startedIn) {
    this.child = child;
    this.store = store;
    this.key = key;
    this.publicAddress = publicAddress;
    this.adminAddress = adminAddress;
    this.startedIn = startedIn;
  }

  /**
   * Starts one on a store and returns when it is ready.
   *
   * @param boathook what {@code serve} is added to: the launcher's path, or Java with all that it
   *     needs
   * @param data its data folder
   * @param javaOptions flags for the launcher's Java, beside those that this process was started
   *     with
   */
  public static BoathookServer start(
      List<String> boathook, Path data, List<String> javaOptions, Store store)
      throws IOException, InterruptedException {
    return launch(boathook, data, javaOptions, store);
  }

  /** The same on the PostgreSQL of its own that it starts itself. */
  public static BoathookServer start(List<String> boathook, Path data, List<String> javaOptions)
      throws IOException, InterruptedException {
    return launch(boathook, data, javaOptions, null);
  }

  private static BoathookServer launch(
      List<String> boathook, Path data, List<String> javaOptions, @Nullable Store store)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(boathook);
    command.addAll(List.of("serve", "--data", data.toString(), "--host", "127.0.0.1"));
    command.addAll(List.of("--port", "0", "--admin-port", "0", "--allow-net", "127.0.0.0/8"));
    if (store != null) {
      command.addAll(List.of("--database-url", store.jdbcUrl(), "--database-user", store.user()));
    }
    String key = newKey();
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment
        .keySet()
        .removeIf(name -> name.startsWith("BOATHOOK_") && !name.equals(JAVA_OPTIONS));
    environment.merge(
        JAVA_OPTIONS, String.join(" ", javaOptions), (given, more) -> given + " " + more);
    environment.put("BOATHOOK_ADMIN_KEY", key);
    if (store != null) {
      environment.put("BOATHOOK_DATABASE_PASSWORD", store.password());
    }
    long start = System.nanoTime();
    Child child = Child.start(builder);
    boolean isReady = false;
    try {
      InetSocketAddress publicAddress = address(child, "public");
      InetSocketAddress adminAddress = address(child, "admin");
      isReady = true;
      return new BoathookServer(
          child,
          store,
          key,
          publicAddress,
          adminAddress,
          Duration.ofNanos(System.nanoTime() - start));
    } finally {
      if (!isReady) {
        child.close();
      }
    }
  }

  private static InetSocketAddress address(Child child, String listener)
      throws IOException, InterruptedException {
    Matcher line =
        child.await(Pattern.compile(" +" + listener + " +http://\\S+:(\\d+) .*"), START_LIMIT);
    return new InetSocketAddress(
        InetAddress.ofLiteral("127.0.0.1"), Integer.parseInt(line.group(1)));
  }

  private static String newKey() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return "bhk_" + HexFormat.of().formatHex(bytes);
  }

  /** Where it takes webhooks. */
  public InetSocketAddress publicAddress() {
    return publicAddress;
  }

  /** Where its API is. */
  public InetSocketAddress adminAddress() {
    return adminAddress;
  }

  /** Its API key. */
  public String key() {
    return key;
  }

  /** From the start of the process to the line that says where its API is: then it is ready. */
  public Duration startedIn() {
    return startedIn;
  }

  /** Asks the API, by a path such as {@code /v1/sources}. */
  public JsonNode get(String path) throws IOException, InterruptedException {
    return call(path, "GET", BodyPublishers.noBody());
  }

  /** Has the API make something. */
  public JsonNode post(String path, String json) throws IOException, InterruptedException {
    return call(path, "POST", BodyPublishers.ofString(json));
  }

  /** Has the API change something. */
  public JsonNode patch(String path, String json) throws IOException, InterruptedException {
    return call(path, "PATCH", BodyPublishers.ofString(json));
  }

  /** What a metric without labels says. */
  public double metric(String name) throws IOException, InterruptedException {
    return text("/metrics", "GET", BodyPublishers.noBody())
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IOException("no metric " + name));
  }

  private JsonNode call(String path, String method, BodyPublisher body)
      throws IOException, InterruptedException {
    return JSON.readTree(text(path, method, body));
  }

  private String text(String path, String method, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminAddress.getPort() + path))
            .method(method, body)
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .timeout(ANSWER_LIMIT)
            .build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          "%s %s was answered %d: %s"
              .formatted(method, path, response.statusCode(), response.body()));
    }
    return response.body();
  }

  /** What it and its store have used so far; not for one on a PostgreSQL of its own. */
  public Usage usage() throws SQLException, IOException {
    if (store == null) {
      throw new IllegalStateException("its PostgreSQL does not count");
    }
    return store.usage(child.cpu());
  }

  /** The processor time of its Java so far. */
  public Duration cpu() {
    return child.cpu();
  }

  /** The memory of its Java that is in RAM; Linux only. */
  public long residentBytes() throws IOException {
    return child.residentBytes();
  }

  /** The bytes of all objects that are reachable; it stands still while they are counted. */
  public long liveHeapBytes() throws IOException {
    return child.liveHeapBytes();
  }

  /** The last lines that it printed. */
  public List<String> lastLines() {
    return child.lastLines();
  }

  /** Stops it, and its own PostgreSQL if it has one; what is in its data folder stays. */
  @Override
  public void close() {
    child.close();
    http.close();
  }
}
