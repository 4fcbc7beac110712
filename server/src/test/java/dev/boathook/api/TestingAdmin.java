package dev.boathook.api;

import dev.boathook.TestingReceiver;
import dev.boathook.accept.Acceptor;
import dev.boathook.address.Cidr;
import dev.boathook.consumer.Consumers;
import dev.boathook.deliver.DeliveryQueries;
import dev.boathook.deliver.Dispatcher;
import dev.boathook.deliver.Notice;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.event.EventQueries;
import dev.boathook.event.Origin;
import dev.boathook.key.ApiKeys;
import dev.boathook.key.Scope;
import dev.boathook.key.Sealer;
import dev.boathook.lane.Effect;
import dev.boathook.lane.Leases;
import dev.boathook.lane.SteadyClock;
import dev.boathook.metrics.Metrics;
import dev.boathook.node.Messages;
import dev.boathook.node.Node;
import dev.boathook.outbound.AddressRules;
import dev.boathook.outbound.HttpSender;
import dev.boathook.outbound.Resolver;
import dev.boathook.publish.Publisher;
import dev.boathook.receive.Callers;
import dev.boathook.receive.Ingress;
import dev.boathook.receive.RefusedRequests;
import dev.boathook.replay.BulkCancellation;
import dev.boathook.replay.Lanes;
import dev.boathook.replay.ReplayJobs;
import dev.boathook.replay.ReplayRunner;
import dev.boathook.replay.Replays;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.route.Projects;
import dev.boathook.sequence.Gaps;
import dev.boathook.sequence.Releases;
import dev.boathook.signatures.RemoteKeys;
import dev.boathook.source.Sources;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.Database;
import dev.boathook.store.Partitions;
import dev.boathook.store.Target;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.World;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The admin API, and the public listener beside it, on a real store. Each answer is held against
 * the OpenAPI document. Tests do not share projects.
 */
