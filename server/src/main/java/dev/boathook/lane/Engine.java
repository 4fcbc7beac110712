package dev.boathook.lane;

import dev.boathook.endpoint.RetryPolicy;
import dev.boathook.outbound.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The core of delivering: decides what is sent next, to whom, and what becomes of it. It has no
 * thread, clock, chance or input of its own: everything comes as an argument, and what is to be
 * done comes back as effects. Not safe for use by several threads at once.
 *
 * <p>The store holds every waiting delivery; the engine holds the few of each endpoint that are due
 * now or soon, and for the rest the time of the earliest. A delivery is <em>known</em> from before
 * its commit, or from its loading, until its outcome is recorded; what is known is never taken from
 * the store again, so that nothing is sent twice without cause.
 *
 * <p>Endpoints with work take turns, so that one with a long queue or slow answers costs the others
 * nothing but the turn.
 */
public final class Engine {
  private final Limits limits;
  private final Map<UUID, Queue> queues = new HashMap<>();
  private final ArrayDeque<Queue> turns = new ArrayDeque<>();
  private final TreeSet<Wake> wakes =
      new TreeSet<>(Comparator.comparing(Wake::at).thenComparing(Wake::endpointId));
  private int busy;
  private long busyBytes;
  private long heldBytes;

  /** An engine that knows no endpoint. */
  public Engine(Limits limits) {
    this.limits = limits;
  }

  /**
   * The bounds of the engine's memory and work.
   *
   * @param maxBusy attempts at once over all endpoints, counting until their outcome is recorded
   * @param maxBusyBytes bodies of those attempts; a single one may be larger
   * @param maxHeldPerEndpoint deliveries in memory for one endpoint that are due, and as many that
   *     will be soon; the rest waits in the store
   * @param loadBatch how many are loaded at once
   * @param holdAhead how long before it is due a delivery may be held in memory
   * @param maxHeldBytes bodies held in memory; past it, they are read again before the attempt
   * @param loadRetry the wait after a failed load
   */
  public record Limits(
      int maxBusy,
      long maxBusyBytes,
      int maxHeldPerEndpoint,
      int loadBatch,
      Duration holdAhead,
      long maxHeldBytes,
      Duration loadRetry) {
    /** For a small machine. */
    public static final Limits DEFAULT =
        new Limits(
            1_024, 64L << 20, 1_024, 256, Duration.ofSeconds(30), 64L << 20, Duration.ofSeconds(1));
  }

  /**
   * What the engine must know of an endpoint.
   *
   * @param maxInFlight attempts at once
   * @param retries when tries are made
   * @param open whether anything is sent at all
   */
  public record Policy(int maxInFlight, RetryPolicy retries, boolean open) {}

  /** Something for the shell to do. */
  public sealed interface Effect {
    /** Make an attempt; tell {@link #attempted}, or {@link #unsent} if none was made. */
    record Send(Waiting delivery) implements Effect {}

    /**
     * Read the endpoint's waiting deliveries, the earliest due first, at most so many; tell {@link
     * #loaded} or {@link #loadFailed}.
     */
    record Load(UUID projectId, UUID endpointId, int limit) implements Effect {}
  }

  /** The endpoint is new, or its policy is. */
  public void configure(UUID projectId, UUID endpointId, Policy policy, Instant now) {
    Queue queue = queues.computeIfAbsent(endpointId, id -> new Queue(projectId, id, policy));
    queue.policy = policy;
    if (!policy.open) {
      letGo(queue, now);
    }
    reschedule(queue);
  }

  /** The endpoint was deleted: nothing more is begun for it. */
  public void forget(UUID endpointId, Instant now) {
    Queue queue = queues.get(endpointId);
    if (queue == null) {
      return;
    }
    queue.policy = new Policy(queue.policy.maxInFlight, queue.policy.retries, false);
    queue.deleted = true;
    letGo(queue, now);
    reschedule(queue);
    dropIfDone(queue);
  }

  /** The store has a delivery for the endpoint, due at this time, that the engine may not know. */
  public void expect(UUID endpointId, Instant due, Instant now) {
    Queue queue = queues.get(endpointId);
    if (queue != null) {
      queue.spill(due);
      reschedule(queue);
    }
  }

