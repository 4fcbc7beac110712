package dev.boathook.replay;

import dev.boathook.deliver.Appending.Appended;
import dev.boathook.deliver.Dispatcher;
import dev.boathook.replay.Matches.Match;
import dev.boathook.replay.Matches.Part;
import dev.boathook.replay.Matches.Search;
import dev.boathook.replay.Matches.Size;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.store.Outage;
import dev.boathook.store.Sql;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the deliveries of replays of many, on one thread: from every running replay one batch, then
 * again. A batch is one transaction that makes deliveries and moves the replay on.
 */
public final class ReplayRunner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayRunner.class);
  private static final String RUNNING = Sql.of(ReplayRunner.class, "running_replays");
  private static final String TURN = Sql.of(ReplayRunner.class, "replay_turn");
  private static final String HOLD = Sql.of(ReplayRunner.class, "hold_replay");
  private static final String MOVE = Sql.of(ReplayRunner.class, "move_replay");
  private static final String FAIL = Sql.of(ReplayRunner.class, "fail_replay");

  /** Replays that get a batch in one round. */
  private static final int MAX_REPLAYS = 1_000;

  /** Rows that a batch looks at; a lane is locked for as long as they take. */
  private static final int BATCH_ROWS = 500;

  /** A search that takes longer is given up, and looks at half as many rows the next time. */
  private static final int TIMEOUT_SECONDS = 10;

  /** How long nothing is done when there is nothing to do; other nodes' replays are seen then. */
  private static final Duration REST = Duration.ofSeconds(1);

  /** Of what a rate allows, so much is made ahead. */
  private static final Duration AHEAD = Duration.ofSeconds(2);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Jdbi jdbi;
  private final KeptDirectory directory;
  private final Queues queues;

  /** How many rows are looked at for replays whose searches took too long; used by one thread. */
  private final Map<Key, Integer> slow = new HashMap<>();

  private final Semaphore awake = new Semaphore(0);
  private volatile boolean closing;
  private @Nullable Thread thread;

  /** Nothing is made before {@link #start}. */
  public ReplayRunner(Jdbi jdbi, Directory directory, Dispatcher dispatcher) {
    this.jdbi = jdbi;
    this.queues = new Queues(jdbi, dispatcher);
    this.directory = new KeptDirectory(directory, queues);
  }

  /** Begins. */
  public void start() {
    thread = Thread.ofPlatform().name("boathook-replays").start(this::run);
  }

  /** There is a new replay. */
  public void wake() {
    awake.release();
  }

  private void run() {
    try {
      while (!closing) {
        boolean more = false;
        try {
          more = round();
        } catch (RuntimeException e) {
          LOG.warn("replays cannot be read and are looked for again: {}", e.getMessage());
        }
        if (!more && awake.tryAcquire(REST.toMillis(), TimeUnit.MILLISECONDS)) {
          awake.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Key(UUID projectId, UUID replayId) {}

  /** Gives each running replay a batch; says whether there is more to do at once. */
  boolean round() {
    List<Key> running =
        jdbi.withHandle(handle ->
            handle
                .createQuery(RUNNING)
                .bind("limit", MAX_REPLAYS)
                .map((row, context) ->
                    new Key(
                        row.getObject("project_id", UUID.class),
                        row.getObject("replay_id", UUID.class)))
                .list());
    slow.keySet().retainAll(running);
    boolean more = false;
    for (Key key : running) {
      if (closing) {
        return false;
      }
      try {
        more |= step(key);
      } catch (RuntimeException e) {
        if (Outage.isTimeout(e)) {
          slow.put(key, Math.max(1, rows(key) / 2));
        }
        LOG.warn(
            "a batch of replay {} failed and is tried again: {}", key.replayId, e.getMessage());
      }
    }
    return more;
  }

  private int rows(Key key) {
    return slow.getOrDefault(key, BATCH_ROWS);
  }

  /** A batch was made in time: the next one may be larger again. */
  private void faster(Key key) {
    slow.computeIfPresent(key, (same, rows) -> 2 * rows < BATCH_ROWS ? 2 * rows : null);
  }

  private void fail(Handle handle, Key key, String failure) {
    handle
        .createUpdate(FAIL)
        .bind("project", key.projectId)
        .bind("id", key.replayId)
        .bind("failure", failure)
        .bind("now", queues.now())
        .execute();
  }

  /** What a batch has come to. */
  private sealed interface Step {
    /** It is over, or not this node's turn, or ahead of its rate. */
    record Rested() implements Step {}

    /** The directory is another by now. */
    record Outdated() implements Step {}

    record Worked(List<Appended> made, boolean more) implements Step {}
  }

  private boolean step(Key key) {
    ProjectView project = directory.project(key.projectId);
    return switch (queues.change(handle -> step(handle, project, key), this::tell)) {
      case Step.Rested rested -> false;
      case Step.Outdated outdated -> {
        directory.refresh();
        yield true;
      }
      case Step.Worked worked -> {
        faster(key);
        yield worked.more;
      }
    };
  }

  private void tell(Step step) {
    if (step instanceof Step.Worked worked) {
      queues.appended(worked.made);
    }
  }

  private Step step(Handle handle, ProjectView project, Key key) {
    boolean turn =
        handle.createQuery(TURN).bind("project", key.projectId).mapTo(Boolean.class).one();
    Optional<ReplayJob> held = turn ? hold(handle, key) : Optional.empty();
    if (held.isEmpty()) {
      return new Step.Rested();
    }
    ReplayJob job = held.get();
    UUID named = job.filter().endpointId();
    if (named != null && !project.endpoints().containsKey(named)) {
      // A node that has not read the directory for a while does not know what is new.
      if (!directory.keep(handle, project)) {
        return new Step.Outdated();
      }
      fail(handle, key, "the endpoint is deleted");
      return new Step.Rested();
    }
    Instant now = queues.now();
    Pace pace = Pace.of(job.ratePerSecond(), job.nextAt(), now);
    if (pace.allowed() == 0) {
      return new Step.Rested();
    }
    Matches.planByKeys(handle);
    Part part =
        Matches.next(
            handle,
            project,
            new Search(job.filter(), job.choice(), job.id()),
            job.passed(),
            new Size(rows(key), Math.min(pace.allowed(), BATCH_ROWS), TIMEOUT_SECONDS));
    // Only now: whoever changes an endpoint waits for as long as this is held.
    if (!directory.keep(handle, project)) {
      return new Step.Outdated();
    }
    List<Appended> made = deliveries(part.matches(), pace, job.id());
    Replays.append(handle, key.projectId, made);
    move(handle, key, part, pace, now);
    return new Step.Worked(made, !part.end());
  }

  private static Optional<ReplayJob> hold(Handle handle, Key key) {
    return handle
        .createQuery(HOLD)
        .bind("project", key.projectId)
        .bind("id", key.replayId)
        .map((row, context) -> ReplayJob.read(row))
        .findOne();
  }

  private List<Appended> deliveries(List<Match> matches, Pace pace, UUID replayId) {
    List<Appended> deliveries = new ArrayList<>();
    for (Match match : matches) {
      deliveries.add(
          new Appended(
              queues.newId(),
              match.eventId(),
              match.endpoint().id(),
              match.key(),
              match.isInLane(),
              pace.due(deliveries.size()),
              match.originalId(),
              replayId));
    }
    return deliveries;
  }

  private static void move(Handle handle, Key key, Part part, Pace pace, Instant now) {
    ReplayJob.State state = part.end() ? ReplayJob.State.DONE : ReplayJob.State.RUNNING;
    int moved =
        handle
            .createUpdate(MOVE)
            .bind("project", key.projectId)
            .bind("id", key.replayId)
            .bind("passed", part.passed())
            .bind("more", part.matches().size())
            .bind("nextAt", pace.due(part.matches().size()))
            .bind("state", state.code())
            .bind("finishedAt", part.end() ? now : null)
            .execute();
    if (moved != 1) {
      throw new IllegalStateException("a replay that was held is gone: " + key.replayId);
    }
  }

  /**
   * How many deliveries may be made now, and when each is due. What was not made in time, as while
   * no server ran, is not made up for.
   *
   * @param allowed how many
   * @param start when the first is due
   * @param nanosBetween from each to the next
   */
  record Pace(int allowed, Instant start, double nanosBetween) {
    static Pace of(@Nullable Double ratePerSecond, Instant nextAt, Instant now) {
      if (ratePerSecond == null) {
        return new Pace(Integer.MAX_VALUE, now, 0);
      }
      Instant horizon = now.plus(AHEAD);
      if (nextAt.isAfter(horizon)) {
        return new Pace(0, nextAt, 0);
      }
      Instant start = nextAt.isBefore(now) ? now : nextAt;
      double nanosBetween = TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
      int allowed = 1 + (int) (Duration.between(start, horizon).toNanos() / nanosBetween);
      return new Pace(allowed, start, nanosBetween);
    }

    Instant due(int index) {
      return start.plusNanos((long) (index * nanosBetween));
    }
  }

  @Override
  public void close() {
    closing = true;
    wake();
    Thread running = thread;
    if (running == null) {
      return;
    }
    try {
      if (!running.join(CLOSE_TIMEOUT)) {
        LOG.warn("a batch of a replay did not end in {} s", CLOSE_TIMEOUT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