final class TestingAdmin implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.shared();
  static final String PUBLIC_URL = "https://hooks.example";

  final TestingReceiver receiver;
  final Database database;
  final LinkedBlockingQueue<Dispatcher.Ended> attempts = new LinkedBlockingQueue<>();
  volatile Health health = Health.OK;

  private final World world = World.system();
  private final OpenApiDocument document = OpenApiDocument.load();
  private final AtomicInteger projects = new AtomicInteger();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Configuration configuration;
  private final HttpSender sender;
  private final Messages messages;
  private final Node node;
  private final Dispatcher dispatcher;
  private final Acceptor acceptor;
  private final ReplayRunner replayRunner;
  private final WebServer server;
  private final AdminApi api;

  TestingAdmin(Path folder) throws Exception {
    TestingDatabase fresh = TestingDatabase.freshDatabase();
    receiver = TestingReceiver.start();
    database =
        Database.open(
            new Target(fresh.url(), Optional.of(fresh.user()), Optional.of(fresh.password())));
    Partitions partitions = new Partitions(database.jdbi());
    partitions.addAround(world.clock().instant());
    Sealer sealer = Sealer.ofKeyFile(folder.resolve("sealing-key.json"));
    Sources sources = new Sources(sealer, world.clock(), RemoteKeys.NONE);
    Consumers consumers = new Consumers(world.clock());
    Endpoints endpoints = new Endpoints(sealer, world.clock());
    ApiKeys keys = new ApiKeys(world.random(), world.clock());
    Directory directory = new Directory(database.jdbi(), sources, consumers, endpoints, keys);
    configuration =
        new Configuration(
            directory,
            new ConfigChanges(database.jdbi(), directory),
            sources,
            consumers,
            endpoints,
            keys);
    Metrics metrics = new Metrics();
    AddressRules rules =
        new AddressRules(List.of(Cidr.parse("127.0.0.0/8")), port -> false, address -> false);
    sender =
        new HttpSender(
            HttpSender.Settings.defaults("test"),
            rules,
            Resolver.system(),
            SSLContext.getDefault(),
            world.clock(),
            world.ticker());
    messages = new Messages(database);
    SteadyClock clock = new SteadyClock(world.ticker(), Node.time(database, Leases.Term.DEFAULT));
    node = new Node(world, database, world.ids().next(), Leases.Term.DEFAULT, messages, clock);
    dispatcher =
        new Dispatcher(
            world,
            clock,
            database,
            directory,
            node,
            messages,
            sender,
            new Dispatcher.Listener() {
              @Override
              public void attempted(Dispatcher.Ended ended) {
                attempts.add(ended);
              }

              @Override
              public void disable(Effect.Disable disable) {}

              @Override
              public void noticed(Notice notice) {}

              @Override
              public void superseded(UUID projectId, long deliveries) {}

              @Override
              public void caughtUp(UUID projectId, UUID endpointId) {}
            });
    directory.addListener(dispatcher);
    acceptor =
        new Acceptor(
            world,
            database,
            partitions,
            directory,
            dispatcher,
            new Releases(world, database, directory, dispatcher, (project, outcome) -> {}),
            Acceptor.Limits.DEFAULT);
    dispatcher.start();
    replayRunner = new ReplayRunner(database.jdbi(), directory, dispatcher);
    replayRunner.start();
    RefusedRequests refused = new RefusedRequests();
    HttpRouting.Builder routing = HttpRouting.builder();
    new Ingress(
            world,
            directory,
            acceptor,
            refused,
            Optional.of(PUBLIC_URL),
            new Callers(List.of()),
            call -> {
              throw new IOException("nothing is fetched here");
            },
            (source, secret) -> false,
            (source, result, events, duration) -> {})
        .routes(routing);
    api =
        new AdminApi(
            world,
            configuration,
            new EventQueries(database.jdbi()),
            new DeliveryQueries(database.jdbi()),
            dispatcher::circuit,
            new Publisher(
                world,
                acceptor,
                (project, result, duration) ->
                    metrics.offered("test", Origin.Kind.CONSUMER, result, 1, duration)),
            new Operations(
                new Replays(database.jdbi(), directory, dispatcher),
                new ReplayJobs(world, database.jdbi(), directory, dispatcher, replayRunner::wake),
                new BulkCancellation(world.ticker(), database.jdbi(), directory, dispatcher),
                new Lanes(world.ticker(), database.jdbi(), directory, dispatcher)),
            refused,
            new Gaps(database.jdbi()),
            rules,
            metrics,
            () -> health,
            Optional.of(PUBLIC_URL));
    api.routes(routing);
    server =
        WebServer.builder()
            .shutdownHook(false)
            .host("127.0.0.1")
            .port(0)
            .routing(routing)
            .build()
            .start();
  }

  int port() {
    return server.port();
  }

  List<Route> table() {
    return api.table();
  }

  /** Waits until an attempt has ended and is recorded. */
  Dispatcher.Ended awaitAttempt() throws InterruptedException {
    Dispatcher.Ended ended = attempts.poll(10, TimeUnit.SECONDS);
    if (ended == null) {
      throw new AssertionError("no attempt in 10 s");
    }
    return ended;
  }

  /** What is configured, as another node knows it now; neither hears of what the other changes. */
  Configuration elsewhere() {
    Directory directory =
        new Directory(
            database.jdbi(),
            configuration.sources(),
            configuration.consumers(),
            configuration.endpoints(),
            configuration.keys());
    directory.refreshAll();
    return new Configuration(
        directory,
        new ConfigChanges(database.jdbi(), directory),
        configuration.sources(),
        configuration.consumers(),
        configuration.endpoints(),
        configuration.keys());
  }

  /** A caller with every scope in a new project. */
  Caller newProject() {
    String name = "project-" + projects.incrementAndGet();
    Projects.add(database.jdbi(), world, name);
    configuration.directory().refreshAll();
    ProjectView project =
        configuration.directory().projects().stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow();
    return new Caller(project, newKey(project, EnumSet.allOf(Scope.class)));
  }

  private String newKey(ProjectView project, Set<Scope> scopes) {
    String secret = configuration.keys().newSecret();
    configuration
        .keys()
        .add(
            configuration.changes(),
            project.projectId(),
            world.ids().next(),
            "test",
            secret,
            scopes);
    return secret;
  }

  /** An answer. */
  @SuppressWarnings("ArrayRecordComponent")
  record Reply(int status, HttpHeaders headers, byte[] body) {
    String contentType() {
      return headers.firstValue("content-type").orElse("");
    }

    JsonNode json() {
      return JSON.readTree(body);
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    /** A text in the answer's object. */
    String get(String field) {
      return json().get(field).stringValue();
    }

    /** The ids of a list. */
    List<String> ids() {
      return json().get("data").valueStream().map(row -> row.get("id").stringValue()).toList();
    }

    String code() {
      return get("code");
    }

    /** The field that is wrong. */
    String field() {
      return json().get("errors").get(0).get("field").stringValue();
    }
  }

  /** Someone with a key, or without. */
  final class Caller {
    private final ProjectView project;
    private final @Nullable String key;

    private Caller(ProjectView project, @Nullable String key) {
      this.project = project;
      this.key = key;
    }

    /** Another caller of the same project, with these scopes only. */
    Caller with(Scope scope) {
      return new Caller(project, newKey(project, EnumSet.of(scope)));
    }

    @Nullable String key() {
      return key;
    }

    UUID projectId() {
      return project.projectId();
    }

    Caller withKey(@Nullable String other) {
      return new Caller(project, other);
    }

    Reply get(String path) throws Exception {
      return call("GET", path, null);
    }

    Reply post(String path, String body) throws Exception {
      return call("POST", path, body);
    }

    Reply patch(String path, String body) throws Exception {
      return call("PATCH", path, body);
    }

    Reply delete(String path) throws Exception {
      return call("DELETE", path, null);
    }

    Reply call(String method, String path, @Nullable String body) throws Exception {
      HttpRequest.Builder request = request(path);
      if (body == null) {
        request.method(method, HttpRequest.BodyPublishers.noBody());
      } else {
        request.header("content-type", "application/json");
        request.method(method, HttpRequest.BodyPublishers.ofString(body));
      }
      Reply reply = send(request.build());
      boolean taken = reply.status() < 300 && body != null && !body.isEmpty();
      document.check(
          method, path.replaceFirst("\\?.*", ""), taken ? JSON.readTree(body) : null, reply);
      return reply;
    }

    HttpRequest.Builder request(String path) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
      if (key != null) {
        request.header("authorization", "Bearer " + key);
      }
      return request;
    }

    Reply send(HttpRequest request) throws Exception {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return new Reply(response.statusCode(), response.headers(), response.body());
    }

    /** Makes something and gives its id. */
    String make(String path, String body) throws Exception {
      Reply reply = post(path, body);
      if (reply.status() != 201) {
        throw new AssertionError(reply.status() + " " + reply.text());
      }
      return reply.get("id");
    }
  }

  @Override
  public void close() {
    server.stop();
    replayRunner.close();
    acceptor.close();
    dispatcher.close();
    node.close();
    messages.close();
    sender.close();
    database.close();
    receiver.close();
    http.close();
  }
}