  /** These are about to be committed. */
  public void reserve(List<Waiting> deliveries) {
    for (Waiting delivery : deliveries) {
      Queue queue = queues.get(delivery.endpointId());
      if (queue != null) {
        queue.known.add(delivery.deliveryId());
      }
    }
  }

  /** These, reserved before, are committed. */
  public void committed(List<Waiting> deliveries, Instant now) {
    for (Waiting delivery : deliveries) {
      Queue queue = queues.get(delivery.endpointId());
      if (queue == null || !queue.known.contains(delivery.deliveryId())) {
        continue;
      }
      // Behind a backlog in the store it waits there too, so that the earlier ones go first.
      if (queue.hasBacklog(now) || !hold(queue, delivery, now)) {
        queue.known.remove(delivery.deliveryId());
        queue.spill(delivery.dueAt());
      }
      reschedule(queue);
      dropIfDone(queue);
    }
  }

  /** These, reserved before, were not committed, or nobody knows. */
  public void abandoned(List<Waiting> deliveries, boolean certain, Instant now) {
    for (Waiting delivery : deliveries) {
      Queue queue = queues.get(delivery.endpointId());
      if (queue != null && queue.known.remove(delivery.deliveryId())) {
        queue.withdrawn.remove(delivery.deliveryId());
        if (!certain) {
          queue.spill(delivery.dueAt());
        }
        reschedule(queue);
        dropIfDone(queue);
      }
    }
  }

  /**
   * The answer to a {@link Effect.Load}.
   *
   * @param rows the endpoint's waiting deliveries, the earliest due first
   * @param limit what was asked for; as many rows mean that there may be more
   */
  public void loaded(UUID endpointId, List<Waiting> rows, int limit, Instant now) {
    Queue queue = queues.get(endpointId);
    if (queue == null) {
      return;
    }
    queue.loading = false;
    Instant next = rows.size() < limit ? null : rows.getLast().dueAt();
    for (Waiting row : rows) {
      if (queue.known.contains(row.deliveryId())
          || queue.settledWhileLoading.contains(row.deliveryId())) {
        continue;
      }
      queue.known.add(row.deliveryId());
      if (!queue.policy.open || !hold(queue, row, now)) {
        queue.known.remove(row.deliveryId());
        next = row.dueAt();
        break;
      }
    }
    queue.settledWhileLoading.clear();
    if (next != null) {
      queue.spill(next);
    }
    reschedule(queue);
    dropIfDone(queue);
  }

  /** The load failed; it is tried again a little later. */
  public void loadFailed(UUID endpointId, Instant now) {
    Queue queue = queues.get(endpointId);
    if (queue != null) {
      queue.loading = false;
      queue.settledWhileLoading.clear();
      queue.spill(now.plus(limits.loadRetry));
      reschedule(queue);
      dropIfDone(queue);
    }
  }

  /**
   * An attempt has ended; says what becomes of the delivery, which stays busy until {@link
   * #recorded}.
   *
   * @param chance from 0 to 1, for jitter
   */
  public Resolution attempted(Waiting delivery, Outcome outcome, double chance, Instant now) {
    int attempts = delivery.attempts() + 1;
    Queue queue = queues.get(delivery.endpointId());
    RetryPolicy schedule = queue == null ? RetryPolicy.DEFAULT : queue.policy.retries;
    return switch (outcome) {
      case Outcome.Delivered d ->
          new Resolution(delivery, attempts, DeliveryState.DELIVERED, now, now);
      case Outcome.Gone g -> new Resolution(delivery, attempts, DeliveryState.DEAD, now, now);
      case Outcome.Refused refused ->
          failed(delivery, attempts, schedule, refused.retryAfter(), chance, now);
      case Outcome.TimedOut t -> failed(delivery, attempts, schedule, null, chance, now);
      case Outcome.Unreachable u -> failed(delivery, attempts, schedule, null, chance, now);
      case Outcome.Blocked b -> failed(delivery, attempts, schedule, null, chance, now);
      case Outcome.Internal i -> failed(delivery, attempts, schedule, null, chance, now);
    };
  }

  private static Resolution failed(
      Waiting delivery,
      int attempts,
      RetryPolicy schedule,
      @Nullable Duration retryAfter,
      double chance,
      Instant now) {
    Instant due = schedule.nextDue(attempts, now, now, retryAfter, chance);
    return due == null
        ? new Resolution(delivery, attempts, DeliveryState.DEAD, now, now)
        : new Resolution(delivery, attempts, DeliveryState.WAITING, due, null);
  }

