package dev.boathook.replay;

import dev.boathook.TestingDoor;
import dev.boathook.accept.Acceptor;
import dev.boathook.consumer.Consumers;
import dev.boathook.deliver.DeliveryQueries;
import dev.boathook.endpoint.CircuitBreaker;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Endpoints;
import dev.boathook.endpoint.Order;
import dev.boathook.key.ApiKeys;
import dev.boathook.key.Sealer;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.signatures.RemoteKeys;
import dev.boathook.source.Sources;
import dev.boathook.store.TestingDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The replays of one database, with rows made by hand; all endpoints are paused. */
final class TestingReplays implements AutoCloseable {
  final TestingDoor door;
  final ReplayRunner runner;
  final ReplayJobs jobs;
  final Replays replays;
  final BulkCancellation cancellation;
  final Lanes lanes;
  final UUID keyId;
  private final Path folder;

  TestingReplays(Path folder) throws Exception {
    this(TestingDatabase.freshDatabase(), folder);
  }

  TestingReplays(TestingDatabase database, Path folder) throws Exception {
    this.folder = folder;
    door = TestingDoor.open(database, folder, Acceptor.Limits.DEFAULT);
    runner = newRunner();
    Jdbi jdbi = jdbi();
    jobs = new ReplayJobs(door.world(), jdbi, door.directory(), door.dispatcher(), runner::wake);
    replays = new Replays(jdbi, door.directory(), door.dispatcher());
    cancellation =
        new BulkCancellation(door.world().ticker(), jdbi, door.directory(), door.dispatcher());
    lanes = new Lanes(door.world().ticker(), jdbi, door.directory(), door.dispatcher());
    keyId = door.world().ids().next();
  }

  ReplayRunner newRunner() {
    return new ReplayRunner(jdbi(), door.directory(), door.dispatcher());
  }

  /** The runner of another node, that has read the directory now and does not read it again. */
  ReplayRunner lateRunner() throws Exception {
    Sealer sealer = Sealer.ofKeyFile(folder.resolve("sealing-key.json"));
    Directory late =
        new Directory(
            jdbi(),
            new Sources(sealer, door.world().clock(), RemoteKeys.NONE),
            new Consumers(door.world().clock()),
            new Endpoints(sealer, door.world().clock()),
            new ApiKeys(door.world().random(), door.world().clock()));
    late.refreshAll();
    return new ReplayRunner(jdbi(), late, door.dispatcher());
  }

  Jdbi jdbi() {
    return door.database().jdbi();
  }

  ProjectView project() {
    return door.directory().project(door.projectId()).orElseThrow();
  }

  /** Makes a paused endpoint that wants everything of the usual origin. */
  Endpoint endpoint(Order order) throws Exception {
    Endpoint active = door.endpoint("http://127.0.0.1:9/", "*", List.of(Duration.ZERO), 1);
    return save(active, order);
  }

  /** Changes its order, and pauses it. */
  Endpoint save(Endpoint before, Order order) throws Exception {
    Endpoint changed =
        new Endpoint(
            before.projectId(),
            before.id(),
            before.name(),
            before.url(),
            before.subscription(),
            before.secrets(),
            before.signer(),
            before.security(),
            policy(order, before.policy().retries().schedule().waits()),
            before.timeout(),
            before.allowedNets(),
            Endpoint.Status.PAUSED,
            "test",
            null,
            before.createdAt(),
            before.updatedAt());
    door.save(changed);
    return changed;
  }

  /** A policy with this order and these waits, that never leaves an endpoint alone. */
  static DeliveryPolicy policy(Order order, List<Duration> waits) {
    DeliveryPolicy usual = TestingDoor.policy(waits, 8);
    return new DeliveryPolicy(
        order,
        usual.retries(),
        List.of(),
        List.of(),
        usual.maxInFlight(),
        null,
        new CircuitBreaker(0, Duration.ofSeconds(1), Duration.ofSeconds(1)),
        usual.disableAfter());
  }

  /** Lets all halted lanes go on. */
  void goOn() {
    for (UUID endpointId : project().endpoints().keySet()) {
      var _ = lanes.actOnHalted(Lanes.Action.RETRY, door.projectId(), endpointId);
    }
  }

  /**
   * Makes events, a millisecond after another over the last hours, each with one delivery in this
   * state to this endpoint.
   *
   * @param keys how many ordering keys they have between them; 0 for none
   */
  void fill(Endpoint endpoint, String state, int count, int keys) {
    jdbi()
        .useTransaction(handle -> {
          handle.execute(
              """
              INSERT INTO event (project_id, event_id, origin_kind, origin_id, type, ordering_key,
                external_id, accepted_at, occurred_at, verified, matched, content_type, headers, body)
              SELECT ?, (substr(first_uuid_of(now() - make_interval(secs => (? - i) / 1000.0 + 60))::text,
                  1, 14) || '7001-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
                'source', ?, 'type' || i % 10, CASE WHEN ? > 0 THEN 'key' || i % nullif(?, 0) END,
                NULL, now(), NULL, true, 1, 'application/json', '[]', 'x'
              FROM generate_series(1, ?) AS i
              """,
              endpoint.projectId(), count, door.origin.id(), keys, keys, count);
          handle.execute(
              """
              INSERT INTO delivery (project_id, delivery_id, event_id, endpoint_id, ordering_key, state,
                attempts, due_at, finished_at)
              SELECT project_id, overlay(event_id::text placing '7002' from 15 for 4)::uuid, event_id, ?,
                ordering_key, ?, CASE WHEN ? = 'waiting' THEN 0 ELSE 1 END,
                now() + (hashtext(event_id::text) % 1000) * interval '1 s',
                CASE WHEN ? <> 'waiting' THEN now() END
              FROM event
              WHERE project_id = ?
                AND NOT EXISTS (SELECT FROM delivery WHERE delivery.event_id = event.event_id)
              """,
              endpoint.id(), state, state, state, endpoint.projectId());
        });
    jdbi().useHandle(handle -> handle.execute("ANALYZE event, delivery"));
  }

  Filter to(Endpoint endpoint) {
    return new Filter(endpoint.id(), null, List.of(), null, null, null);
  }

  ReplayJob create(Filter filter, Choice choice, @Nullable Double rate) {
    return jobs.create(door.projectId(), keyId, filter, choice, rate).orElseThrow();
  }

  ReplayJob job(ReplayJob job) {
    return jobs.find(door.projectId(), job.id()).orElseThrow().job();
  }

  void runToTheEnd() {
    boolean more = true;
    while (more) {
      more = runner.round();
    }
  }

  long number(String sql, Object... values) {
    return jdbi().withHandle(handle -> handle.select(sql, values).mapTo(Long.class).one());
  }

  List<String> texts(String sql, Object... values) {
    return jdbi().withHandle(handle -> handle.select(sql, values).mapTo(String.class).list());
  }

  boolean balanced() {
    return new DeliveryQueries(jdbi()).account(door.projectId()).balanced();
  }

  @Override
  public void close() {
    runner.close();
    door.close();
  }
}
