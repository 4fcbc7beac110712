package dev.boathook;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.accept.Acceptor;
import dev.boathook.accept.Offer;
import dev.boathook.address.Cidr;
import dev.boathook.consumer.Consumers;
import dev.boathook.deliver.Dispatcher;
import dev.boathook.deliver.Replies;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.RetryPolicy;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.endpoint.Security;
import dev.boathook.endpoint.Subscription;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.event.Origin;
import dev.boathook.key.ApiKeys;
import dev.boathook.key.Hash;
import dev.boathook.key.Sealer;
import dev.boathook.lane.Health;
import dev.boathook.lane.Leases;
import dev.boathook.lane.SteadyClock;
import dev.boathook.metrics.Metrics;
import dev.boathook.node.Messages;
import dev.boathook.node.Node;
import dev.boathook.node.NodeId;
import dev.boathook.outbound.AddressRules;
import dev.boathook.outbound.HttpSender;
import dev.boathook.outbound.Resolver;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.route.Directory;
import dev.boathook.route.Projects;
import dev.boathook.sequence.Releases;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.RemoteKeys;
import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.source.Sequenced;
import dev.boathook.source.Sources;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.Database;
import dev.boathook.store.Partitions;
import dev.boathook.store.Target;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** The one door and all that lies behind it, without listeners; loopback is open to endpoints. */
public final class TestingDoor implements AutoCloseable {
  private final World world = World.system();
  private final Metrics metrics = new Metrics();
  private final TestingDatabase testing;
  private final Database database;
  private final HttpSender sender;
  private final Endpoints endpoints;
  private final ConfigChanges changes;
  private final Messages messages;
  private final NodeId nodeId;
  private final Node node;
  private final Dispatcher dispatcher;
  private final Releases releases;
  private final Acceptor acceptor;
  private final Directory directory;
  private final UUID projectId;

  /** Where offers come from unless said otherwise. */
  public final Origin origin = Origin.source(world.ids().next());

  private TestingDoor(TestingDatabase testing, Path folder, Acceptor.Limits limits)
      throws Exception {
    this.testing = testing;
    database =
        Database.open(
            new Target(
                testing.url(), Optional.of(testing.user()), Optional.of(testing.password())));
    Partitions partitions = new Partitions(database.jdbi());
    partitions.addAround(world.clock().instant());
    Projects.add(database.jdbi(), world, Projects.FIRST);
    Sealer sealer = Sealer.ofKeyFile(folder.resolve("sealing-key.json"));
    endpoints = new Endpoints(sealer, world.clock());
    directory =
        new Directory(
            database.innerJdbi(),
            new Sources(sealer, world.clock(), RemoteKeys.NONE),
            new Consumers(world.clock()),
            endpoints,
            new ApiKeys(world.random(), world.clock()));
    changes = new ConfigChanges(database.jdbi(), directory);
    directory.refreshAll();
    projectId = directory.projects().getFirst().projectId();
    sender =
        new HttpSender(
            HttpSender.Settings.defaults("test"),
            new AddressRules(List.of(Cidr.parse("127.0.0.0/8")), port -> false, address -> false),
            Resolver.system(),
            SSLContext.getDefault(),
            world.clock(),
            world.ticker());
    messages = new Messages(database);
    nodeId = NodeId.of(folder, world.ids());
    SteadyClock clock = new SteadyClock(world.ticker(), Node.time(database, Leases.Term.DEFAULT));
    node = new Node(world, database, nodeId.id(), Leases.Term.DEFAULT, messages, clock);
    dispatcher =
        new Dispatcher(
            world,
            clock,
            database,
            directory,
            node,
            messages,
            sender,
            new Reactions(directory, changes, endpoints, metrics));
    dispatcher.watchEndpoints();
    releases = new Releases(world, database, directory, dispatcher, (project, outcome) -> {});
    acceptor = new Acceptor(world, database, partitions, directory, dispatcher, releases, limits);
    dispatcher.start();
  }

  /** Opens one on this database, with the sealing key of this folder. */
  public static TestingDoor open(TestingDatabase database, Path folder, Acceptor.Limits limits)
      throws Exception {
    return new TestingDoor(database, folder, limits);
  }

  /** Opens one with the limits of the product. */
  public static TestingDoor open(TestingDatabase database, Path folder) throws Exception {
    return open(database, folder, Acceptor.Limits.DEFAULT);
  }

  /** The door. */
  public Acceptor acceptor() {
    return acceptor;
  }

  /** Whether the endpoint's circuit is closed. */
  public boolean isCircuitClosed(Endpoint endpoint) {
    return dispatcher.circuit(endpoint.id()).equals(Optional.of(Health.Circuit.CLOSED));
  }

  /** How often this was noticed of endpoints. */
  public double noticed(String kind) {
    return counted("boathook_endpoint_notices_total{kind=\"" + kind + "\"");
  }

  /** The sum of what Prometheus reads of series that begin so. */
  public double counted(String series) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /** The store. */
  public Database database() {
    return database;
  }

  /** What is configured. */
  public Directory directory() {
    return directory;
  }

  /** Sends what is accepted. */
  public Dispatcher dispatcher() {
    return dispatcher;
  }

