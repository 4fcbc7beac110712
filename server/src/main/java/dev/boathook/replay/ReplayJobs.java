package dev.boathook.replay;

import dev.boathook.deliver.Accounting;
import dev.boathook.deliver.Dispatcher;
import dev.boathook.event.Origin;
import dev.boathook.replay.Cancelling.Cancelled;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.store.Outage;
import dev.boathook.store.Sql;
import dev.boathook.world.Uuid7;
import dev.boathook.world.World;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementException;
import org.jspecify.annotations.Nullable;

/** Replays of many deliveries: asked for, looked at, cancelled. {@link ReplayRunner} makes them. */
public final class ReplayJobs {
  /** The most of one project that run at a time. */
  public static final int MAX_RUNNING = 16;

  private static final String INSERT = Sql.of(ReplayJobs.class, "insert_replay");
  private static final String FIND = Sql.of(ReplayJobs.class, "find_replay");
  private static final String LIST = Sql.of(ReplayJobs.class, "list_replays");
  private static final String COUNT = Sql.of(ReplayJobs.class, "count_replay");
  private static final String CANCEL = Sql.of(ReplayJobs.class, "cancel_replay");
  private static final String WAITING = Sql.of(ReplayJobs.class, "waiting_of_replay");

  /** Rows that are looked at in one transaction of a count. */
  private static final int COUNT_ROWS = 5_000;

  private static final int TIMEOUT_SECONDS = 10;

  private final World world;
  private final Jdbi jdbi;
  private final KeptDirectory directory;
  private final Queues queues;
  private final Runnable wake;

  /**
   * Replays of this database.
   *
   * @param wake is run when there is a new one
   */
  public ReplayJobs(
      World world, Jdbi jdbi, Directory directory, Dispatcher dispatcher, Runnable wake) {
    this.world = world;
    this.jdbi = jdbi;
    this.queues = new Queues(jdbi, dispatcher);
    this.directory = new KeptDirectory(directory, queues);
    this.wake = wake;
  }

  /**
   * A replay and what has become of the deliveries that it has made.
   *
   * @param job the replay
   * @param deliveries by state; null when they could not be counted in time
   */
  public record Progress(ReplayJob job, Accounting.@Nullable Counts deliveries) {}

  /** What became of a wish to cancel. */
  public sealed interface CalledOff {
    /** It makes no more; so many of those that it had made waited, and are cancelled. */
    record Done(Counted deliveries) implements CalledOff {}

    /** It had made all, and none of them waits. */
    record Finished(ReplayJob.State state) implements CalledOff {}

    /** The project has no such replay. */
    record Unknown() implements CalledOff {}
  }

  /** What is looked for has a smaller one: an event where deliveries are missing, or a delivery. */
  private UUID newId(Choice choice) {
    return choice == Choice.MISSING ? world.ids().next() : queues.newId();
  }

  /** Counts what a replay would make now. */
  public Counted count(UUID projectId, Filter filter, Choice choice) {
    ProjectView project = directory.project(projectId);
    Matches.Search search = new Matches.Search(filter, choice, newId(choice));
    Deadline deadline = Deadline.ofCall(world.ticker());
    UUID after = search.beginning();
    long count = 0;
    while (!deadline.isOver()) {
      UUID from = after;
      Matches.Size size = new Matches.Size(COUNT_ROWS, Integer.MAX_VALUE, deadline.secondsLeft());
      Matches.Part part;
      try {
        part =
            jdbi.inTransaction(handle -> {
              Matches.planByKeys(handle);
              return Matches.next(handle, project, search, from, size);
            });
      } catch (StatementException e) {
        if (Outage.isTimeout(e)) {
          return new Counted(count, false);
        }
        throw e;
      }
      count += part.matches().size();
      if (part.end()) {
        return new Counted(count, true);
      }
      after = part.passed();
    }
    return new Counted(count, false);
  }

