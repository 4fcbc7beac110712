package dev.boathook.replay;

import dev.boathook.deliver.Dispatcher;
import dev.boathook.replay.Cancelling.Cancelled;
import dev.boathook.route.Directory;
import dev.boathook.store.Sql;
import dev.boathook.world.Ticker;
import dev.boathook.world.Uuid7;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Calls off many waiting deliveries, a batch a transaction. It goes along the queues and never
 * through history, so that it costs by what waits.
 */
public final class BulkCancellation {
  /** Deliveries that are looked at, and at most called off, in one transaction. */
  static final int BATCH = 1_000;

  private static final String NEXT_ENDPOINT =
      Sql.of(BulkCancellation.class, "next_waiting_endpoint");
  private static final String UNORDERED = Sql.of(BulkCancellation.class, "waiting_unordered");
  private static final String IN_LANES = Sql.of(BulkCancellation.class, "waiting_in_lanes");
  private static final int TIMEOUT_SECONDS = 10;

  private final Ticker ticker;
  private final Jdbi jdbi;
  private final KeptDirectory directory;
  private final Queues queues;

  /** Deliveries of this database. */
  public BulkCancellation(Ticker ticker, Jdbi jdbi, Directory directory, Dispatcher dispatcher) {
    this.ticker = ticker;
    this.jdbi = jdbi;
    this.queues = new Queues(jdbi, dispatcher);
    this.directory = new KeptDirectory(directory, queues);
  }

  private sealed interface Place {
    /** The time as the database writes it: what is held is due at infinity. */
    record Unordered(String due, UUID id) implements Place {
      static final Unordered FIRST = new Unordered("-infinity", Uuid7.FIRST);
    }

    record InLane(String key, long seq) implements Place {
      static final InLane FIRST = new InLane("", Long.MIN_VALUE);
    }
  }

  private record Candidate(UUID deliveryId, Place place, Optional<EventFacts> event) {}

  private record Part(List<Candidate> candidates, long matched, Cancelled cancelled) {}

  /** What is to be called off in one queue, and whether it is done or only counted. */
  private record Task(
      UUID projectId, Predicate<Candidate> wanted, boolean dryRun, Deadline deadline) {}

  /**
   * Calls off, or counts, what waits now and matches.
   *
   * @param dryRun whether it is only counted
   */
  public Counted cancel(UUID projectId, Filter filter, boolean dryRun) {
    UUID before = queues.newId();
    Task task =
        new Task(
            projectId,
            candidate ->
                isBefore(candidate.deliveryId, before)
                    && (filter.isOfEndpointsOnly()
                        || candidate.event.filter(filter::takes).isPresent()),
            dryRun,
            Deadline.ofCall(ticker));
    UUID[] named = filter.endpoints(directory.project(projectId));
    Iterator<UUID> endpoints =
        named == null ? waitingEndpoints(projectId) : Arrays.asList(named).iterator();
    long count = 0;
    while (endpoints.hasNext()) {
      Counted here = cancelFor(task, endpoints.next());
      count += here.count();
      if (!here.complete()) {
        return new Counted(count, false);
      }
    }
    return new Counted(count, true);
  }

  /** Both are of our time, so that their first halves have no sign. */
  private static boolean isBefore(UUID id, UUID end) {
    return id.compareTo(end) < 0;
  }

  /** Each is looked for when those before it are done. */
  private Iterator<UUID> waitingEndpoints(UUID projectId) {
    return Stream.iterate(
            nextEndpoint(projectId, Uuid7.FIRST),
            Optional::isPresent,
            last -> nextEndpoint(projectId, last.orElseThrow()))
        .map(Optional::orElseThrow)
        .iterator();
  }

  private Optional<UUID> nextEndpoint(UUID projectId, UUID after) {
    return jdbi.inTransaction(handle -> {
      Matches.planByKeys(handle);
      return handle
          .createQuery(NEXT_ENDPOINT)
          .setQueryTimeout(TIMEOUT_SECONDS)
          .bind("project", projectId)
          .bind("after", after)
          .mapTo(UUID.class)
          .findOne();
    });
  }

  private Counted cancelFor(Task task, UUID endpointId) {
    Counted unordered = cancelFrom(task, endpointId, null, Place.Unordered.FIRST);
    if (!unordered.complete()) {
      return unordered;
    }
    Counted inLanes = cancelFrom(task, endpointId, null, Place.InLane.FIRST);
    return new Counted(unordered.count() + inLanes.count(), inLanes.complete());
  }

  /**
   * Calls off what waits in one lane.
   *
   * @param lastSeq the last place that is called off
   */
  Counted cancelLane(UUID projectId, UUID endpointId, String key, long lastSeq) {
    Task task =
        new Task(
            projectId,
            candidate -> candidate.place instanceof Place.InLane it && it.seq <= lastSeq,
            false,
            Deadline.ofCall(ticker));
    return cancelFrom(task, endpointId, key, Place.InLane.FIRST);
  }

  private Counted cancelFrom(Task task, UUID endpointId, @Nullable String lane, Place first) {
    Place place = first;
    long count = 0;
    while (!task.deadline.isOver()) {
      Place from = place;
      Part part =
          queues.change(
              handle -> cancelSome(handle, task, endpointId, lane, from),
              done -> done.cancelled.tell(queues));
      count += task.dryRun ? part.matched : part.cancelled.withdrawn().size();
      if (part.candidates.size() < BATCH) {
        return new Counted(count, true);
      }
      place = part.candidates.getLast().place;
    }
    return new Counted(count, false);
  }

  private Part cancelSome(
      Handle handle, Task task, UUID endpointId, @Nullable String lane, Place from) {
    Matches.planByKeys(handle);
    List<Candidate> candidates =
        switch (from) {
          case Place.Unordered unordered -> unordered(handle, task, endpointId, unordered);
          case Place.InLane inLane -> inLanes(handle, task, endpointId, lane, inLane);
        };
    List<UUID> matching =
        candidates.stream().filter(task.wanted).map(Candidate::deliveryId).toList();
    Cancelled cancelled =
        task.dryRun
            ? Cancelled.NOTHING
            : Cancelling.cancel(handle, task.projectId, matching, queues.now());
    return new Part(candidates, matching.size(), cancelled);
  }

  private static List<Candidate> unordered(
      Handle handle, Task task, UUID endpointId, Place.Unordered from) {
    return handle
        .createQuery(UNORDERED)
        .setQueryTimeout(TIMEOUT_SECONDS)
        .bind("project", task.projectId)
        .bind("endpoint", endpointId)
        .bind("afterDue", from.due)
        .bind("afterId", from.id)
        .bind("limit", BATCH)
        .map((row, context) -> {
          UUID id = row.getObject("delivery_id", UUID.class);
          return new Candidate(
              id, new Place.Unordered(row.getString("due_at"), id), EventFacts.read(row));
        })
        .list();
  }

  private static List<Candidate> inLanes(
      Handle handle, Task task, UUID endpointId, @Nullable String lane, Place.InLane from) {
    return handle
        .createQuery(IN_LANES)
        .setQueryTimeout(TIMEOUT_SECONDS)
        .bind("project", task.projectId)
        .bind("endpoint", endpointId)
        .bind("lane", lane)
        .bind("afterKey", lane == null ? from.key : lane)
        .bind("afterSeq", from.seq)
        .bind("limit", BATCH)
        .map((row, context) ->
            new Candidate(
                row.getObject("delivery_id", UUID.class),
                new Place.InLane(row.getString("ordering_key"), row.getLong("lane_seq")),
                EventFacts.read(row)))
        .list();
  }
}
