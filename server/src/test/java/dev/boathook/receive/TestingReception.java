package dev.boathook.receive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.TestingServer;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.KeyFetcher;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.World;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole server that providers call by a URL of its own, with sources that are made through its
 * API, and a look at what they have stored.
 */
final class TestingReception implements AutoCloseable {
  /** What the server is called from outside; nobody is there. */
  static final String PUBLIC_URL = "https://hooks.example.com";

  private final TestingServer server;
  private final AtomicInteger sources = new AtomicInteger();

  /** A source. */
  record Source(String id, String path) {
    /** Where its provider believes it to be. */
    String publicUrl() {
      return PUBLIC_URL + path;
    }
  }

  /** A stored event. */
  record Stored(
      String id,
      String type,
      @Nullable String externalId,
      boolean verified,
      String contentType,
      String body) {}

  private TestingReception(TestingServer server) {
    this.server = server;
  }

  /** Starts one that fetches by this what providers publish. */
  static TestingReception start(KeyFetcher fetcher) throws Exception {
    return start(TestingDatabase.freshDatabase(), fetcher, World.system());
  }

  /** Starts one on this database, in this world. */
  static TestingReception start(TestingDatabase database, KeyFetcher fetcher, World world)
      throws Exception {
    return new TestingReception(TestingServer.start(database, PUBLIC_URL, fetcher, world));
  }

  /** Makes a source. */
  Source source(String provider, Map<String, String> settings, List<String> secrets)
      throws Exception {
    return source(provider, settings, secrets, Map.of());
  }

  /** Makes a source with more fields than these. */
  Source source(
      String provider, Map<String, String> settings, List<String> secrets, Map<String, ?> more)
      throws Exception {
    Map<String, Object> fields = new HashMap<>(more);
    fields.put("name", provider + "-" + sources.incrementAndGet());
    fields.put("provider", provider);
    fields.put("settings", settings);
    fields.put("secrets", secrets);
    JsonNode made = make("/v1/sources", fields);
    return new Source(made.get("id").stringValue(), made.get("path").stringValue());
  }

  /** Makes something by the API. */
  JsonNode make(String path, Map<String, ?> fields) throws Exception {
    HttpResponse<String> answer =
        server.send(
            server
                .admin(path)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(fields))));
    if (answer.statusCode() != 201) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return TestingServer.json(answer);
  }

  /** What the API shows. */
  JsonNode get(String path) throws Exception {
    return TestingServer.json(server.send(server.admin(path)));
  }

  /** How many events of sources had this result so far, by the metrics. */
  long counted(String result) throws Exception {
    String text = server.send(server.admin("/metrics")).body();
    Matcher line =
        Pattern.compile(
                "boathook_events_accepted_total\\{origin=\"source\",project=\"default\",result=\""
                    + result
                    + "\"} ([0-9]+)")
            .matcher(text);
    return line.find() ? Long.parseLong(line.group(1)) : 0;
  }

  /** The events of a source in the order of their acceptance. */
  List<Stored> stored(Source source) throws Exception {
    List<Stored> stored = new ArrayList<>();
    for (JsonNode event : get("/v1/events?limit=100&source=" + source.id()).get("data")) {
      String id = event.get("id").stringValue();
      JsonNode externalId = event.get("external_id");
      stored.addFirst(
          new Stored(
              id,
              event.get("type").stringValue(),
              externalId.isNull() ? null : externalId.stringValue(),
              event.get("verified").booleanValue(),
              event.get("content_type").stringValue(),
              server.send(server.admin("/v1/events/" + id + "/body")).body()));
    }
    return stored;
  }

  /** A request as it is, to where its URL is from outside. */
  HttpResponse<String> send(WebhookRequest request) throws Exception {
    HttpRequest.Builder message =
        server
            .open(request.url().substring(PUBLIC_URL.length()))
            .method(
                request.method(),
                request.body().length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(request.body()));
    request.headers().forEach(line -> message.header(line.name(), line.value()));
    return server.send(message);
  }

  /** A POST that is not signed. */
  static WebhookRequest post(String url, String contentType, String body) {
    return new WebhookRequest(
        "POST", url, Headers.of("Content-Type", contentType), body.getBytes(UTF_8));
  }

  /** A POST of JSON that is not signed. */
  static WebhookRequest json(String url, String body) {
    return post(url, "application/json", body);
  }

  /** The request as its provider would sign it now. */
  static WebhookRequest signed(Provider provider, String secret, WebhookRequest request) {
    return provider
        .signer(secret)
        .sign(request, new SigningContext("msg_1", InstantSource.system().instant()));
  }

  TestingServer server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
  }
}
