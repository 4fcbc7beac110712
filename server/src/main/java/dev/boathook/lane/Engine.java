package dev.boathook.lane;

import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.outbound.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The core of delivering: decides what is sent next, to whom, and what becomes of it. It has no
 * thread, clock, chance or input of its own: everything comes as an argument, and what is to be
 * done comes back as effects of {@link #advance}. Not safe for use by several threads at once.
 *
 * <p>The store holds every waiting delivery; the engine holds the few of each endpoint that are due
 * now or soon, and for the rest the time of the earliest. It delivers for the endpoints of the
 * shards that it owns, and writes outcomes under the epoch by which it owns them.
 *
 * <p>Endpoints with work take turns, groups of them by weight: see {@link Turns}. One that fails or
 * is new cannot take the places of those that have proven themselves, and nobody takes all that is
 * free: see {@link Shares}.
 */
public final class Engine {
  private static final Duration SURVEY_GAP = Duration.ofMillis(100);
  private static final Duration FIRST_SURVEY_WAIT = Duration.ofSeconds(1);
  private static final int UNPROVEN = 1;
  private static final int LARGE = 2;
  private static final int KINDS = 4;
  private static final Duration SAY_AGAIN = Duration.ofMinutes(1);

  private final EngineLimits limits;
  private final Memory memory;
  private final Map<UUID, EndpointQueue> queues = new HashMap<>();
  private final List<Map<UUID, EndpointQueue>> byShard = new ArrayList<>(Shards.COUNT);
  private final Map<UUID, Group> groups = new HashMap<>();
  private final Shares shares;

  /** Those that take turns, by what bounds their number: see {@link #kind}. */
  private final List<Turns> rows = new ArrayList<>();

  private int lastRow;
  private final TreeSet<Wake> wakes =
      new TreeSet<>(Comparator.comparing(Wake::at).thenComparing(Wake::endpointId));
  private final Map<UUID, Wake> wakeOf = new HashMap<>();
  private final long[] epochs = new long[Shards.COUNT];
  private final boolean[] releasing = new boolean[Shards.COUNT];
  private final int[] busyInShard = new int[Shards.COUNT];
  private final ArrayDeque<EndpointQueue> loadTurns = new ArrayDeque<>();
  private final List<Effect> pending = new ArrayList<>();

  /** What others are to be told: of each queue the earliest. */
  private final Map<Expected, Instant> expected = new LinkedHashMap<>();

  private @Nullable Instant surveyAt;
  private Instant noSurveyBefore = Instant.MIN;
  private Duration surveyWait = FIRST_SURVEY_WAIT;
  private boolean surveying;
  private int loads;
  private boolean suspended;

  /** An engine that knows no endpoint and owns no shard. */
  public Engine(EngineLimits limits) {
    this.limits = limits;
    this.memory = new Memory(limits);
    this.shares = new Shares(limits);
    for (int kind = 0; kind < KINDS; kind++) {
      rows.add(new Turns(shares, isProven(kind)));
    }
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      byShard.add(new LinkedHashMap<>());
    }
  }

  /**
   * What a survey found of an endpoint.
   *
   * @param dueAt when the earliest that is in no lane is due; null when none waits
   * @param lanesDueAt when the earliest lane is due; null when none has work
   * @param failingSince since when it has done nothing but fail; null when that is not so
   */
  public record Found(
      UUID endpointId,
      @Nullable Instant dueAt,
      @Nullable Instant lanesDueAt,
      @Nullable Instant failingSince) {}

  /** The shard is ours, under this epoch. */
  public void own(int shard, long epoch, Instant now) {
    epochs[shard] = epoch;
    releasing[shard] = false;
    busyInShard[shard] = 0;
    for (EndpointQueue queue : byShard.get(shard).values()) {
      reset(queue);
      queue.epoch = epoch;
      reschedule(queue, now);
    }
    lookAgain(now);
  }

  /** Nothing more is begun in the shard; when nothing of it is busy, it is {@code Released}. */
  public void release(int shard, Instant now) {
    if (epochs[shard] == 0 || releasing[shard]) {
      return;
    }
    releasing[shard] = true;
    for (EndpointQueue queue : byShard.get(shard).values()) {
      queue.letGo(now);
      reschedule(queue, now);
    }
    releaseIfDone(shard);
  }

  /** The shard is not ours any more: another may hold it already. */
  public void lose(int shard, Instant now) {
    if (epochs[shard] == 0) {
      return;
    }
    pending.add(new Effect.LookAgain(shard, epochs[shard]));
    disown(shard, now);
  }

  private void disown(int shard, Instant now) {
    epochs[shard] = 0;
    releasing[shard] = false;
    busyInShard[shard] = 0;
    for (EndpointQueue queue : List.copyOf(byShard.get(shard).values())) {
      reset(queue);
      reschedule(queue, now);
      dropIfDone(queue);
    }
  }

  /** What is out for it goes on, but counts for all only. */
  private void reset(EndpointQueue queue) {
    boolean wasLeftAlone = queue.health.isLeftAlone();
    boolean wasThrottled = queue.throttledBy() != null;
    queue.reset();
    changed(queue.group);
    if (wasLeftAlone) {
      sayCircuit(queue);
    }
    if (wasThrottled) {
      sayThrottled(queue);
    }
  }

  private void sayThrottled(EndpointQueue queue) {
    pending.add(
        new Effect.Throttled(queue.terms.projectId(), queue.endpointId(), queue.throttledBy()));
  }

  private void sayCircuit(EndpointQueue queue) {
    pending.add(
        new Effect.Circuit(
            queue.terms.projectId(), queue.endpointId(), queue.health.isLeftAlone()));
  }

  private void releaseIfDone(int shard) {
    if (!releasing[shard] || busyInShard[shard] > 0) {
      return;
    }
    // Whoever has the shard next goes by the notes, and one may have failed for want of the store.
    Collection<EndpointQueue> all = byShard.get(shard).values();
    all.forEach(this::note);
    if (all.stream().noneMatch(queue -> queue.noting)) {
      pending.add(new Effect.Released(shard, epochs[shard]));
    }
  }

  /** The shard was released and is nobody's. */
  public void released(int shard, long epoch, Instant now) {
    if (epochs[shard] == epoch) {
      disown(shard, now);
    }
  }

  /** Under which epoch the shard is owned; 0 when it is not, or is being released. */
  public long epochOf(int shard) {
    return releasing[shard] ? 0 : epochs[shard];
  }

  /** Begins nothing while it cannot be known whether the shards are ours still. */
  public void suspend(boolean suspend) {
    suspended = suspend;
  }

  /** The endpoint is new, or its terms are. */
  public void configure(Terms terms, Instant now) {
    EndpointQueue queue = queues.get(terms.endpointId());
    boolean isNew = queue == null;
    if (queue == null) {
      Group group = groups.computeIfAbsent(terms.groupId(), Group::new);
      group.endpoints++;
      queue = new EndpointQueue(terms, group, memory, shares);
      queue.epoch = epochs[Shards.of(terms.endpointId())];
      queues.put(terms.endpointId(), queue);
      byShard.get(Shards.of(terms.endpointId())).put(terms.endpointId(), queue);
    }
    boolean wasOpen = queue.terms.open();
    boolean wasLeftAlone = queue.health.isLeftAlone();
    queue.configure(terms, now);
    queue.group.weight = terms.weight();
    changed(queue.group);
    if (isNew && queue.epoch != 0) {
      // Something may have been told of it, or found, before this node had heard of it.
      queue.lookAt(false, now);
      queue.lookAt(true, now);
      queue.surveyed = true;
    }
    if (!wasOpen && terms.open()) {
      queue.health.startAnew();
      queue.disableAgainAt = null;
      note(queue);
    }
    if (wasLeftAlone && !queue.health.isLeftAlone()) {
      sayCircuit(queue);
    }
    reschedule(queue, now);
  }

  /** The endpoint was deleted: nothing more is begun for it. */
  public void forget(UUID endpointId, Instant now) {
    EndpointQueue queue = queues.get(endpointId);
    if (queue == null) {
      return;
    }
    queue.configure(queue.terms.closed(), now);
    queue.deleted = true;
    reschedule(queue, now);
    dropIfDone(queue);
  }

  /**
   * The store has a delivery for the endpoint, due at this time, that the engine may not know.
   *
   * @param lanes whether it is in a lane
   */
  public void expect(UUID endpointId, boolean lanes, Instant due, Instant now) {
    if (!take(endpointId, lanes, due, now)) {
      expected.merge(new Expected(endpointId, lanes), due, EndpointQueue::earlier);
    }
  }

  private record Expected(UUID endpointId, boolean lanes) {}

  /** Another node says {@link #expect}: whoever holds the shard takes it up. */
  public void told(UUID endpointId, boolean lanes, Instant due, Instant now) {
    var _ = take(endpointId, lanes, due, now);
  }

  /** False when the shard is not ours. */
  private boolean take(UUID endpointId, boolean lanes, Instant due, Instant now) {
    if (epochOf(Shards.of(endpointId)) == 0) {
      return false;
    }
    EndpointQueue queue = queues.get(endpointId);
    if (queue == null) {
      // This node has not heard of the endpoint yet; by the next survey it has.
      surveyAt = EndpointQueue.earlier(surveyAt, now.plus(limits.storeRetry()));
    } else {
      queue.spill(lanes, due);
      reschedule(queue, now);
    }
    return true;
  }

  private boolean isOurs(EndpointQueue queue) {
    return epochOf(Shards.of(queue.endpointId())) != 0;
  }

  /**
   * Look through all again: something may have been missed. At once, unless it was only just done,
   * since it reads of all endpoints; and then again, at first soon and then less often: a node may
   * have died whose last commit the store has still to finish.
   */
  public void lookAgain(Instant now) {
    surveyAt = now.isBefore(noSurveyBefore) ? noSurveyBefore : now;
    surveyWait = FIRST_SURVEY_WAIT;
  }

  private void surveyAgain(Instant now) {
    noSurveyBefore = now.plus(SURVEY_GAP);
    surveyAt = now.plus(surveyWait);
    Duration next = surveyWait.multipliedBy(2);
    surveyWait = next.compareTo(limits.surveyInterval()) < 0 ? next : limits.surveyInterval();
  }

  /** Something may have been missed: what is held is read again, and all is looked through. */
  public void missed(Instant now) {
    for (EndpointQueue queue : queues.values()) {
      if (isOurs(queue)) {
        queue.letGo(now);
        reschedule(queue, now);
      }
    }
    lookAgain(now);
  }

  /** These are about to be committed. */
  public void reserve(List<Waiting> deliveries) {
    for (Waiting delivery : deliveries) {
      EndpointQueue queue = queues.get(delivery.endpointId());
      if (queue != null && isOurs(queue)) {
        queue.reserve(delivery.deliveryId());
      }
    }
  }

  /**
   * A reserved delivery that is committed.
   *
   * @param delivery the delivery, at its place
   * @param first whether everything before it in its lane had come to its end by then, and the lane
   *     does not halt
   */
  public record Committed(Waiting delivery, boolean first) {}

  /** These, reserved before, are committed. */
  public void committed(List<Committed> deliveries, Instant now) {
    for (Committed committed : deliveries) {
      Waiting delivery = committed.delivery();
      EndpointQueue queue = reserving(delivery);
      if (queue != null && queue.committed(delivery, committed.first(), now)) {
        reschedule(queue, now);
        dropIfDone(queue);
      } else {
        expect(delivery.endpointId(), delivery.place() != null, delivery.dueAt(), now);
      }
    }
  }

  /** The queue in which it was reserved; null when whoever has the shard next must be told. */
  private @Nullable EndpointQueue reserving(Waiting delivery) {
    EndpointQueue queue = queues.get(delivery.endpointId());
    if (queue == null || isOurs(queue)) {
      return queue;
    }
    queue.disown(delivery.deliveryId());
    return null;
  }

  /** These, reserved before, were not committed, or nobody knows. */
  public void abandoned(List<Waiting> deliveries, boolean certain, Instant now) {
    for (Waiting delivery : deliveries) {
      EndpointQueue queue = reserving(delivery);
      if (queue != null && queue.abandoned(delivery, certain)) {
        reschedule(queue, now);
        dropIfDone(queue);
      } else if (!certain) {
        expect(delivery.endpointId(), delivery.place() != null, delivery.dueAt(), now);
      }
    }
    if (!certain) {
      // The store may still be at it.
      lookAgain(now);
    }
  }

  /**
   * The answer to a {@link Effect.Load} of what is in no lane.
   *
   * @param rows the endpoint's waiting deliveries, the earliest due first
   * @param nextDue when the next one is due that was not read; null when there is none
   */
  public void loaded(Effect.Load load, List<Waiting> rows, @Nullable Instant nextDue, Instant now) {
    EndpointQueue queue = loadEnded(load);
    if (queue != null) {
      queue.loaded(rows, nextDue, now);
      endLoad(queue, now);
    }
  }

  /** The same of lanes. */
  public void loadedLanes(
      Effect.Load load, List<LoadedLane> rows, @Nullable Instant nextDue, Instant now) {
    EndpointQueue queue = loadEnded(load);
    if (queue != null) {
      queue.loadedLanes(rows, nextDue, now);
      endLoad(queue, now);
    }
  }

  /** The load failed; it is tried again a little later. */
  public void loadFailed(Effect.Load load, Instant now) {
    EndpointQueue queue = loadEnded(load);
    if (queue != null) {
      queue.unread(load.lanes(), now.plus(limits.storeRetry()));
      endLoad(queue, now);
    }
  }

  private @Nullable EndpointQueue loadEnded(Effect.Load load) {
    loads--;
    EndpointQueue queue = queues.get(load.terms().endpointId());
    return queue != null && queue.epoch == load.epoch() && queue.loading ? queue : null;
  }

  private void endLoad(EndpointQueue queue, Instant now) {
    queue.loadEnded();
    sayIfCaughtUp(queue, now);
    reschedule(queue, now);
    dropIfDone(queue);
  }

  /** The answer to a {@link Effect.Survey}: everything that waits for anybody. */
  public void surveyed(List<Found> all, Instant now) {
    surveying = false;
    for (EndpointQueue queue : queues.values()) {
      queue.surveyed |= queue.epoch != 0 && queue.epoch == queue.surveyAsked;
    }
    for (Found found : all) {
      EndpointQueue queue = queues.get(found.endpointId());
      if (queue == null || !isOurs(queue)) {
        continue;
      }
      if (found.dueAt() != null) {
        queue.spill(false, found.dueAt());
      }
      if (found.lanesDueAt() != null) {
        queue.spill(true, found.lanesDueAt());
      }
      if (queue.notedFailingSince == null && !queue.noting && found.failingSince() != null) {
        queue.notedFailingSince = found.failingSince();
        queue.health.wasFailingSince(found.failingSince());
        note(queue);
      }
      reschedule(queue, now);
    }
    queues.values().forEach(queue -> sayIfCaughtUp(queue, now));
  }

  /** The survey failed; it is tried again a little later. */
  public void surveyFailed(Instant now) {
    surveying = false;
    surveyAt = now.plus(limits.storeRetry());
  }

  /**
   * An attempt has ended; says what becomes of the delivery, which stays busy until {@link
   * #recorded}.
   *
   * @param changedAt of the endpoint as it was when it was asked
   * @param chance from 0 to 1, for jitter
   */
  public Resolution attempted(
      Effect.Send send, Instant changedAt, Outcome outcome, double chance, Instant now) {
    Waiting delivery = send.delivery();
    EndpointQueue queue = queues.get(delivery.endpointId());
    DeliveryPolicy policy = queue == null ? DeliveryPolicy.DEFAULT : queue.terms.policy();
    DisableCause disables = null;
    if (queue != null && queue.epoch == send.epoch()) {
      queue.out--;
      noteHealth(queue, outcome, now);
      if (outcome instanceof Outcome.Gone && changedAt.equals(queue.terms.changedAt())) {
        queue.gone(now);
      }
      reschedule(queue, now);
      disables = whyDisable(queue, now);
    }
    int attempts = delivery.attempts() + 1;
    Instant again = again(delivery, attempts, policy, outcome, chance, now);
    DeliveryState state =
        outcome instanceof Outcome.Delivered
            ? DeliveryState.DELIVERED
            : again == null ? DeliveryState.DEAD : DeliveryState.WAITING;
    boolean inLane = delivery.place() != null && state.isFinal();
    return new Resolution(
        delivery,
        send.epoch(),
        attempts,
        state,
        again == null ? now : again,
        again == null ? now : null,
        inLane && state == DeliveryState.DEAD && policy.order() == Order.BLOCK,
        send.supersedes(),
        disables);
  }

  /** When the next try is due; null when there is none. */
  private static @Nullable Instant again(
      Waiting delivery,
      int attempts,
      DeliveryPolicy policy,
      Outcome outcome,
      double chance,
      Instant now) {
    Duration retryAfter =
        switch (outcome) {
          case Outcome.Refused refused -> refused.retryAfter();
          case Outcome.Delivered d -> null;
          case Outcome.Gone g -> null;
          case Outcome.TimedOut t -> null;
          case Outcome.Unreachable u -> null;
          case Outcome.Blocked b -> null;
          case Outcome.Internal i -> null;
        };
    boolean ends =
        switch (outcome) {
          case Outcome.Delivered d -> true;
          case Outcome.Gone g -> true;
          case Outcome.Refused refused -> policy.isFinal(refused.status());
          case Outcome.TimedOut t -> false;
          case Outcome.Unreachable u -> false;
          case Outcome.Blocked b -> false;
          case Outcome.Internal i -> false;
        };
    return ends
        ? null
        : policy
            .retries(delivery.type())
            .nextDue(attempts, delivery.madeAt(), now, retryAfter, chance);
  }

  private void noteHealth(EndpointQueue queue, Outcome outcome, Instant now) {
    if (queue.noteHealth(outcome, now)) {
      sayCircuit(queue);
    }
    changed(queue.group);
    note(queue);
  }

  private static @Nullable DisableCause whyDisable(EndpointQueue queue, Instant now) {
    if (queue.isGone) {
      return new DisableCause.Gone();
    }
    return failingTooLong(queue, now);
  }

  private static DisableCause.@Nullable Failing failingTooLong(EndpointQueue queue, Instant now) {
    Instant since = queue.health.failingSince();
    Duration disableAfter = queue.terms.policy().disableAfter();
    return since == null || disableAfter == null || now.isBefore(since.plus(disableAfter))
        ? null
        : new DisableCause.Failing(since);
  }

  /**
   * By what was known when the attempt ended, and only when its outcome could be written: until
   * then nobody else sent to the endpoint.
   */
  private void disable(EndpointQueue queue, DisableCause cause, Instant now) {
    boolean isSoStill =
        switch (cause) {
          case DisableCause.Gone gone -> queue.isGone;
          // Who has not renewed its lease does not know how it did with others meanwhile; and the
          // endpoint may have been given longer since the attempt.
          case DisableCause.Failing failing ->
              !suspended && failing.equals(failingTooLong(queue, now));
        };
    if (isSoStill
        && queue.terms.open()
        && (queue.disableAgainAt == null || !now.isBefore(queue.disableAgainAt))) {
      queue.disableAgainAt = now.plus(SAY_AGAIN);
      Terms terms = queue.terms;
      pending.add(
          new Effect.Disable(terms.projectId(), terms.endpointId(), terms.changedAt(), cause));
    }
  }

  /** Has it written down since when the endpoint fails, if it is not; one writing at a time. */
  private void note(EndpointQueue queue) {
    Instant since = queue.health.failingSince();
    if (!queue.noting && queue.epoch != 0 && (since == null) != (queue.notedFailingSince == null)) {
      queue.noting = true;
      pending.add(
          new Effect.NoteFailing(queue.terms.projectId(), queue.endpointId(), queue.epoch, since));
    }
  }

  /**
   * The answer to a {@link Effect.NoteFailing}.
   *
   * @param written whether it is in the store; if not, it is tried again with the next outcome, or
   *     at once when the shard is given back: whoever has it next goes by the note
   */
  public void noted(Effect.NoteFailing note, boolean written) {
    EndpointQueue queue = queues.get(note.endpointId());
    if (queue != null && queue.epoch == note.epoch()) {
      queue.noting = false;
      if (written) {
        queue.notedFailingSince = note.since();
        note(queue);
      }
    }
    // Be it that the endpoint was deleted meanwhile: its shard may have waited for this.
    releaseIfDone(Shards.of(note.endpointId()));
  }

  /** No attempt was made, for a reason of ours; the delivery is taken up again at that time. */
  public void unsent(Effect.Send send, Instant again, Instant now) {
    EndpointQueue queue = ended(send.delivery(), send.epoch());
    if (queue != null) {
      queue.out--;
      queue.health.probeUnsent();
      queue.again(send.delivery().with(send.delivery().attempts(), again), now);
      settle(queue, now);
    }
  }

  /** The outcome is in the store, or is known not to be. */
  public void recorded(Resolution resolution, Resolution.Written written, Instant now) {
    Waiting delivery = resolution.delivery();
    EndpointQueue queue = ended(delivery, resolution.epoch());
    if (queue == null) {
      return;
    }
    switch (written) {
      case MOVED -> {
        if (resolution.state().isFinal()) {
          queue.ended(resolution, now);
        } else {
          queue.again(delivery.with(resolution.attempts(), resolution.dueAt()), now);
        }
      }
      case UNMOVED -> queue.lost(resolution, now);
      case FENCED -> {
        queue.lost(resolution, now);
        lose(Shards.of(delivery.endpointId()), now);
        return;
      }
    }
    DisableCause disables = resolution.disables();
    if (disables != null) {
      disable(queue, disables, now);
    }
    sayIfCaughtUp(queue, now);
    settle(queue, now);
  }

  private void sayIfCaughtUp(EndpointQueue queue, Instant now) {
    Instant again = queue.caughtUpAgainAt;
    if (queue.terms.resumeRate() == null || (again != null && now.isBefore(again))) {
      return;
    }
    if (queue.hasCaughtUp(now)) {
      // Its rate goes by that, unless the store is away.
      queue.caughtUpAgainAt = now.plus(SAY_AGAIN);
      pending.add(new Effect.CaughtUp(queue.terms.projectId(), queue.endpointId()));
    } else {
      queue.caughtUpAgainAt = null;
    }
  }

  /** Counts one attempt less; the queue, if its shard is held as it was when the attempt began. */
  private @Nullable EndpointQueue ended(Waiting delivery, long epoch) {
    shares.ended(delivery.bodyBytes());
    int shard = Shards.of(delivery.endpointId());
    EndpointQueue queue = queues.get(delivery.endpointId());
    if (queue == null || queue.epoch != epoch) {
      return null;
    }
    busyInShard[shard]--;
    return queue;
  }

  private void settle(EndpointQueue queue, Instant now) {
    changed(queue.group);
    reschedule(queue, now);
    dropIfDone(queue);
    releaseIfDone(Shards.of(queue.endpointId()));
  }

  /** An operator called it off, or otherwise finished it: it is not sent if it was not yet. */
  public void withdrawn(UUID endpointId, UUID deliveryId, Instant now) {
    EndpointQueue queue = queues.get(endpointId);
    if (queue != null && queue.epoch != 0) {
      queue.withdrawn(deliveryId, now);
      reschedule(queue, now);
      dropIfDone(queue);
    }
  }

  /** Does what is due at this time, and says what the shell must do. */
  public List<Effect> advance(Instant now) {
    while (!wakes.isEmpty() && !wakes.first().at().isAfter(now)) {
      EndpointQueue queue = wakes.first().queue();
      queue.ripen(now);
      if (queue.isGone) {
        disable(queue, new DisableCause.Gone(), now);
      }
      sayIfCaughtUp(queue, now);
      reschedule(queue, now);
      Wake next = wakeOf.get(queue.endpointId());
      if (next != null && !next.at().isAfter(now)) {
        throw new IllegalStateException("nothing came of waking " + queue.endpointId());
      }
    }
    List<Effect> effects = new ArrayList<>(pending);
    pending.clear();
    expected.forEach(
        (queue, due) -> effects.add(new Effect.Tell(queue.endpointId, queue.lanes, due)));
    expected.clear();
    if (surveyAt != null && !surveying && !surveyAt.isAfter(now)) {
      surveying = true;
      surveyAgain(now);
      effects.add(new Effect.Survey(markSurveyed()));
    }
    if (!suspended) {
      load(now, effects);
      begin(now, effects);
      load(now, effects);
    }
    return effects;
  }

  private void begin(Instant now, List<Effect> effects) {
    while (true) {
      Turns row = nextRow();
      EndpointQueue queue = row == null ? null : row.next();
      if (queue == null) {
        return;
      }
      // Since it took its place its shard may have been let go, or another delivery comes first.
      boolean may = isOurs(queue) && queue.mayBegin(now) && rows.get(kind(queue)) == row;
      Waiting delivery = may ? queue.begin(now) : null;
      if (delivery != null) {
        shares.begun(delivery.bodyBytes());
        busyInShard[Shards.of(queue.endpointId())]++;
        changed(queue.group);
        effects.add(new Effect.Send(delivery, queue.epoch, queue.supersedes(delivery)));
      }
      reschedule(queue, now);
    }
  }

  /** One after another, those of which one may begin now; null when none may. */
  private @Nullable Turns nextRow() {
    for (int i = 1; i <= KINDS; i++) {
      int kind = (lastRow + i) % KINDS;
      if (mayBegin(kind)) {
        lastRow = kind;
        return rows.get(kind);
      }
    }
    return null;
  }

  private boolean mayBegin(int kind) {
    EndpointQueue first = rows.get(kind).first(shares.limit(isProven(kind)));
    return first != null
        && ((kind & LARGE) == 0
            || shares.hasPlaceForLarge(isProven(kind), first.firstReadyBytes()));
  }

  /** Of those that have not proven themselves, and of large bodies, there is a bound. */
  private int kind(EndpointQueue queue) {
    return (queue.health.isProven() ? 0 : UNPROVEN)
        | (shares.isLarge(queue.firstReadyBytes()) ? LARGE : 0);
  }

  private static boolean isProven(int kind) {
    return (kind & UNPROVEN) == 0;
  }

  /** What is busy for the group, or its weight. */
  private void changed(Group group) {
    rows.forEach(row -> row.changed(group));
  }

  private void load(Instant now, List<Effect> effects) {
    while (loads < limits.maxLoads() && !loadTurns.isEmpty()) {
      EndpointQueue queue = loadTurns.remove();
      queue.inLoads = false;
      Effect.Load load = isOurs(queue) ? queue.load(now) : null;
      if (load != null) {
        loads++;
        queue.loading = true;
        effects.add(load);
      }
      reschedule(queue, now);
    }
  }

  private Set<Integer> markSurveyed() {
    Set<Integer> shards = new HashSet<>();
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      if (epochOf(shard) != 0) {
        shards.add(shard);
        for (EndpointQueue queue : byShard.get(shard).values()) {
          queue.surveyAsked = queue.epoch;
        }
      }
    }
    return shards;
  }

  /** When {@link #advance} has something to do next; null when only an input can bring it. */
  public @Nullable Instant nextWake() {
    Instant next = surveying ? null : surveyAt;
    return wakes.isEmpty() ? next : EndpointQueue.earlier(next, wakes.first().at());
  }

  /** How many attempts are out or not yet recorded. */
  public int busy() {
    return shares.all().attempts();
  }

  /**
   * What the engine has in hand, all of which is nothing when nothing waits.
   *
   * @param busy attempts that are out or not yet recorded
   * @param busyUnproven those of them for endpoints that have not proven themselves
   * @param busyBytes bodies of those attempts, each as it counts
   * @param held deliveries in memory that are not busy
   * @param heldBytes events of these
   */
  public record Usage(int busy, int busyUnproven, long busyBytes, int held, long heldBytes) {}

  /** What is in hand now. */
  public Usage usage() {
    Busy all = shares.all();
    return new Usage(
        all.attempts(), shares.unproven().attempts(), all.bytes(), memory.count(), memory.bytes());
  }

  /** How the endpoint's circuit is; empty when its shard is not ours. */
  public Optional<Health.Circuit> circuit(UUID endpointId) {
    return Optional.ofNullable(queues.get(endpointId))
        .filter(this::isOurs)
        .map(queue -> queue.health.circuit());
  }

  /** Whether it succeeded and has not failed since, as far as is known; a refusal is no failure. */
  public boolean isProven(UUID endpointId) {
    EndpointQueue queue = queues.get(endpointId);
    return queue != null && queue.health.isProven();
  }

  private void dropIfDone(EndpointQueue queue) {
    if (queue.deleted && queue.knowsNothing()) {
      reset(queue);
      queues.remove(queue.endpointId());
      byShard.get(Shards.of(queue.endpointId())).remove(queue.endpointId());
      if (--queue.group.endpoints == 0) {
        groups.remove(queue.group.groupId);
      }
      wakeAfter(queue, null);
    }
  }

  /** Puts the queue where its next work will be found: among those with turns, and by its time. */
  private void reschedule(EndpointQueue queue, Instant now) {
    if (!isOurs(queue)) {
      wakeAfter(queue, null);
      return;
    }
    if (queue.noteThrottle(now)) {
      sayThrottled(queue);
    }
    if (queue.mayBegin(now)) {
      Turns row = rows.get(kind(queue));
      if (queue.turns != row) {
        // What comes first may be of another size than when it took its place.
        queue.leaveTurns();
        row.add(queue);
      }
    }
    if (!queue.inLoads && queue.wantsLoad(now)) {
      queue.inLoads = true;
      loadTurns.add(queue);
    }
    wakeAfter(queue, queue.nextTime(now));
  }

  private void wakeAfter(EndpointQueue queue, @Nullable Instant at) {
    Wake before = wakeOf.get(queue.endpointId());
    if (before != null) {
      if (before.at().equals(at) && before.queue() == queue) {
        return;
      }
      wakeOf.remove(queue.endpointId());
      wakes.remove(before);
    }
    if (at != null) {
      Wake wake = new Wake(at, queue.endpointId(), queue);
      wakeOf.put(queue.endpointId(), wake);
      wakes.add(wake);
    }
  }

  private record Wake(Instant at, UUID endpointId, EndpointQueue queue) {}
}
