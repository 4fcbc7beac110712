package dev.boathook.accept;

import dev.boathook.accept.AcceptStatement.Conflict;
import dev.boathook.accept.AcceptStatement.DedupeKey;
import dev.boathook.accept.AcceptStatement.Original;
import dev.boathook.accept.AcceptStatement.Routed;
import dev.boathook.deliver.Dispatcher;
import dev.boathook.deliver.Replies;
import dev.boathook.deliver.Reply;
import dev.boathook.deliver.ReplyRequest;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.Order;
import dev.boathook.event.Event;
import dev.boathook.id.IdKind;
import dev.boathook.lane.LaneEnd;
import dev.boathook.lane.Place;
import dev.boathook.lane.Waiting;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.sequence.HeldDelivery;
import dev.boathook.sequence.Releases;
import dev.boathook.store.Database;
import dev.boathook.store.Outage;
import dev.boathook.store.Partitions;
import dev.boathook.store.Spacing;
import dev.boathook.world.World;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one door. Offers wait in a bounded queue; one writer takes what is there, routes it, and
 * commits it in one statement; then every offer gets its answer. Nothing is answered as accepted
 * before PostgreSQL has flushed it.
 */
public final class Acceptor implements AutoCloseable {
  /** The most events of one request. */
  public static final int MAX_GROUP_OFFERS = 1_024;

  /** The most bodies kept that came with the key of an event but are not its own. */
  static final int MAX_CONFLICTS_KEPT = 16;

  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
  private static final String CHECK_VIOLATION = "23514";
  private static final String DATA_EXCEPTION_CLASS = "22";
  private static final int MAX_ROUTINGS = 10;

  /** Between the beginnings of batches, after one of several requests. */
  private static final Duration GAP = Duration.ofNanos(1_500_000);

  private static final int SEVERAL = 5;

  /** So many offers do not wait for more. */
  private static final int ENOUGH = 32;

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final World world;
  private final Database database;
  private final Partitions partitions;
  private final Directory directory;
  private final Dispatcher dispatcher;
  private final SequencedAccept sequencedAccept;
  private final Limits limits;
  private final BlockingQueue<Group> queue;
  private final AtomicInteger queuedOffers = new AtomicInteger();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final Spacing spacing;
  private final Deadlines<GroupAcceptance> deadlines;
  private final Thread writer;
  private volatile boolean closing;

  /**
   * The bounds.
   *
   * @param maxQueued offers that may wait
   * @param maxQueuedBytes bytes of bodies that may wait
   * @param maxBatch offers after which a batch is full; a group is never split
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
      Releases releases,
      Limits limits) {
    this.world = world;
    this.database = database;
    this.partitions = partitions;
    this.directory = directory;
    this.dispatcher = dispatcher;
    this.sequencedAccept = new SequencedAccept(world.ids(), releases);
    this.limits = limits;
    this.queue = new ArrayBlockingQueue<>(limits.maxQueued);
    this.spacing = new Spacing(world.ticker(), GAP);
    this.deadlines =
        new Deadlines<>(
            world.ticker(),
            Duration.ofMillis(limits.maxWaitMillis),
            new Acceptance.Unavailable(Acceptance.Unavailable.Reason.DATABASE));
    this.writer = Thread.ofPlatform().name("boathook-acceptor").start(this::run);
  }

  /**
   * Offers an event and waits for what becomes of it. When the database has not answered in time
   * nobody knows: it may still be accepted if its commit was under way, else it is dropped.
   */
  public Acceptance accept(Offer offer) throws InterruptedException {
    return only(accept(new Group(List.of(offer), null), maxWaitNanos()));
  }

  /**
   * Offers an event, gives an endpoint a delivery of it whether it wants it or not, and waits for
   * what the endpoint answers to the first attempt. That delivery is due at once; beside that it is
   * like any other. The attempt has the endpoint's own time-out and is not cut off at the limit.
   *
   * @return when there is an answer, or as soon as it is known that there will be none; at the
   *     limit at the latest
   */
  public Replied accept(Offer offer, ReplyRequest request) throws InterruptedException {
    try (Replies.Waiter waiter = dispatcher.replies().waiter(request)) {
      Acceptance acceptance =
          only(
              accept(
                  new Group(List.of(offer), waiter), Math.min(maxWaitNanos(), waiter.leftNanos())));
      Reply reply =
          switch (acceptance) {
            case Acceptance.Accepted accepted -> waiter.await();
            case Acceptance.Duplicate duplicate ->
                new Reply.None(Reply.None.Reason.DUPLICATE, "the event was accepted before");
            case Acceptance.Unavailable unavailable ->
                new Reply.None(Reply.None.Reason.NOT_ACCEPTED, unavailable.reason().code());
            case Acceptance.Unacceptable unacceptable ->
                new Reply.None(Reply.None.Reason.NOT_ACCEPTED, unacceptable.detail());
          };
      return new Replied(acceptance, reply);
    }
  }

