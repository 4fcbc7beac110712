package dev.boathook.accept;

import dev.boathook.accept.AcceptStatement.DedupeKey;
import dev.boathook.accept.AcceptStatement.Original;
import dev.boathook.accept.AcceptStatement.Routed;
import dev.boathook.deliver.Dispatcher;
import dev.boathook.deliver.Waiting;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.event.Event;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.store.Database;
import dev.boathook.store.Outage;
import dev.boathook.store.Partitions;
import dev.boathook.world.World;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one door. Offers wait in a bounded queue; one writer takes what is there, routes it, and
 * commits it in one statement; then every offer gets its answer. Nothing is answered as accepted
 * before PostgreSQL has flushed it.
 */
public final class Acceptor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
  private static final String CHECK_VIOLATION = "23514";
  private static final String DATA_EXCEPTION_CLASS = "22";
  private static final int MAX_ROUTINGS = 10;
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final World world;
  private final Database database;
  private final Partitions partitions;
  private final Directory directory;
  private final Dispatcher dispatcher;
  private final Limits limits;
  private final BlockingQueue<Pending> queue;
  private final AtomicLong queuedBytes = new AtomicLong();
  private final Thread writer;
  private volatile boolean closing;

  /**
   * The bounds.
   *
   * @param maxQueued offers that may wait
   * @param maxQueuedBytes bytes of bodies that may wait
   * @param maxBatch offers in one commit
   * @param maxBatchBytes bytes of bodies after which a batch is full
   * @param maxWaitMillis how long an offer waits for its answer
   */
  public record Limits(
      int maxQueued, long maxQueuedBytes, int maxBatch, long maxBatchBytes, long maxWaitMillis) {
    /**
     * For a small machine: 4,096 offers or 64 MiB waiting; 256 offers or 4 MiB a commit. And 5 s:
     * most providers have given up by then and send it again.
     */
    public static final Limits DEFAULT = new Limits(4_096, 64L << 20, 256, 4L << 20, 5_000);
  }

  /** Starts the writer. */
  public Acceptor(
      World world,
      Database database,
      Partitions partitions,
      Directory directory,
      Dispatcher dispatcher,
      Limits limits) {
    this.world = world;
    this.database = database;
    this.partitions = partitions;
    this.directory = directory;
    this.dispatcher = dispatcher;
    this.limits = limits;
    this.queue = new ArrayBlockingQueue<>(limits.maxQueued);
    this.writer = Thread.ofPlatform().name("boathook-acceptor").start(this::run);
  }

  /**
   * Offers an event and waits for what becomes of it. When the database has not answered in time
   * nobody knows: it may still be accepted if its commit was under way, else it is dropped.
   */
  public Acceptance accept(Offer offer) throws InterruptedException {
    Pending pending = new Pending(offer, new CompletableFuture<>());
    if (closing) {
      return new Acceptance.Unavailable(Acceptance.Unavailable.Reason.STOPPING);
    }
    long bytes = offer.body().length;
    if (queuedBytes.addAndGet(bytes) > limits.maxQueuedBytes || !queue.offer(pending)) {
      queuedBytes.addAndGet(-bytes);
      return new Acceptance.Unavailable(Acceptance.Unavailable.Reason.QUEUE_FULL);
    }
    if (closing && queue.remove(pending)) {
      return new Acceptance.Unavailable(Acceptance.Unavailable.Reason.STOPPING);
    }
    try {
      return pending.answer.get(limits.maxWaitMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      pending.unavailable(Acceptance.Unavailable.Reason.DATABASE);
      // The writer may have been faster.
      return pending.answer.join();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a bug stopped the acceptance of an event", e.getCause());
    }
  }

  /** How many offers wait for the writer. */
  public int queued() {
    return queue.size();
  }

  private record Pending(Offer offer, CompletableFuture<Acceptance> answer) {
    void unavailable(Acceptance.Unavailable.Reason reason) {
      answer.complete(new Acceptance.Unavailable(reason));
    }
  }

  private void run() {
    List<Pending> batch = new ArrayList<>(limits.maxBatch);
    while (true) {
      try {
        Pending first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
          if (closing) {
            return;
          }
          continue;
        }
        fill(batch, first);
        process(batch);
      } catch (InterruptedException e) {
        return;
      } finally {
        batch.clear();
      }
    }
  }

  private void fill(List<Pending> batch, Pending first) {
    long bytes = 0;
    Pending next = first;
    while (next != null) {
      bytes += next.offer.body().length;
      // Nobody waits for it any more when its time is over.
      if (!next.answer.isDone()) {
        batch.add(next);
      }
      next = batch.size() < limits.maxBatch && bytes < limits.maxBatchBytes ? queue.poll() : null;
    }
    queuedBytes.addAndGet(-bytes);
  }

  private void process(List<Pending> batch) {
    Map<UUID, List<Pending>> byProject = new LinkedHashMap<>();
    for (Pending pending : batch) {
      byProject.computeIfAbsent(pending.offer.projectId(), id -> new ArrayList<>()).add(pending);
    }
    byProject.forEach((projectId, offers) -> {
      try {
        processProject(projectId, offers);
      } catch (RuntimeException | Error e) {
        if (Outage.caused(e)) {
          LOG.warn("{} events were not accepted: {}", offers.size(), e.getMessage());
          offers.forEach(p -> p.unavailable(Acceptance.Unavailable.Reason.DATABASE));
          return;
        }
        LOG.error("a bug stopped the acceptance of {} events", offers.size(), e);
        offers.forEach(pending -> pending.answer.completeExceptionally(e));
      }
    });
  }

  /** Offers with the same key in one batch are one: the first is written, the others follow it. */
  private void processProject(UUID projectId, List<Pending> offers) {
    Map<Object, Pending> leaders = new LinkedHashMap<>();
    List<Pending> followers = new ArrayList<>();
    for (Pending pending : offers) {
      String dedupeKey = pending.offer.dedupeKey();
      Object identity =
          dedupeKey == null ? pending : new DedupeKey(pending.offer.origin().id(), dedupeKey);
      if (leaders.putIfAbsent(identity, pending) != null) {
        followers.add(pending);
      }
    }
    write(projectId, List.copyOf(leaders.values()));
    if (!followers.isEmpty()) {
      write(projectId, followers);
    }
  }

  private void write(UUID projectId, List<Pending> offers) {
    for (int routing = 0; routing < MAX_ROUTINGS; routing++) {
      Optional<ProjectView> project = directory.project(projectId);
      if (project.isEmpty()) {
        offers.forEach(p -> p.unavailable(Acceptance.Unavailable.Reason.DATABASE));
        return;
      }
      List<Routed> routed = route(project.get(), offers);
      if (tryWrite(project.get(), offers, routed)) {
        return;
      }
    }
    LOG.warn("the directory changed {} times while {} events waited", MAX_ROUTINGS, offers.size());
    offers.forEach(p -> p.unavailable(Acceptance.Unavailable.Reason.DATABASE));
  }

  private List<Routed> route(ProjectView project, List<Pending> offers) {
    Instant now = world.clock().instant();
    List<Routed> routed = new ArrayList<>(offers.size());
    for (Pending pending : offers) {
      Offer offer = pending.offer;
      Event event =
          new Event(
              offer.projectId(),
              world.ids().next(),
              offer.origin(),
              offer.type(),
              offer.key(),
              offer.externalId(),
              now,
              offer.occurredAt(),
              offer.verified(),
              offer.contentType(),
              offer.headers(),
              offer.body());
      List<Waiting> deliveries = new ArrayList<>();
      for (Endpoint endpoint : project.wanting(event.origin(), event.type())) {
        deliveries.add(
            new Waiting(
                event.projectId(),
                world.ids().next(),
                event.id(),
                endpoint.id(),
                0,
                endpoint.schedule().firstDue(now),
                event.body().length,
                event));
      }
      routed.add(new Routed(offer, event, deliveries));
    }
    // Two nodes that write overlapping keys lock them in the same order.
    routed.sort(
        Comparator.comparing((Routed r) -> r.offer().origin().id())
            .thenComparing(
                r -> r.offer().dedupeKey(), Comparator.nullsFirst(Comparator.naturalOrder())));
    return routed;
  }

  /** Writes and answers; false when the batch must be routed anew. */
  private boolean tryWrite(ProjectView project, List<Pending> offers, List<Routed> routed) {
    List<Waiting> deliveries = routed.stream().flatMap(r -> r.deliveries().stream()).toList();
    dispatcher.reserve(deliveries);
    AcceptStatement.Answer answer;
    try (Connection connection = database.acceptConnection()) {
      answer = AcceptStatement.accept(connection, project.projectId(), project.version(), routed);
    } catch (SQLException e) {
      dispatcher.abandoned(deliveries, false);
      return failed(e, offers);
    } catch (RuntimeException | Error e) {
      dispatcher.abandoned(deliveries, false);
      throw e;
    }
    return switch (answer) {
      case AcceptStatement.Answer.Outdated outdated -> {
        dispatcher.abandoned(deliveries, true);
        directory.refreshAll();
        yield false;
      }
      case AcceptStatement.Answer.Committed committed -> {
        settle(project.projectId(), offers, routed, committed);
        yield true;
      }
    };
  }

  private boolean failed(SQLException e, List<Pending> offers) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.equals(CHECK_VIOLATION)) {
      // No partition for this day: the clock has jumped, or nobody made them for a week.
      LOG.warn("partitions are missing and are made now: {}", e.getMessage());
      try {
        partitions.addAround(world.clock().instant());
        return false;
      } catch (RuntimeException ddl) {
        LOG.error("partitions cannot be made", ddl);
      }
    } else if (state.startsWith(DATA_EXCEPTION_CLASS)) {
      if (offers.size() == 1) {
        LOG.error("an event cannot be stored", e);
        offers
            .getFirst()
            .answer
            .complete(new Acceptance.Unacceptable(String.valueOf(e.getMessage())));
      } else {
        // One event's data is refused: it must not take the others with it.
        offers.forEach(pending -> write(pending.offer.projectId(), List.of(pending)));
      }
      return true;
    }
    LOG.warn("{} events were not accepted: {}", offers.size(), e.getMessage());
    offers.forEach(p -> p.unavailable(Acceptance.Unavailable.Reason.DATABASE));
    return true;
  }

  private void settle(
      UUID projectId,
      List<Pending> offers,
      List<Routed> routed,
      AcceptStatement.Answer.Committed committed) {
    List<Waiting> fresh = new ArrayList<>();
    List<Waiting> known = new ArrayList<>();
    IdentityHashMap<Offer, UUID> freshIds = new IdentityHashMap<>();
    for (Routed r : routed) {
      if (committed.fresh().contains(r.event().id())) {
        fresh.addAll(r.deliveries());
        freshIds.put(r.offer(), r.event().id());
      } else {
        known.addAll(r.deliveries());
      }
    }
    dispatcher.abandoned(known, true);
    dispatcher.committed(fresh);
    List<Pending> duplicates = new ArrayList<>();
    for (Pending pending : offers) {
      UUID id = freshIds.get(pending.offer);
      if (id == null) {
        duplicates.add(pending);
      } else {
        pending.answer.complete(new Acceptance.Accepted(id));
      }
    }
    if (!duplicates.isEmpty()) {
      answerDuplicates(projectId, duplicates);
    }
  }

  private void answerDuplicates(UUID projectId, List<Pending> duplicates) {
    try (Connection connection = database.hotConnection()) {
      List<DedupeKey> keys = duplicates.stream().map(p -> key(p.offer)).distinct().toList();
      Map<DedupeKey, Original> originals = AcceptStatement.originals(connection, projectId, keys);
      for (Pending pending : duplicates) {
        Original original = originals.get(key(pending.offer));
        if (original == null) {
          // Its window ended between the two statements: offered again, it is a new event.
          pending.unavailable(Acceptance.Unavailable.Reason.DATABASE);
          continue;
        }
        boolean sameBody = MessageDigest.isEqual(original.bodyHash(), pending.offer.bodyHash());
        if (!sameBody) {
          AcceptStatement.keepConflict(
              connection, pending.offer, original.eventId(), world.clock().instant());
        }
        pending.answer.complete(new Acceptance.Duplicate(original.eventId(), sameBody));
      }
    } catch (SQLException e) {
      LOG.warn("{} duplicates could not be answered: {}", duplicates.size(), e.getMessage());
      duplicates.forEach(p -> p.unavailable(Acceptance.Unavailable.Reason.DATABASE));
    }
  }

  private static DedupeKey key(Offer offer) {
    String dedupeKey = offer.dedupeKey();
    if (dedupeKey == null) {
      throw new IllegalStateException("an event without a dedupe key was taken for a duplicate");
    }
    return new DedupeKey(offer.origin().id(), dedupeKey);
  }

  /** Takes no more offers and answers those that wait. */
  @Override
  public void close() {
    closing = true;
    try {
      if (!writer.join(CLOSE_TIMEOUT)) {
        writer.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // An offer that slipped in after the writer's last look.
    for (Pending late = queue.poll(); late != null; late = queue.poll()) {
      late.unavailable(Acceptance.Unavailable.Reason.STOPPING);
    }
  }
}