  /** No attempt was made, for a reason of ours; the delivery is taken up again at that time. */
  public void unsent(Waiting delivery, Instant again, Instant now) {
    release(delivery, again, now);
  }

  /**
   * The outcome is in the store.
   *
   * @param moved false when the store had the delivery finished already, say by an operator
   */
  public void recorded(Resolution resolution, boolean moved, Instant now) {
    Waiting delivery = resolution.delivery();
    if (moved && !resolution.state().isFinal()) {
      release(delivery.after(resolution.attempts(), resolution.dueAt()), resolution.dueAt(), now);
      return;
    }
    release(delivery, null, now);
    if (!moved) {
      // Finished by somebody else, or recorded by a commit whose answer was lost: the store knows.
      expect(delivery.endpointId(), resolution.dueAt(), now);
    }
  }

  /** An operator called it off, or otherwise finished it: it is not sent if it was not yet. */
  public void withdrawn(UUID endpointId, UUID deliveryId, Instant now) {
    Queue queue = queues.get(endpointId);
    if (queue == null) {
      return;
    }
    queue.settle(deliveryId);
    Waiting held = queue.takeHeld(deliveryId);
    if (held != null) {
      queue.known.remove(deliveryId);
      heldBytes -= held.heldBytes();
      reschedule(queue);
      dropIfDone(queue);
    } else if (queue.known.contains(deliveryId)) {
      // It is being committed, tried or recorded: it must not be taken up again afterwards.
      queue.withdrawn.add(deliveryId);
    }
  }

  /** Does what is due at this time, and says what the shell must do. */
  public List<Effect> advance(Instant now) {
    List<Effect> effects = new ArrayList<>();
    while (!wakes.isEmpty() && !wakes.first().at().isAfter(now)) {
      Queue queue = wakes.pollFirst().queue();
      queue.wake = null;
      while (!queue.later.isEmpty() && !queue.later.peek().dueAt().isAfter(now)) {
        queue.ready.add(queue.later.remove());
      }
      load(queue, now, effects);
      reschedule(queue);
    }
    while (busy < limits.maxBusy && busyBytes < limits.maxBusyBytes && !turns.isEmpty()) {
      Queue queue = turns.remove();
      queue.inTurns = false;
      Waiting delivery = queue.ready.poll();
      if (delivery == null) {
        continue; // What it had was let go after it took its place in the row.
      }
      heldBytes -= delivery.heldBytes();
      queue.busy++;
      busy++;
      busyBytes += delivery.bodyBytes();
      effects.add(new Effect.Send(delivery));
      load(queue, now, effects);
      reschedule(queue);
    }
    return effects;
  }

  /** When {@link #advance} has something to do next; null when only an input can bring it. */
  public @Nullable Instant nextWake() {
    return wakes.isEmpty() ? null : wakes.first().at();
  }

  /** How many attempts are out or not yet recorded. */
  public int busy() {
    return busy;
  }

  private void load(Queue queue, Instant now, List<Effect> effects) {
    if (queue.mayLoad(limits) && queue.hasBacklog(now)) {
      queue.loading = true;
      queue.storeDue = null;
      int limit = queue.known.size() + limits.loadBatch;
      effects.add(new Effect.Load(queue.projectId, queue.endpointId, limit));
    }
  }

  /** Takes a known delivery into memory; false when it is better left in the store. */
  private boolean hold(Queue queue, Waiting delivery, Instant now) {
    if (queue.withdrawn.remove(delivery.deliveryId())) {
      return false;
    }
    boolean isDue = !delivery.dueAt().isAfter(now);
    int held = isDue ? queue.ready.size() : queue.later.size();
    if (!queue.policy.open
        || held >= limits.maxHeldPerEndpoint
        || delivery.dueAt().isAfter(now.plus(limits.holdAhead))) {
      return false;
    }
    Waiting kept =
        heldBytes + delivery.heldBytes() > limits.maxHeldBytes ? delivery.withoutEvent() : delivery;
    heldBytes += kept.heldBytes();
    if (isDue) {
      queue.ready.add(kept);
    } else {
      queue.later.add(kept);
    }
    return true;
  }