  private static Acceptance only(GroupAcceptance acceptance) {
    return switch (acceptance) {
      case GroupAcceptance.AllStored stored -> stored.each().getFirst();
      case Acceptance.Unavailable unavailable -> unavailable;
      case Acceptance.Unacceptable unacceptable -> unacceptable;
    };
  }

  /**
   * Offers the events of one request and waits for what becomes of them: all are written in one
   * commit, or none is. The bounds of the queue hold for them together. Of offers with the same
   * dedupe key the first is the event and the others are its duplicates.
   *
   * @param offers 1 to {@value #MAX_GROUP_OFFERS} of one project and origin
   */
  public GroupAcceptance accept(List<Offer> offers) throws InterruptedException {
    if (offers.isEmpty() || offers.size() > MAX_GROUP_OFFERS) {
      throw new IllegalArgumentException("a group has 1 to " + MAX_GROUP_OFFERS + " offers");
    }
    Offer first = offers.getFirst();
    for (Offer offer : offers) {
      if (!offer.projectId().equals(first.projectId()) || !offer.origin().equals(first.origin())) {
        throw new IllegalArgumentException("a group is of one project and origin");
      }
    }
    return accept(new Group(List.copyOf(offers), null), maxWaitNanos());
  }

  private long maxWaitNanos() {
    return TimeUnit.MILLISECONDS.toNanos(limits.maxWaitMillis);
  }

  private GroupAcceptance accept(Group group, long waitNanos) throws InterruptedException {
    if (closing) {
      return new Acceptance.Unavailable(Acceptance.Unavailable.Reason.STOPPING);
    }
    if (!enqueue(group)) {
      return new Acceptance.Unavailable(Acceptance.Unavailable.Reason.QUEUE_FULL);
    }
    if (closing && queue.remove(group)) {
      dequeued(group);
      return new Acceptance.Unavailable(Acceptance.Unavailable.Reason.STOPPING);
    }
    try {
      return waitNanos < maxWaitNanos()
          ? group.answer.get(waitNanos, TimeUnit.NANOSECONDS)
          : deadlines.await(group.answer);
    } catch (TimeoutException e) {
      group.unavailable(Acceptance.Unavailable.Reason.DATABASE);
      // The writer may have been faster.
      return group.answer.join();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a bug stopped the acceptance of an event", e.getCause());
    }
  }

  private boolean enqueue(Group group) {
    int offers = queuedOffers.addAndGet(group.offers.size());
    long bytes = queuedBytes.addAndGet(group.bodyBytes);
    if (offers <= limits.maxQueued && bytes <= limits.maxQueuedBytes && queue.offer(group)) {
      if (offers >= ENOUGH && offers - group.offers.size() < ENOUGH) {
        spacing.hurry();
      }
      return true;
    }
    dequeued(group);
    return false;
  }

  private void dequeued(Group group) {
    queuedOffers.addAndGet(-group.offers.size());
    queuedBytes.addAndGet(-group.bodyBytes);
  }

  /** How many offers wait for the writer. */
  public int queued() {
    return queuedOffers.get();
  }

  /** What one request offers; goes through queue, batch and commit as one. */
  private static final class Group {
    private final List<Offer> offers;
    private final Replies.@Nullable Waiter waiter;
    private final long bodyBytes;
    private final boolean isSequenced;
    private final CompletableFuture<GroupAcceptance> answer = new CompletableFuture<>();

    Group(List<Offer> offers, Replies.@Nullable Waiter waiter) {
      this.offers = offers;
      this.waiter = waiter;
      long bytes = 0;
      boolean sequenced = false;
      for (Offer offer : offers) {
        bytes += offer.body().length;
        sequenced |= offer.sequenced() != null;
      }
      this.bodyBytes = bytes;
      this.isSequenced = sequenced;
    }

