package dev.boathook.replay;

import dev.boathook.deliver.Dispatcher;
import dev.boathook.replay.Cancelling.Lane;
import dev.boathook.replay.Cancelling.Locked;
import dev.boathook.replay.Queues.Expected;
import dev.boathook.replay.Replays.Original;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.store.Columns;
import dev.boathook.store.Sql;
import dev.boathook.world.Ticker;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The lanes of endpoints: looked at, and made to go on when they halt. */
public final class Lanes {
  /** The most deliveries of one lane that are counted when it is shown. */
  public static final int MAX_COUNTED = 10_000;

  private static final String LIST = Sql.of(Lanes.class, "list_lanes");
  private static final String INSERT_HEAD = Sql.of(Lanes.class, "insert_head");
  private static final int TIMEOUT_SECONDS = 10;

  private final Ticker ticker;
  private final Jdbi jdbi;
  private final KeptDirectory directory;
  private final BulkCancellation cancellation;
  private final Queues queues;

  /** Lanes of this database. */
  public Lanes(Ticker ticker, Jdbi jdbi, Directory directory, Dispatcher dispatcher) {
    this.ticker = ticker;
    this.jdbi = jdbi;
    this.cancellation = new BulkCancellation(ticker, jdbi, directory, dispatcher);
    this.queues = new Queues(jdbi, dispatcher);
    this.directory = new KeptDirectory(directory, queues);
  }

  /**
   * A lane as it is shown.
   *
   * @param key the ordering key; empty for the lane of events without one
   * @param waiting how many wait, counted up to {@value #MAX_COUNTED}
   * @param lastSeq the last place that was given
   * @param doneSeq the place up to which all have come to their end
   * @param dueAt when the first that waits is due; of no meaning when none does
   * @param haltedAt when it halted; null when it does not
   * @param haltedBy the dead delivery behind which it halts
   */
  public record Shown(
      String key,
      long waiting,
      long lastSeq,
      long doneSeq,
      Instant dueAt,
      @Nullable Instant haltedAt,
      @Nullable UUID haltedBy) {}

  /** What is done to a halted lane. */
  public enum Action {
    /** Its dead head is delivered once more, in its own place. */
    RETRY,
    /** Its dead head stays dead, and the next one is delivered. */
    SKIP,
    /** All that waits in it is cancelled. */
    DRAIN
  }

  /** What became of a wish to do something to a lane. */
  public sealed interface Result {
    /** It goes on: so many deliveries were made for it, so many were cancelled. */
    record GoesOn(long made, long cancelled) implements Result {}

    /** Time was up: so many are cancelled, others wait, and it still halts. */
    record Unfinished(long cancelled) implements Result {}

    /** It does not halt. */
    record NotHalted() implements Result {}

    /** The event of its head is too old to be kept; it still halts. */
    record EventExpired() implements Result {}

    /** The endpoint is deleted, or has no such lane. */
    record Unknown() implements Result {}
  }

  /**
   * What became of all halted lanes.
   *
   * @param lanes that go on
   * @param made deliveries
   * @param cancelled deliveries
   * @param expired lanes that still halt, since the events of their heads are not kept any more
   * @param complete false when time was up before all had their turn
   */
  public record Summary(long lanes, long made, long cancelled, long expired, boolean complete) {}

  /**
   * Lanes of an endpoint, by key.
   *
   * @param halted whether only those that halt are wanted
   * @param after only larger keys; null for all
   */
  public List<Shown> list(
      UUID projectId, UUID endpointId, boolean halted, @Nullable String after, int limit) {
    return list(projectId, endpointId, halted, after, limit, MAX_COUNTED);
  }