  private void release(Waiting delivery, @Nullable Instant again, Instant now) {
    busy--;
    busyBytes -= delivery.bodyBytes();
    Queue queue = queues.get(delivery.endpointId());
    if (queue == null) {
      return;
    }
    queue.busy--;
    if (again == null) {
      queue.withdrawn.remove(delivery.deliveryId());
    }
    Waiting next = again == null ? null : delivery.after(delivery.attempts(), again);
    if (next == null || !hold(queue, next, now)) {
      queue.known.remove(delivery.deliveryId());
      queue.settle(delivery.deliveryId());
      if (next != null) {
        queue.spill(next.dueAt());
      }
    }
    reschedule(queue);
    dropIfDone(queue);
  }

  private void letGo(Queue queue, Instant now) {
    List<Waiting> held = new ArrayList<>(queue.ready);
    held.addAll(queue.later);
    queue.ready.clear();
    queue.later.clear();
    for (Waiting delivery : held) {
      queue.known.remove(delivery.deliveryId());
      queue.settle(delivery.deliveryId());
      heldBytes -= delivery.heldBytes();
      queue.spill(now);
    }
  }

  private void dropIfDone(Queue queue) {
    if (queue.deleted && queue.busy == 0 && !queue.loading && queue.known.isEmpty()) {
      queues.remove(queue.endpointId);
      if (queue.wake != null) {
        wakes.remove(queue.wake);
      }
    }
  }

  /** Puts the queue where its next work will be found: among those with turns, and by its time. */
  private void reschedule(Queue queue) {
    if (queue.policy.open
        && !queue.inTurns
        && queue.busy < queue.policy.maxInFlight
        && !queue.ready.isEmpty()) {
      queue.inTurns = true;
      turns.add(queue);
    }
    Instant at = queue.policy.open ? queue.nextTime(limits) : null;
    if (queue.wake != null) {
      wakes.remove(queue.wake);
    }
    queue.wake = at == null ? null : new Wake(at, queue.endpointId, queue);
    if (queue.wake != null) {
      wakes.add(queue.wake);
    }
  }

  private record Wake(Instant at, UUID endpointId, Queue queue) {}

  /** One endpoint's deliveries. */
  private static final class Queue {
    private final UUID projectId;
    private final UUID endpointId;
    private final ArrayDeque<Waiting> ready = new ArrayDeque<>();
    private final PriorityQueue<Waiting> later =
        new PriorityQueue<>(
            Comparator.comparing(Waiting::dueAt).thenComparing(Waiting::deliveryId));

    /** Reserved, ready, later, in flight or being recorded. */
    private final Set<UUID> known = new HashSet<>();

    /** Became unknown while a load was out, whose rows may still show them as they were. */
    private final Set<UUID> settledWhileLoading = new HashSet<>();

    /** Called off while they were known but not held. */
    private final Set<UUID> withdrawn = new HashSet<>();

    private Policy policy;
    private boolean deleted;
    private boolean inTurns;
    private boolean loading;
    private int busy;

    /** When the earliest delivery is due that only the store has; null when it has none. */
    private @Nullable Instant storeDue;

    private @Nullable Wake wake;

    Queue(UUID projectId, UUID endpointId, Policy policy) {
      this.projectId = projectId;
      this.endpointId = endpointId;
      this.policy = policy;
    }

    void spill(Instant due) {
      if (storeDue == null || due.isBefore(storeDue)) {
        storeDue = due;
      }
    }

    void settle(UUID deliveryId) {
      if (loading) {
        settledWhileLoading.add(deliveryId);
      }
    }

    /** Takes a held delivery out; null when it is not held. */
    @Nullable Waiting takeHeld(UUID deliveryId) {
      for (Collection<Waiting> held : List.of(ready, later)) {
        for (Waiting delivery : held) {
          if (delivery.deliveryId().equals(deliveryId)) {
            held.remove(delivery);
            return delivery;
          }
        }
      }
      return null;
    }

    boolean hasBacklog(Instant now) {
      return storeDue != null && !storeDue.isAfter(now);
    }

    boolean mayLoad(Limits limits) {
      return policy.open && !loading && ready.size() < limits.loadBatch / 2;
    }

    @Nullable Instant nextTime(Limits limits) {
      Waiting soonest = later.peek();
      Instant held = soonest == null ? null : soonest.dueAt();
      Instant stored = mayLoad(limits) ? storeDue : null;
      if (held == null || stored == null) {
        return held == null ? stored : held;
      }
      return held.isBefore(stored) ? held : stored;
    }
  }
}