    void unavailable(Acceptance.Unavailable.Reason reason) {
      answer.complete(new Acceptance.Unavailable(reason));
    }
  }

  private void run() {
    List<Group> batch = new ArrayList<>(limits.maxBatch);
    boolean areSeveral = false;
    while (true) {
      try {
        Group first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
          if (closing) {
            return;
          }
          continue;
        }
        spacing.begin(areSeveral);
        fill(batch, first);
        areSeveral = batch.size() >= SEVERAL;
        process(batch);
      } catch (InterruptedException e) {
        return;
      } finally {
        batch.clear();
      }
    }
  }

  private void fill(List<Group> batch, Group first) {
    int offers = 0;
    long bytes = 0;
    Group next = first;
    while (next != null) {
      dequeued(next);
      offers += next.offers.size();
      bytes += next.bodyBytes;
      // Nobody waits for it any more when its time is over.
      if (!next.answer.isDone()) {
        batch.add(next);
      }
      next = offers < limits.maxBatch && bytes < limits.maxBatchBytes ? queue.poll() : null;
    }
  }

  private void process(List<Group> batch) {
    Map<Share, List<Group>> shares = new LinkedHashMap<>();
    for (Group group : batch) {
      UUID projectId = group.offers.getFirst().projectId();
      shares
          .computeIfAbsent(new Share(projectId, group.isSequenced), share -> new ArrayList<>())
          .add(group);
    }
    shares.forEach((share, groups) -> {
      try {
        write(share.projectId, groups);
      } catch (RuntimeException | Error e) {
        if (Outage.caused(e)) {
          notAccepted(groups, e);
          return;
        }
        LOG.error("a bug stopped the acceptance of {} events", count(groups), e);
        groups.forEach(group -> group.answer.completeExceptionally(e));
      }
    });
  }

  /** What of a batch goes into one commit. */
  private record Share(UUID projectId, boolean isSequenced) {}

  private void write(UUID projectId, List<Group> groups) {
    for (int routing = 0; routing < MAX_ROUTINGS; routing++) {
      Optional<ProjectView> project = directory.project(projectId);
      if (project.isEmpty()) {
        groups.forEach(group -> group.unavailable(Acceptance.Unavailable.Reason.DATABASE));
        return;
      }
      if (tryWrite(project.get(), groups, route(project.get(), groups))) {
        return;
      }
    }
    LOG.warn("the directory changed {} times while {} events waited", MAX_ROUTINGS, count(groups));
    groups.forEach(group -> group.unavailable(Acceptance.Unavailable.Reason.DATABASE));
  }

  private static int count(List<Group> groups) {
    return groups.stream().mapToInt(group -> group.offers.size()).sum();
  }

  private static void notAccepted(List<Group> groups, Throwable failure) {
    LOG.warn("{} events were not accepted: {}", count(groups), failure.getMessage());
    groups.forEach(group -> group.unavailable(Acceptance.Unavailable.Reason.DATABASE));
  }

  /**
   * One for every offer of the groups, in their order. Offers with the same key in one batch are
   * one event: the first is to be written, for the others there is null.
   */
  private List<@Nullable Routed> route(ProjectView project, List<Group> groups) {
    Instant now = world.clock().instant();
    Set<DedupeKey> keys = new HashSet<>();
    List<@Nullable Routed> routed = new ArrayList<>();
    for (Group group : groups) {
      for (Offer offer : group.offers) {
        boolean isFirst = offer.dedupeKey() == null || keys.add(key(offer));
        routed.add(isFirst ? route(project, group, offer, now) : null);
      }
    }
    return routed;
  }

  private Routed route(ProjectView project, Group group, Offer offer, Instant now) {
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
            false,
            offer.contentType(),
            offer.headers(),
            offer.body());
    UUID asked = group.waiter == null ? null : group.waiter.endpointId();
    List<Waiting> deliveries = new ArrayList<>();
    List<HeldDelivery> held = new ArrayList<>();
    Instant made = dispatcher.clock().instant();
    for (Endpoint endpoint : project.receiving(event.origin(), event.type(), asked)) {
      // Who waits for the answer is not made to wait for others.
      boolean isAsked = endpoint.id().equals(asked);
      if (group.isSequenced && !isAsked) {
        held.add(new HeldDelivery(dispatcher.ids().next(), endpoint.id()));
        continue;
      }
      deliveries.add(
          new Waiting(
              event.projectId(),
              dispatcher.ids().next(),
              event.id(),
              endpoint.id(),
              event.type(),
              !isAsked && endpoint.policy().order().hasLaneFor(event.key())
                  ? Place.in(event.key())
                  : null,
              0,
              isAsked ? made : endpoint.policy().retries(event.type()).firstDue(made),
              event.body().length,
              event));
    }
    return new Routed(offer, event, deliveries, held, group.waiter);
  }

  /** Writes and answers; false when the batch must be routed anew. */
  private boolean tryWrite(ProjectView project, List<Group> groups, List<@Nullable Routed> routed) {
    List<Routed> rows = new ArrayList<>(routed.size());
    List<Waiting> deliveries = new ArrayList<>();
    for (Routed r : routed) {
      if (r != null) {
        rows.add(r);
        deliveries.addAll(r.deliveries());
      }
    }
    // Two nodes that write overlapping keys lock them in the same order.
    rows.sort(
        Comparator.comparing((Routed r) -> r.offer().origin().id())
            .thenComparing(
                r -> r.offer().dedupeKey(), Comparator.nullsFirst(Comparator.naturalOrder())));
    dispatcher.reserve(deliveries);
    AcceptStatement.Answer answer;
    try (Connection connection = database.acceptConnection()) {
      answer =
          groups.getFirst().isSequenced
              ? sequencedAccept.accept(
                  connection, project, rows, routed, dispatcher.clock().instant())
              : AcceptStatement.accept(
                  connection,
                  project.projectId(),
                  project.version(),
                  rows,
                  newestOnly(project, deliveries));
    } catch (SQLException e) {
      dispatcher.abandoned(deliveries, false);
      return failed(e, project.projectId(), groups);
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
        settle(project, groups, routed, committed);
        yield true;
      }
    };
  }

  /** The endpoints that are to get only the newest of what waits in a lane. */
  private static Set<UUID> newestOnly(ProjectView project, List<Waiting> deliveries) {
    Set<UUID> newestOnly = new HashSet<>();
    for (Waiting delivery : deliveries) {
      Endpoint endpoint =
          delivery.place() == null ? null : project.endpoints().get(delivery.endpointId());
      if (endpoint != null && endpoint.policy().order() == Order.LATEST) {
        newestOnly.add(endpoint.id());
      }
    }
    return newestOnly;
  }

  private boolean failed(SQLException e, UUID projectId, List<Group> groups) {
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
    } else if (Outage.isDeadlock(e)) {
      LOG.warn("accepting is tried again: {}", e.getMessage());
      return false;
    } else if (state.startsWith(DATA_EXCEPTION_CLASS)) {
      if (groups.size() == 1) {
        LOG.error("an event cannot be stored", e);
        groups
            .getFirst()
            .answer
            .complete(new Acceptance.Unacceptable(String.valueOf(e.getMessage())));
      } else {
        // One event's data is refused: it must not take other requests' events with it.
        groups.forEach(group -> write(projectId, List.of(group)));
      }
      return true;
    }
    notAccepted(groups, e);
    return true;
  }

  private void settle(
      ProjectView project,
      List<Group> groups,
      List<@Nullable Routed> routed,
      AcceptStatement.Answer.Committed committed) {
    Set<UUID> freshIds = committed.fresh();
    List<Waiting> fresh = new ArrayList<>();
    List<Waiting> known = new ArrayList<>();
    for (Routed r : routed) {
      if (r != null && freshIds.contains(r.event().id())) {
        fresh.addAll(r.deliveries());
        expectReply(project, r);
      } else if (r != null) {
        known.addAll(r.deliveries());
      }
    }
    dispatcher.abandoned(known, true);
    dispatcher.committed(LaneEnd.placed(fresh, committed.lanes()));
    List<Settled> repeating = new ArrayList<>();
    Iterator<@Nullable Routed> next = routed.iterator();
    for (Group group : groups) {
      Settled settled = new Settled(group, new ArrayList<>());
      for (int i = 0; i < group.offers.size(); i++) {
        Routed r = next.next();
        boolean isFresh = r != null && freshIds.contains(r.event().id());
        settled.freshIds.add(isFresh ? r.event().id() : null);
      }
      if (settled.freshIds.contains(null)) {
        repeating.add(settled);
      } else {
        settled.answer(Map.of());
      }
    }
    if (!repeating.isEmpty()) {
      answerRepeating(project.projectId(), repeating);
    }
  }

  /** Before the dispatcher may begin: the attempt must not end before its waiter is known. */
  private static void expectReply(ProjectView project, Routed routed) {
    Replies.Waiter waiter = routed.waiter();
    if (waiter == null) {
      return;
    }
    Endpoint endpoint = project.endpoints().get(waiter.endpointId());
    if (endpoint == null || endpoint.status() != Endpoint.Status.ACTIVE) {
      waiter.none(
          Reply.None.Reason.NOT_ASKED,
          endpoint == null ? "there is no such endpoint" : "the endpoint is not active");
      return;
    }
    for (Waiting delivery : routed.deliveries()) {
      if (delivery.endpointId().equals(endpoint.id())) {
        waiter.expect(delivery.deliveryId());
      }
    }
  }

  private void answerRepeating(UUID projectId, List<Settled> repeating) {
    List<Offer> duplicates = repeating.stream().flatMap(s -> s.duplicates().stream()).toList();
    try (Connection connection = database.hotConnection()) {
      List<DedupeKey> keys = duplicates.stream().map(Acceptor::key).distinct().toList();
      Map<DedupeKey, Original> originals = AcceptStatement.originals(connection, projectId, keys);
      keepConflicts(connection, projectId, duplicates, originals);
      repeating.forEach(settled -> settled.answer(originals));
    } catch (SQLException e) {
      LOG.warn("{} duplicates could not be answered: {}", duplicates.size(), e.getMessage());
      repeating.forEach(s -> s.group.unavailable(Acceptance.Unavailable.Reason.DATABASE));
    }
  }

  private void keepConflicts(
      Connection connection,
      UUID projectId,
      List<Offer> duplicates,
      Map<DedupeKey, Original> originals)
      throws SQLException {
    Map<Seen, Conflict> conflicts = new LinkedHashMap<>();
    for (Offer offer : duplicates) {
      Original original = originals.get(key(offer));
      if (original != null && !hasSameBody(offer, original)) {
        conflicts.putIfAbsent(
            new Seen(original.eventId(), ByteBuffer.wrap(offer.bodyHash())),
            new Conflict(offer, original.eventId()));
      }
    }
    if (conflicts.isEmpty()) {
      return;
    }
    List<UUID> full =
        AcceptStatement.keepConflicts(
            connection,
            projectId,
            List.copyOf(conflicts.values()),
            MAX_CONFLICTS_KEPT,
            world.clock().instant());
    if (!full.isEmpty()) {
      LOG.warn(
          "{} other bodies are kept of each of {} events whose ids were used again, as of {}; of"
              + " further ones none is",
          MAX_CONFLICTS_KEPT,
          full.size(),
          IdKind.EVENT.format(full.getFirst()));
    }
  }

  /** A body that came with the key of an event. */
  private record Seen(UUID eventId, ByteBuffer bodyHash) {}

  /**
   * A group whose batch is committed.
   *
   * @param freshIds the new event of each offer; null for a duplicate
   */
  private record Settled(Group group, List<@Nullable UUID> freshIds) {
    List<Offer> duplicates() {
      return IntStream.range(0, freshIds.size())
          .filter(i -> freshIds.get(i) == null)
          .mapToObj(group.offers::get)
          .toList();
    }

    /** Answers all, with the events that the duplicates repeat. */
    void answer(Map<DedupeKey, Original> originals) {
      List<Acceptance.Stored> each = new ArrayList<>(freshIds.size());
      for (int i = 0; i < freshIds.size(); i++) {
        UUID freshId = freshIds.get(i);
        Offer offer = group.offers.get(i);
        Original original = freshId == null ? originals.get(key(offer)) : null;
        if (freshId != null) {
          each.add(new Acceptance.Accepted(freshId));
        } else if (original != null) {
          each.add(new Acceptance.Duplicate(original.eventId(), hasSameBody(offer, original)));
        } else {
          // Its window ended between the two statements: offered again, it is a new event.
          group.unavailable(Acceptance.Unavailable.Reason.DATABASE);
          return;
        }
      }
      group.answer.complete(new GroupAcceptance.AllStored(each));
    }
  }

  private static boolean hasSameBody(Offer offer, Original original) {
    return MessageDigest.isEqual(original.bodyHash(), offer.bodyHash());
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
    for (Group late = queue.poll(); late != null; late = queue.poll()) {
      late.unavailable(Acceptance.Unavailable.Reason.STOPPING);
    }
    deadlines.close();
  }
}