  private List<Shown> list(
      UUID projectId,
      UUID endpointId,
      boolean halted,
      @Nullable String after,
      int limit,
      int maxCounted) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(LIST)
            .setQueryTimeout(TIMEOUT_SECONDS)
            .bind("project", projectId)
            .bind("endpoint", endpointId)
            .bind("halted", halted)
            .bind("after", after)
            .bind("limit", limit)
            .bind("maxCounted", maxCounted)
            .map((row, context) ->
                new Shown(
                    row.getString("ordering_key"),
                    row.getLong("waiting"),
                    row.getLong("last_seq"),
                    row.getLong("done_seq"),
                    Columns.instant(row, "due_at"),
                    Columns.instantOrNull(row, "halted_at"),
                    row.getObject("halted_by", UUID.class)))
            .list());
  }

  /** Does something to one lane. */
  public Result act(Action action, UUID projectId, UUID endpointId, String key) {
    Lane lane = new Lane(endpointId, key);
    return switch (action) {
      case RETRY -> letGo(projectId, lane, (handle, head) -> insertHead(handle, projectId, head));
      case SKIP -> letGo(projectId, lane, (handle, head) -> new Result.GoesOn(0, 0));
      case DRAIN -> drain(projectId, lane);
    };
  }

  /** Does it to all halted lanes of an endpoint. */
  public Summary actOnHalted(Action action, UUID projectId, UUID endpointId) {
    Deadline deadline = Deadline.ofCall(ticker);
    Summary sum = new Summary(0, 0, 0, 0, true);
    String after = null;
    while (true) {
      List<Shown> halted = list(projectId, endpointId, true, after, BulkCancellation.BATCH, 0);
      for (Shown lane : halted) {
        if (deadline.isOver()) {
          return add(sum, new Result.Unfinished(0));
        }
        sum = add(sum, act(action, projectId, endpointId, lane.key));
        after = lane.key;
      }
      if (halted.size() < BulkCancellation.BATCH) {
        return sum;
      }
    }
  }

  private static Summary add(Summary sum, Result result) {
    return switch (result) {
      case Result.GoesOn it ->
          new Summary(
              sum.lanes + 1,
              sum.made + it.made,
              sum.cancelled + it.cancelled,
              sum.expired,
              sum.complete);
      case Result.Unfinished it ->
          new Summary(sum.lanes, sum.made, sum.cancelled + it.cancelled, sum.expired, false);
      case Result.EventExpired it ->
          new Summary(sum.lanes, sum.made, sum.cancelled, sum.expired + 1, sum.complete);
      // Somebody else was faster.
      case Result.NotHalted it -> sum;
      case Result.Unknown it -> sum;
    };
  }

  /** What is done with a halted lane's head before the lane goes on. */
  @FunctionalInterface
  private interface Preparation {
    Result with(Handle handle, UUID head);
  }

  private record Done(Result result, List<Expected> expected) {}

  private Result letGo(UUID projectId, Lane lane, Preparation preparation) {
    return directory.inTransaction(
            projectId,
            (handle, project) -> letGo(handle, project, lane, preparation),
            done -> queues.expect(done.expected))
        .result;
  }

  private static Done letGo(
      Handle handle, ProjectView project, Lane lane, Preparation preparation) {
    if (!project.endpoints().containsKey(lane.endpointId())) {
      return new Done(new Result.Unknown(), List.of());
    }
    Optional<Locked> locked = Cancelling.lock(handle, project.projectId(), lane);
    if (locked.isEmpty()) {
      return new Done(new Result.Unknown(), List.of());
    }
    UUID head = locked.get().haltedBy();
    if (head == null) {
      return new Done(new Result.NotHalted(), List.of());
    }
    Result result = preparation.with(handle, head);
    return new Done(
        result,
        result instanceof Result.GoesOn
            ? Cancelling.settle(handle, project.projectId(), Set.of(lane), true)
            : List.of());
  }

  private Result insertHead(Handle handle, UUID projectId, UUID head) {
    Optional<Original> original = Original.find(handle, projectId, head);
    if (original.isEmpty() || !original.get().hasEvent()) {
      return new Result.EventExpired();
    }
    int made =
        handle
            .createUpdate(INSERT_HEAD)
            .bind("project", projectId)
            .bind("head", head)
            .bind("newId", queues.newId())
            .bind("now", queues.now())
            .execute();
    return new Result.GoesOn(made, 0);
  }

  /** Cancels what waits, batch by batch, while the lane halts; then it goes on with what is new. */
  private Result drain(UUID projectId, Lane lane) {
    Optional<Locked> found = jdbi.inTransaction(handle -> Cancelling.lock(handle, projectId, lane));
    if (found.isEmpty()) {
      return new Result.Unknown();
    }
    if (found.get().haltedBy() == null) {
      return new Result.NotHalted();
    }
    UUID seen = found.get().haltedBy();
    Counted cancelled =
        cancellation.cancelLane(projectId, lane.endpointId(), lane.key(), found.get().lastSeq());
    if (!cancelled.complete()) {
      return new Result.Unfinished(cancelled.count());
    }
    Result result =
        letGo(
            projectId,
            lane,
            // It may have gone on meanwhile and halt behind another, which nobody has looked at.
            (handle, head) ->
                head.equals(seen)
                    ? new Result.GoesOn(0, cancelled.count())
                    : new Result.NotHalted());
    return result instanceof Result.NotHalted ? new Result.GoesOn(0, cancelled.count()) : result;
  }
}
