package dev.boathook;

import dev.boathook.accept.Acceptor;
import dev.boathook.accept.Expiry;
import dev.boathook.api.AdminApi;
import dev.boathook.api.Configuration;
import dev.boathook.api.HealthRoutes;
import dev.boathook.api.Operations;
import dev.boathook.config.Settings;
import dev.boathook.consumer.Consumers;
import dev.boathook.deliver.Backlog;
import dev.boathook.deliver.Cancellation;
import dev.boathook.deliver.DeliveryQueries;
import dev.boathook.deliver.Dispatcher;
import dev.boathook.deliver.IdleLanes;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.endpoint.LaneRestating;
import dev.boathook.event.EventQueries;
import dev.boathook.event.Origin;
import dev.boathook.key.ApiKeys;
import dev.boathook.key.KeyCheck;
import dev.boathook.key.Sealer;
import dev.boathook.lane.Leases;
import dev.boathook.lane.SteadyClock;
import dev.boathook.metrics.Metrics;
import dev.boathook.node.Message;
import dev.boathook.node.Messages;
import dev.boathook.node.Node;
import dev.boathook.node.NodeId;
import dev.boathook.outbound.AddressRules;
import dev.boathook.outbound.HttpSender;
import dev.boathook.outbound.HttpsKeyFetcher;
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
import dev.boathook.signatures.KeyFetcher;
import dev.boathook.signatures.RemoteKeys;
import dev.boathook.source.Sources;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.Database;
import dev.boathook.store.Partitions;
import dev.boathook.store.StoreException;
import dev.boathook.store.Target;
import dev.boathook.store.embedded.EmbeddedPostgres;
import dev.boathook.store.embedded.EmbeddedPostgresException;
import dev.boathook.world.World;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArraySet;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running server. This is the one place where the parts are constructed and put together; they
 * are closed in the opposite order.
 */
public final class Boathook implements AutoCloseable {
  /** What the sender and the API call this program. */
  public static final String VERSION = "0.1.0";