  /**
   * Asks for a replay of all that matches now.
   *
   * @param keyId the API key that asks
   * @return empty when as many run as may run
   */
  public Optional<ReplayJob> create(
      UUID projectId, UUID keyId, Filter filter, Choice choice, @Nullable Double ratePerSecond) {
    Counted counted = count(projectId, filter, choice);
    UUID id = newId(choice);
    Origin origin = filter.origin();
    int made =
        jdbi.withHandle(handle ->
            handle
                .createUpdate(INSERT)
                .bind("project", projectId)
                .bind("id", id)
                .bind("key", keyId)
                .bind("now", queues.now())
                .bind("choice", choice.code())
                .bind("endpoint", filter.endpointId())
                .bind("originKind", origin == null ? null : origin.kind().code())
                .bind("origin", origin == null ? null : origin.id())
                .bind("types", filter.types().stream().map(it -> it.text()).toArray(String[]::new))
                .bind("orderingKey", filter.key())
                .bind("since", filter.since())
                .bind("until", filter.until())
                .bind("rate", ratePerSecond)
                .bind("matched", counted.complete() ? counted.count() : null)
                .bind("passed", new Matches.Search(filter, choice, id).beginning())
                .bind("maxRunning", MAX_RUNNING)
                .execute());
    if (made == 0) {
      return Optional.empty();
    }
    wake.run();
    return job(projectId, id);
  }

  private Optional<ReplayJob> job(UUID projectId, UUID id) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(FIND)
            .bind("project", projectId)
            .bind("id", id)
            .map((row, context) -> ReplayJob.read(row))
            .findOne());
  }

  /** The replay with this id. */
  public Optional<Progress> find(UUID projectId, UUID id) {
    // The replay first: of what it says it has made, nothing can be missing in the later count.
    return job(projectId, id).map(job -> new Progress(job, deliveries(projectId, id)));
  }

  private Accounting.@Nullable Counts deliveries(UUID projectId, UUID id) {
    try {
      return count(projectId, id);
    } catch (StatementException e) {
      if (Outage.isTimeout(e)) {
        return null;
      }
      throw e;
    }
  }

  private Accounting.Counts count(UUID projectId, UUID id) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(COUNT)
            .setQueryTimeout(TIMEOUT_SECONDS)
            .bind("project", projectId)
            .bind("id", id)
            .map((row, context) ->
                new Accounting.Counts(
                    row.getLong("waiting"),
                    row.getLong("delivered"),
                    row.getLong("dead"),
                    row.getLong("cancelled")))
            .one());
  }

  /**
   * The newest replays, newest first.
   *
   * @param before only those with a smaller id than this; null for all
   */
  public List<ReplayJob> list(UUID projectId, @Nullable UUID before, int limit) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(LIST)
            .bind("project", projectId)
            .bind("before", before)
            .bind("limit", limit)
            .map((row, context) -> ReplayJob.read(row))
            .list());
  }

  /** Makes a replay make no more, and calls off those of its deliveries that still wait. */
  public CalledOff cancel(UUID projectId, UUID keyId, UUID id) {
    Instant now = queues.now();
    boolean stopped =
        jdbi.withHandle(handle ->
            handle
                .createUpdate(CANCEL)
                .bind("project", projectId)
                .bind("id", id)
                .bind("key", keyId)
                .bind("now", now)
                .execute())
            == 1;
    Optional<ReplayJob> job = job(projectId, id);
    if (job.isEmpty()) {
      return new CalledOff.Unknown();
    }
    Counted cancelled = cancelWaiting(projectId, id);
    if (!stopped && cancelled.count() == 0 && cancelled.complete()) {
      return new CalledOff.Finished(job.get().state());
    }
    return new CalledOff.Done(cancelled);
  }

  private Counted cancelWaiting(UUID projectId, UUID id) {
    Deadline deadline = Deadline.ofCall(world.ticker());
    UUID after = Uuid7.FIRST;
    long count = 0;
    while (!deadline.isOver()) {
      UUID from = after;
      List<UUID> waiting;
      try {
        waiting = waiting(projectId, id, from, deadline);
      } catch (StatementException e) {
        if (Outage.isTimeout(e)) {
          return new Counted(count, false);
        }
        throw e;
      }
      Cancelled cancelled =
          queues.change(handle -> cancel(handle, projectId, waiting), done -> done.tell(queues));
      count += cancelled.withdrawn().size();
      if (waiting.size() < BulkCancellation.BATCH) {
        return new Counted(count, true);
      }
      after = waiting.getLast();
    }
    return new Counted(count, false);
  }

  private List<UUID> waiting(UUID projectId, UUID id, UUID after, Deadline deadline) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(WAITING)
            .setQueryTimeout(deadline.secondsLeft())
            .bind("project", projectId)
            .bind("replay", id)
            .bind("after", after)
            .bind("limit", BulkCancellation.BATCH)
            .mapTo(UUID.class)
            .list());
  }

  private Cancelled cancel(Handle handle, UUID projectId, List<UUID> waiting) {
    Matches.planByKeys(handle);
    return Cancelling.cancel(handle, projectId, waiting, queues.now());
  }
}
