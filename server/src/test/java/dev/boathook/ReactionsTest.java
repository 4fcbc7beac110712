package dev.boathook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.consumer.Consumers;
import dev.boathook.deliver.Notice;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.endpoint.Rate;
import dev.boathook.endpoint.Security;
import dev.boathook.endpoint.Subscription;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.key.ApiKeys;
import dev.boathook.key.Sealer;
import dev.boathook.lane.DisableCause;
import dev.boathook.lane.Effect;
import dev.boathook.lane.Limit;
import dev.boathook.metrics.Metrics;
import dev.boathook.outbound.TargetUrl;
import dev.boathook.route.Directory;
import dev.boathook.route.Projects;
import dev.boathook.signatures.RemoteKeys;
import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.source.Sources;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.Database;
import dev.boathook.store.Target;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.World;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReactionsTest {
  @TempDir private Path folder;
  private final World world = World.system();
  private final Metrics metrics = new Metrics();
  private Database database;
  private Sealer sealer;
  private Directory directory;
  private ConfigChanges changes;
  private Endpoints endpoints;
  private Reactions reactions;

  @BeforeEach
  void open() throws Exception {
    TestingDatabase fresh = TestingDatabase.freshDatabase();
    database =
        Database.open(
            new Target(fresh.url(), Optional.of(fresh.user()), Optional.of(fresh.password())));
    Projects.add(database.jdbi(), world, Projects.FIRST);
    sealer = Sealer.ofKeyFile(folder.resolve("key.json"));
    endpoints = new Endpoints(sealer, world.clock());
    directory = directory();
    changes = new ConfigChanges(database.jdbi(), directory);
    directory.refreshAll();
    reactions = new Reactions(directory, changes, endpoints, metrics);
    endpoints.save(changes, made());
  }

  private Directory directory() {
    return new Directory(
        database.innerJdbi(),
        new Sources(sealer, world.clock(), RemoteKeys.NONE),
        new Consumers(world.clock()),
        endpoints,
        new ApiKeys(world.random(), world.clock()));
  }

  private Endpoint made() {
    return named("e");
  }

  private Endpoint named(String name) {
    List<String> secrets = List.of(Endpoint.newSecret(world.random()));
    Instant now = world.clock().instant();
    return new Endpoint(
        directory.projects().getFirst().projectId(),
        world.ids().next(),
        name,
        TargetUrl.of("https://example.com/"),
        new Subscription(null, null, List.of(new TypePattern("*"))),
        secrets,
        StandardWebhooks.signer(secrets),
        Security.NONE,
        DeliveryPolicy.DEFAULT,
        Endpoint.DEFAULT_TIMEOUT,
        List.of(),
        Endpoint.Status.ACTIVE,
        null,
        null,
        now,
        now);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Endpoint endpoint() {
    return directory.projects().getFirst().endpoints().values().iterator().next();
  }

  @Test
  void an_endpoint_that_is_gone_is_disabled_and_resumes_at_no_rate_of_before() throws Exception {
    endpoints.save(changes, endpoint().resumed(Rate.of(3)));
    assertThat(endpoint().resumeRate()).isEqualTo(new Rate(3, 3));

    gone(endpoint());

    assertThat(endpoint().status()).isEqualTo(Endpoint.Status.DISABLED);
    assertThat(endpoint().statusReason()).isEqualTo("answered 410 Gone");
    assertThat(endpoint().resumeRate()).isNull();
  }

  @Test
  void an_endpoint_that_is_changed_after_it_was_gone_is_asked_once_more() throws Exception {
    Endpoint read = endpoint();

    whileChanged(read, () -> gone(read));

    assertThat(endpoint().status()).isEqualTo(Endpoint.Status.ACTIVE);
    gone(endpoint());
    assertThat(endpoint().status()).isEqualTo(Endpoint.Status.DISABLED);
  }

  @Test
  void a_rate_of_resuming_that_ends_is_not_brought_back_by_a_change_that_is_under_way()
      throws Exception {
    endpoints.save(changes, endpoint().resumed(Rate.of(3)));
    Endpoint read = endpoint();

    whileChanged(read, () -> reactions.caughtUp(read.projectId(), read.id()));

    assertThat(endpoint().resumeRate()).isNull();
  }

  @Test
  void another_rate_of_resuming_that_is_set_meanwhile_stays() throws Exception {
    endpoints.save(changes, endpoint().resumed(Rate.of(3)));
    Endpoint read = endpoint();
    long version = version();

    whileChanged(read.resumed(Rate.of(5)), () -> reactions.caughtUp(read.projectId(), read.id()));

    assertThat(endpoint().resumeRate()).isEqualTo(Rate.of(5));
    assertThat(version()).as("nothing else has changed").isEqualTo(version + 1);
  }

  @Test
  void that_an_endpoint_was_disabled_is_noticed_once() {
    Endpoint read = endpoint();

    gone(read);
    long version = version();
    gone(read);

    assertThat(metrics.scrape())
        .contains(
            "boathook_endpoint_notices_total{kind=\"endpoint_disabled\",project=\"default\"} 1.0");
    assertThat(version()).as("nothing has changed").isEqualTo(version);
  }

  @Test
  void an_endpoint_that_fails_for_too_long_is_disabled_and_that_is_noticed() {
    Endpoint read = endpoint();

    reactions.disable(disable(read, new DisableCause.Failing(Instant.EPOCH)));

    assertThat(endpoint().status()).isEqualTo(Endpoint.Status.DISABLED);
    assertThat(metrics.scrape())
        .contains("kind=\"endpoint_disabled\"", "kind=\"endpoint_failing\"");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "RATE, throttled_by_rate",
        "CONCURRENCY, throttled_by_concurrency",
        "-, throttle_ended"
      })
  void that_an_endpoint_is_throttled_or_not_any_more_is_counted(
      @Nullable Limit limit, String kind) {
    Endpoint read = endpoint();

    reactions.noticed(new Notice.Throttled(read.projectId(), read.id(), limit));

    assertThat(metrics.scrape())
        .contains(
            "boathook_endpoint_notices_total{kind=\"%s\",project=\"default\"} 1.0".formatted(kind));
  }

  @Test
  void what_an_endpoint_said_before_it_was_changed_does_not_disable_it() throws Exception {
    Endpoint before = endpoint();
    endpoints.save(changes, before.resumed(Rate.of(3)));

    gone(before);

    assertThat(endpoint().status()).isEqualTo(Endpoint.Status.ACTIVE);
  }

  private void gone(Endpoint endpoint) {
    reactions.disable(disable(endpoint, new DisableCause.Gone()));
  }

  private static Effect.Disable disable(Endpoint endpoint, DisableCause cause) {
    return new Effect.Disable(endpoint.projectId(), endpoint.id(), endpoint.updatedAt(), cause);
  }

  @Test
  void an_endpoint_that_is_no_longer_understood_keeps_no_other_from_being_read() throws Exception {
    Endpoint broken = endpoint();
    endpoints.save(changes, named("another"));
    database
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "UPDATE endpoint SET policy = '{\"order\":\"strange\"}' WHERE endpoint_id = ?",
                broken.id()));
    Directory fresh = directory();

    fresh.refreshAll();

    assertThat(fresh.projects().getFirst().endpoints().values())
        .extracting(Endpoint::name)
        .containsExactly("another");
  }

  private long version() {
    return directory.projects().getFirst().version();
  }

  /** Runs it while somebody makes a change of what was read before. */
  private void whileChanged(Endpoint read, Runnable reaction) throws Exception {
    FutureTask<Void> task = new FutureTask<>(reaction, null);
    changes.turn().lock();
    try {
      Thread.ofVirtual().start(task);
      Eventually.until(changes.turn()::hasQueuedThreads);
      endpoints.save(changes, read.with(List.of(Endpoint.newSecret(world.random()))));
    } finally {
      changes.turn().unlock();
    }
    task.get(10, TimeUnit.SECONDS);
  }
}