  private static final Logger LOG = LoggerFactory.getLogger(Boathook.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Set<Integer> ownPorts = new CopyOnWriteArraySet<>();
  private Optional<String> newKey = Optional.empty();
  private int publicPort;
  private int adminPort;

  private Boathook() {}

  /**
   * Starts a server and returns when it is ready.
   *
   * @throws StoreException when the store or the settings do not let it, with what to do
   */
  public static Boathook start(Settings settings, World world) throws StoreException {
    return start(settings, world, Optional.empty());
  }

  /** The same, with another fetcher of what providers publish: tests ask no provider. */
  static Boathook start(Settings settings, World world, Optional<KeyFetcher> fetcher)
      throws StoreException {
    Boathook boathook = new Boathook();
    boolean started = false;
    try {
      boathook.construct(settings, world, fetcher);
      started = true;
      return boathook;
    } finally {
      if (!started) {
        boathook.close();
      }
    }
  }

  private void construct(Settings settings, World world, Optional<KeyFetcher> otherFetcher)
      throws StoreException {
    Listener.checkFree(settings.adminAddress());
    Listener.checkFree(settings.publicAddress());
    Optional<ListenerTls> publicTls = ListenerTls.of(settings.publicTls(), true, world.clock());
    Optional<ListenerTls> adminTls = ListenerTls.of(settings.adminTls(), false, world.clock());
    Target target = target(settings, world);
    Database database = keep(Database.open(target));
    Partitions partitions = new Partitions(database.jdbi());
    partitions.addAround(world.clock().instant());
    if (!Files.exists(settings.keyFile())) {
      KeyCheck.refuseIfNoted(database.jdbi(), settings.keyFile());
    }
    Sealer sealer = sealer(settings);
    KeyCheck.check(database.jdbi(), sealer);
    Projects.add(database.jdbi(), world, Projects.FIRST);

    AddressRules rules =
        new AddressRules(settings.allowedNets(), ownPorts::contains, Boathook::isOwnAddress);
    KeyFetcher fetcher =
        otherFetcher.isPresent() ? otherFetcher.get() : keep(keyFetcher(rules, world));
    Sources sources = new Sources(sealer, world.clock(), new RemoteKeys(fetcher));
    Consumers consumers = new Consumers(world.clock());
    Endpoints endpoints = new Endpoints(sealer, world.clock());
    ApiKeys keys = new ApiKeys(world.random(), world.clock());
    Directory directory = new Directory(database.innerJdbi(), sources, consumers, endpoints, keys);
    Messages messages = keep(new Messages(database));
    ConfigChanges changes =
        new ConfigChanges(
            database.jdbi(),
            projectId -> {
              directory.changed(projectId);
              messages.send(new Message.Configuration());
            });
    directory.refreshAll();

    Metrics metrics = new Metrics();
    Declarations.apply(settings, world, directory, changes, sources, endpoints, rules);
    HttpSender sender = keep(sender(rules, world));
    NodeId nodeId = keep(nodeId(settings, world));
    Leases.Term term = Leases.Term.DEFAULT;
    SteadyClock clock = new SteadyClock(world.ticker(), Node.time(database, term));
    Node node = keep(new Node(world, database, nodeId.id(), term, messages, clock));
    Dispatcher dispatcher =
        keep(
            new Dispatcher(
                world,
                clock,
                database,
                directory,
                node,
                messages,
                sender,
                new Reactions(directory, changes, endpoints, metrics)));
    dispatcher.watchEndpoints();
    Releases releases =
        new Releases(
            world,
            database,
            directory,
            dispatcher,
            (projectId, outcome) -> metrics.sequenced(projectName(directory, projectId), outcome));
    Acceptor acceptor =
        keep(
            new Acceptor(
                world,
                database,
                partitions,
                directory,
                dispatcher,
                releases,
                Acceptor.Limits.DEFAULT));
    RefusedRequests refused = new RefusedRequests();
    Ingress ingress =
        new Ingress(
            world,
            directory,
            acceptor,
            refused,
            settings.publicUrl(),
            new Callers(settings.trustedProxies()),
            fetcher,
            new Enrolments(world, directory, changes, sources),
            (source, result, events, duration) ->
                metrics.offered(
                    projectName(directory, source.projectId()),
                    Origin.Kind.SOURCE,
                    result.code(),
                    events,
                    duration));
    Cancellation cancellation = new Cancellation(database, directory, world.clock());
    Maintenance maintenance = keep(new Maintenance());
    directory.addListener(maintenance.onDeletion(cancellation));
    maintenance.every(Duration.ofSeconds(1), "refreshing the directory", directory::refreshAll);
    maintenance.every(
        Duration.ofSeconds(15), "counting the backlog", () -> count(database, directory, metrics));
    maintenance.every(Duration.ofSeconds(1), "releasing what has waited", releases::releaseDue);
    Gaps gaps = new Gaps(database.jdbi());
    maintenance.every(
        Duration.ofMinutes(1),
        "expiring gaps and idle resources",
        () -> gaps.expire(world.clock().instant()));
    Expiry expiry = new Expiry(database.jdbi());
    maintenance.every(
        Duration.ofMinutes(1),
        "expiring dedupe keys",
        () -> expiry.expire(world.clock().instant()));
    maintenance.every(
        Duration.ofMinutes(1), "cancelling for deleted endpoints", cancellation::cancelForDeleted);
    maintenance.every(
        Duration.ofHours(1),
        "making partitions",
        () -> partitions.addAround(world.clock().instant()));
    LaneRestating restating =
        new LaneRestating(
            database.innerJdbi(),
            endpointId -> messages.send(new Message.Work(endpointId, true, Instant.EPOCH)));
    maintenance.every(Duration.ofSeconds(1), "restating lanes", restating::restateMarked);
    IdleLanes idleLanes = new IdleLanes(database.jdbi());
    maintenance.every(
        Duration.ofHours(1), "expiring lanes", () -> idleLanes.expire(world.clock().instant()));

    ReplayRunner replayRunner = keep(new ReplayRunner(database.jdbi(), directory, dispatcher));
    Readiness readiness = new Readiness(database, world.ticker());
    HealthRoutes health = new HealthRoutes(readiness::health);
    AdminApi api =
        new AdminApi(
            world,
            new Configuration(directory, changes, sources, consumers, endpoints, keys),
            new EventQueries(database.jdbi()),
            new DeliveryQueries(database.jdbi()),
            dispatcher::circuit,
            new Publisher(
                world,
                acceptor,
                (projectId, result, duration) ->
                    metrics.offered(
                        projectName(directory, projectId),
                        Origin.Kind.CONSUMER,
                        result,
                        1,
                        duration)),
            new Operations(
                new Replays(database.jdbi(), directory, dispatcher),
                new ReplayJobs(world, database.jdbi(), directory, dispatcher, replayRunner::wake),
                new BulkCancellation(world.ticker(), database.jdbi(), directory, dispatcher),
                new Lanes(world.ticker(), database.jdbi(), directory, dispatcher)),
            refused,
            gaps,
            rules,
            metrics,
            readiness::health,
            settings.publicUrl());
    metrics.gauge(
        "boathook.database.up",
        "1 if the database answers",
        () -> readiness.health().ready() ? 1 : 0);
    metrics.gauge("boathook.accept.queued", "Offers that wait for the writer", acceptor::queued);
    metrics.gauge("boathook.attempts.busy", "Attempts out or being recorded", dispatcher::busy);

    HttpRouting.Builder adminRouting = HttpRouting.builder();
    api.routes(adminRouting);
    WebServer admin = keep(Listener.start(settings.adminAddress(), adminTls, adminRouting));
    adminPort = admin.port();
    ownPorts.add(adminPort);
    HttpRouting.Builder publicRouting = HttpRouting.builder();
    ingress.routes(publicRouting);
    health.routes(publicRouting);
    WebServer open = keep(Listener.start(settings.publicAddress(), publicTls, publicRouting));
    publicPort = open.port();
    ownPorts.add(publicPort);
    renew(maintenance, publicTls, open);
    renew(maintenance, adminTls, admin);
    // Last of all, when nothing can fail any more: no attempt is made by a server that does not
    // start, and no key that nobody is shown.
    dispatcher.start();
    replayRunner.start();
    newKey = FirstKey.provide(settings, world, directory, changes, keys);
  }

  private static void renew(Maintenance maintenance, Optional<ListenerTls> tls, WebServer server) {
    tls.ifPresent(it ->
        maintenance.every(Duration.ofMinutes(1), "renewing a certificate", () -> it.renew(server)));
  }

  private static NodeId nodeId(Settings settings, World world) throws StoreException {
    try {
      return NodeId.of(settings.data(), world.ids());
    } catch (IOException e) {
      throw new StoreException(
          "data_folder", "the data folder " + settings.data() + " cannot be used: " + e, e);
    }
  }

  private static void count(Database database, Directory directory, Metrics metrics) {
    Map<UUID, Backlog> backlogs = Backlog.count(database.jdbi());
    for (ProjectView project : directory.projects()) {
      Backlog backlog = backlogs.get(project.projectId());
      Instant oldest = backlog == null ? null : backlog.oldestDueAt();
      metrics.backlog(
          project.name(),
          backlog == null ? 0 : backlog.waiting(),
          oldest == null ? Double.NaN : oldest.toEpochMilli() / 1_000.0);
    }
  }

  private Target target(Settings settings, World world) throws StoreException {
    if (settings.databaseUrl().isPresent()) {
      return new Target(
          settings.databaseUrl().get(), settings.databaseUser(), settings.databasePassword());
    }
    try {
      EmbeddedPostgres postgres =
          keep(
              EmbeddedPostgres.start(
                  EmbeddedPostgres.Options.of(settings.data()),
                  world.random(),
                  pid -> LOG.warn("PostgreSQL had ended and was started again, process {}", pid)));
      ownPorts.add(postgres.port());
      return new Target(
          postgres.jdbcUrl(), Optional.of(postgres.user()), Optional.of(postgres.password()));
    } catch (EmbeddedPostgresException e) {
      throw new StoreException(e.code().value(), String.valueOf(e.getMessage()), e);
    }
  }

  private static Sealer sealer(Settings settings) throws StoreException {
    try {
      return Sealer.ofKeyFile(settings.keyFile());
    } catch (IOException e) {
      throw new StoreException(
          "sealing_key",
          "the sealing key " + settings.keyFile() + " cannot be used: " + e.getMessage(),
          e);
    }
  }

  private static HttpSender sender(AddressRules rules, World world) {
    try {
      return new HttpSender(
          HttpSender.Settings.defaults(VERSION),
          rules,
          Resolver.system(),
          SSLContext.getDefault(),
          world.clock(),
          world.ticker());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no default TLS context", e);
    }
  }

  private static HttpsKeyFetcher keyFetcher(AddressRules rules, World world) {
    try {
      return new HttpsKeyFetcher(
          rules,
          Resolver.system(),
          SSLContext.getDefault(),
          world.clock(),
          world.ticker(),
          HttpSender.Settings.defaults(VERSION).userAgent());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no default TLS context", e);
    }
  }

  private static boolean isOwnAddress(InetAddress address) {
    try {
      return NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      LOG.warn("cannot tell whether {} is ours; it is taken for ours", address, e);
      return true;
    }
  }

  private static String projectName(Directory directory, UUID projectId) {
    return directory.project(projectId).map(ProjectView::name).orElse("deleted");
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  private WebServer keep(WebServer server) {
    parts.push(server::stop);
    return server;
  }

  /** The port of the public listener. */
  public int publicPort() {
    return publicPort;
  }

  /** The port of the admin listener. */
  public int adminPort() {
    return adminPort;
  }

  /** The first API key, when this start has made it; it is shown nowhere else and never again. */
  public Optional<String> newKey() {
    return newKey;
  }

  /**
   * Stops: no more requests, then no more attempts, then the store. What is waiting then waits in
   * the store.
   */
  @Override
  public void close() {
    boolean running = !parts.isEmpty();
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.error("{} did not close", part.getClass().getSimpleName(), e);
      }
    }
    if (running) {
      LOG.info("stopped; what waits, waits in the store");
    }
  }
}
