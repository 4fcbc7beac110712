package dev.boathook;

import dev.boathook.address.Cidr;
import dev.boathook.config.Settings;
import dev.boathook.signatures.KeyFetcher;
import dev.boathook.store.StoreException;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.World;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole server in this JVM, on a database of its own; loopback is open to endpoints. */
public final class TestingServer implements AutoCloseable {
  /** Its first API key. */
  public static final String KEY = "bhk_a_key_that_only_tests_know_0123456789";

  private final Path folder;
  private final Boathook boathook;
  private final HttpClient http = HttpClient.newHttpClient();

  private TestingServer(Path folder, Boathook boathook) {
    this.folder = folder;
    this.boathook = boathook;
  }

  /** Starts one on a fresh database. */
  public static TestingServer start() throws IOException, StoreException {
    return start(TestingDatabase.freshDatabase());
  }

  /** Starts one on this database. */
  public static TestingServer start(TestingDatabase database) throws IOException, StoreException {
    return start(database, Files.createTempDirectory("boathook-test-"), List.of(), List.of());
  }

  /** Starts one on this database, with the sealing key of this folder. */
  public static TestingServer start(
      TestingDatabase database,
      Path folder,
      List<Settings.SourceSettings> sources,
      List<Settings.EndpointSettings> endpoints)
      throws StoreException {
    return start(database, folder, sources, endpoints, Optional.of(KEY), World.system());
  }

  /** Starts one with this key, or without, in this world. */
  public static TestingServer start(
      TestingDatabase database,
      Path folder,
      List<Settings.SourceSettings> sources,
      List<Settings.EndpointSettings> endpoints,
      Optional<String> key,
      World world)
      throws StoreException {
    Settings settings = settings(database, folder, sources, endpoints, key, Optional.empty());
    return new TestingServer(folder, Boathook.start(settings, world));
  }

  /** Starts one that is called by this URL from outside, and fetches nothing but by this. */
  public static TestingServer start(
      TestingDatabase database, String publicUrl, KeyFetcher fetcher, World world)
      throws IOException, StoreException {
    Path folder = Files.createTempDirectory("boathook-test-");
    Settings settings =
        settings(database, folder, List.of(), List.of(), Optional.of(KEY), Optional.of(publicUrl));
    return new TestingServer(folder, Boathook.start(settings, world, Optional.of(fetcher)));
  }

  private static Settings settings(
      TestingDatabase database,
      Path folder,
      List<Settings.SourceSettings> sources,
      List<Settings.EndpointSettings> endpoints,
      Optional<String> key,
      Optional<String> publicUrl) {
    return new Settings(
        folder,
        new Settings.Address("127.0.0.1", 0),
        new Settings.Address("127.0.0.1", 0),
        Optional.of(database.url()),
        Optional.of(database.user()),
        Optional.of(database.password()),
        folder.resolve("sealing-key.json"),
        key,
        publicUrl,
        List.of(Cidr.parse("127.0.0.0/8")),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Settings.LogFormat.TEXT,
        sources,
        endpoints);
  }

  /** The server. */
  public Boathook boathook() {
    return boathook;
  }

  /** The path of a source's URL. */
  public String pathOf(String source) throws IOException, InterruptedException {
    for (JsonNode candidate : json(send(admin("/v1/sources?limit=200"))).get("data")) {
      if (candidate.get("name").asString().equals(source)) {
        return candidate.get("path").asString();
      }
    }
    throw new AssertionError("no source " + source);
  }

  /** The answer's body. */
  public static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body());
  }

  /** Its folder. */
  public Path folder() {
    return folder;
  }

  /** A request builder for the public listener. */
  public HttpRequest.Builder open(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + boathook.publicPort() + path));
  }

  /** A request builder for the admin listener, with the key. */
  public HttpRequest.Builder admin(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + boathook.adminPort() + path))
        .header("Authorization", "Bearer " + KEY);
  }

  /** Sends it. */
  public HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    http.close();
    boathook.close();
  }
}