  /** The machine's clock and chance. */
  public World world() {
    return world;
  }

  /** The only project. */
  public UUID projectId() {
    return projectId;
  }

  /** Lets go on what has waited long enough; nobody calls it but the test. */
  public Releases releases() {
    return releases;
  }

  /** Those who wait for replies. */
  public Replies replies() {
    return dispatcher.replies();
  }

  /** How many attempts are out or not yet recorded. */
  public int busy() {
    return dispatcher.busy();
  }

  /** An offer of the usual origin. */
  public Offer offer(String type, @Nullable String dedupeKey, String body) {
    return offer(origin, type, dedupeKey, body, null);
  }

  /** An offer that the database cannot store: its time is beyond what it knows. */
  public Offer unstorable(String type, @Nullable String dedupeKey) {
    return offer(origin, type, dedupeKey, "{}", Instant.MAX);
  }

  /** An offer of this origin. */
  public Offer offer(
      Origin from,
      String type,
      @Nullable String dedupeKey,
      String body,
      @Nullable Instant occurredAt) {
    return offer(from, type, null, dedupeKey, body, occurredAt, null);
  }

  /** An offer of the usual origin with an ordering key. */
  public Offer keyed(String type, @Nullable String key, String body) {
    return offer(origin, type, key, null, body, null, null);
  }

  /** An offer of this origin with a position, whose ordering key is the resource. */
  public Offer sequenced(
      Origin from, String type, @Nullable String dedupeKey, String body, Sequenced sequenced) {
    return offer(from, type, sequenced.resource(), dedupeKey, body, null, sequenced);
  }

  private Offer offer(
      Origin from,
      String type,
      @Nullable String key,
      @Nullable String dedupeKey,
      String body,
      @Nullable Instant occurredAt,
      @Nullable Sequenced sequenced) {
    byte[] bytes = body.getBytes(UTF_8);
    return new Offer(
        projectId,
        from,
        type,
        key,
        dedupeKey,
        dedupeKey,
        Duration.ofDays(1),
        occurredAt,
        true,
        "application/json",
        Headers.of(),
        bytes,
        Hash.sha256(bytes),
        sequenced);
  }

  /** Makes an active endpoint of the project's own that wants this type. */
  public Endpoint endpoint(String url, String type, List<Duration> waits, int maxInFlight)
      throws Exception {
    return endpoint(url, type, policy(waits, maxInFlight));
  }

  /** Makes an active endpoint of the project's own that wants this type, in this order. */
  public Endpoint endpoint(String url, String type, Order order) throws Exception {
    return endpoint(url, type, policy(order, List.of(Duration.ZERO, Duration.ofMillis(50)), 32));
  }

  /** The same with a whole policy. */
  public Endpoint endpoint(String url, String type, DeliveryPolicy policy) throws Exception {
    List<String> secrets = List.of(Endpoint.newSecret(world.random()));
    Instant now = world.clock().instant();
    Endpoint endpoint =
        new Endpoint(
            projectId,
            world.ids().next(),
            null,
            TargetUrl.of(url),
            new Subscription(null, null, List.of(new TypePattern(type))),
            secrets,
            StandardWebhooks.signer(secrets),
            Security.NONE,
            policy,
            Duration.ofSeconds(10),
            List.of(),
            Endpoint.Status.ACTIVE,
            null,
            null,
            now,
            now);
    endpoints.save(changes, endpoint);
    return endpoint;
  }

  /** A policy with these waits and so many attempts at once. */
  public static DeliveryPolicy policy(List<Duration> waits, int maxInFlight) {
    return policy(DeliveryPolicy.DEFAULT.order(), waits, maxInFlight);
  }

  private static DeliveryPolicy policy(Order order, List<Duration> waits, int maxInFlight) {
    DeliveryPolicy usual = DeliveryPolicy.DEFAULT;
    return new DeliveryPolicy(
        order,
        RetryPolicy.of(new RetrySchedule(waits)),
        List.of(),
        List.of(),
        maxInFlight,
        null,
        usual.breaker(),
        usual.disableAfter());
  }

  /** Changes an endpoint. */
  public void save(Endpoint endpoint) throws Exception {
    endpoints.save(changes, endpoint);
  }

  /** Deletes an endpoint. */
  public void delete(Endpoint endpoint) {
    endpoints.delete(changes, projectId, endpoint.id());
  }

  /** The first column of what the query finds. */
  public List<String> query(String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        found.add(row.getString(1));
      }
    }
    return found;
  }

  /** Runs a statement in a transaction that stays open, with its locks, until this is closed. */
  public Connection hold(String sql) throws SQLException {
    Connection connection = connect();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
    return connection;
  }

  /** Runs a statement. */
  public void change(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Lets no event be accepted until this is closed: accepting locks the project's row. */
  public Connection holdAccepting() throws SQLException {
    return hold("SELECT FROM project FOR UPDATE");
  }

  private Connection connect() throws SQLException {
    Connection connection = testing.connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET search_path TO boathook");
    }
    return connection;
  }

  @Override
  public void close() {
    acceptor.close();
    dispatcher.close();
    node.close();
    messages.close();
    try {
      nodeId.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sender.close();
    database.close();
  }
}
