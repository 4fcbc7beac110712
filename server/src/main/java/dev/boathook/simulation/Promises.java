package dev.boathook.simulation;

import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.RetryPolicy;
import dev.boathook.lane.DeliveryState;
import dev.boathook.lane.EngineLimits;
import dev.boathook.lane.LaneId;
import dev.boathook.lane.Leases;
import dev.boathook.lane.Place;
import dev.boathook.lane.Resolution;
import dev.boathook.lane.Shards;
import dev.boathook.lane.Terms;
import dev.boathook.lane.Waiting;
import dev.boathook.outbound.Outcome;
import dev.boathook.simulation.Store.DeliveryRow;
import dev.boathook.simulation.Store.EndpointRow;
import dev.boathook.simulation.Store.LaneRow;
import dev.boathook.simulation.Store.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Watches a history and ends it when a promise is broken. Knows everything: what the store has,
 * what every sender knows and what every receiver has seen.
 */
final class Promises implements Store.Watcher {
  /** A lease is given up after so long, by a ticker that may be wrong by a little. */
  private static final long LONGEST_CLAIM =
      Leases.Term.DEFAULT.giveUpAfter().plusMillis(10).toNanos();

  /** Who holds the shard has heard of a change by then, when nothing goes wrong. */
  private static final long HEARD_OF_AFTER = 1_000_000_000;

  private @Nullable Store store;
  private final Agenda agenda;
  private final Map<UUID, List<Attempt>> attempts = new HashMap<>();
  private final Map<LaneId, List<Attempt>> inLanes = new HashMap<>();
  private final Map<LaneId, TreeSet<Long>> successes = new HashMap<>();
  private final Map<UUID, Long> madeAt = new HashMap<>();
  private final Set<UUID> succeeded = new HashSet<>();

  /** By which version of the directory each endpoint's lanes are read in the other direction. */
  private final Map<UUID, Long> reorderedBy = new HashMap<>();

  /** The last place of a lane of which both directions may have been tried. */
  private final Map<LaneId, Long> reorderedUpTo = new HashMap<>();

  private final Map<UUID, Set<NodeProcess>> sentWhenCancelled = new HashMap<>();
  private final List<Attempt> open = new ArrayList<>();
  private final Map<UUID, Long> lastSent = new HashMap<>();
  private final Set<Integer> failedOver = new HashSet<>();
  private long sent;
  private long events;
  private final LoadMeter loads;
  private final Pace pace;
  private final Map<UUID, Long> renewed = new HashMap<>();
  private final Failures failures = new Failures();
  private final Map<UUID, Delivered> delivered = new HashMap<>();
  private final Map<UUID, Long> resumedAt = new HashMap<>();
  private final Map<LaneId, Long> goesOnSince = new HashMap<>();
  private boolean nodesAreTroubled;
  private boolean storeClockJumped;

  Promises(Agenda agenda) {
    this.agenda = agenda;
    this.loads = new LoadMeter(agenda);
    this.pace = new Pace(agenda);
  }

  void watch(Store watched) {
    store = watched;
  }

  private Store store() {
    return Objects.requireNonNull(store);
  }

  boolean storeClockJumped() {
    return storeClockJumped;
  }

  /** Ages cannot be told any more: all nodes go by the store's clock in the end. */
  void storeClockJumps() {
    storeClockJumped = true;
  }

  /** What is in the store may be unknown to who holds the shard from now on. */
  void nodesAreTroubled() {
    nodesAreTroubled = true;
  }

  /** How many events were accepted. */
  long events() {
    return events;
  }

  /** How many attempts were made. */
  long sent() {
    return sent;
  }

  /** The endpoint's lanes are not read in the same direction any more. */
  void reordered(UUID endpointId) {
    reorderedBy.put(endpointId, store().directoryVersion() + 1);
    for (LaneRow lane : store().lanes(endpointId)) {
      reorderedUpTo.put(new LaneId(endpointId, lane.key()), lane.lastSeq());
    }
  }

  /**
   * Whether the lane may have been read in the other direction up to this place: it was there when
   * the direction changed, or whoever sends has not heard of the change.
   */
  private boolean isReordered(Attempt attempt, LaneId lane, long number) {
    Long version = reorderedBy.get(lane.endpointId());
    if (version == null) {
      return false;
    }
    if (attempt.sender.directoryVersion() < version) {
      reorderedUpTo.merge(lane, number, Math::max);
    }
    return number <= reorderedUpTo.getOrDefault(lane, 0L);
  }

  @Override
  public void made(DeliveryRow row) {
    madeAt.put(row.deliveryId(), agenda.now());
    loads.changed(row.endpointId());
  }

  @Override
  public void changed(DeliveryRow before, DeliveryRow after) {
    loads.changed(after.endpointId());
    if (!before.isWaiting()) {
      throw new BrokenPromise(
          Promise.FINISHED_STAYS, "%s became %s".formatted(before, after.state()));
    }
    if (after.laneSeq() == null) {
      return;
    }
    LaneId id = new LaneId(after.endpointId(), after.key() == null ? "" : after.key());
    if ("cancelled".equals(after.lastOutcome()) && succeeded.contains(after.deliveryId())) {
      // Called off too late; what the receiver has of it does not count.
      successes.getOrDefault(id, new TreeSet<>()).remove(after.laneSeq());
    }
    if ("superseded".equals(after.lastOutcome())) {
      LaneRow lane = store().lane(id.endpointId(), id.key());
      if (lane == null || lane.doneSeq() <= after.laneSeq()) {
        throw new BrokenPromise(
            Promise.NOTHING_IS_LOST, "%s was superseded by none that is newer".formatted(after));
      }
    }
  }

  @Override
  public void recorded(Resolution resolution, UUID nonce) {
    Delivered success = delivered.get(resolution.delivery().deliveryId());
    if (resolution.state() == DeliveryState.DELIVERED && success != null) {
      failures.delivered(
          resolution.delivery().endpointId(), success.at, agenda.now(), success.node);
    }
    int shard = Shards.of(resolution.delivery().endpointId());
    if (!store().leases().isHeld(shard, resolution.epoch(), nonce)) {
      throw new BrokenPromise(
          Promise.STALE_NODES_CHANGE_NOTHING,
          "epoch %d of shard %d has written %s"
              .formatted(resolution.epoch(), shard, resolution.delivery().deliveryId()));
    }
  }

  /** These were written, or none of them. */
  void accepted(Store.Accepted answer, List<Store.Offered> rows) {
    for (Store.Offered row : rows) {
      if (!answer.fresh().contains(row.eventId())) {
        continue;
      }
      events++;
      Set<UUID> reached = new HashSet<>();
      row.deliveries().forEach(delivery -> reached.add(delivery.endpointId()));
      for (EndpointRow endpoint : store().endpoints()) {
        if (endpoint.deleted() == reached.contains(endpoint.endpointId())) {
          throw new BrokenPromise(
              Promise.NOTHING_IS_LOST, "%s was routed by another directory".formatted(row));
        }
      }
      for (Waiting delivery : row.deliveries()) {
        if (store().delivery(delivery.deliveryId()) == null) {
          throw new BrokenPromise(
              Promise.NOTHING_IS_LOST, "%s is nowhere".formatted(Wording.of(delivery)));
        }
      }
    }
  }

  /** Somebody was told that it is accepted. */
  void answered(Publication publication) {
    UUID eventId = store().eventOf(publication.dedupeKey);
    if (eventId == null || store().event(eventId) == null) {
      throw new BrokenPromise(
          Promise.NOTHING_IS_LOST, publication.dedupeKey + " was answered and is not there");
    }
  }

  /** Epochs of this shard may come twice now. */
  void failsOver(int shard) {
    failedOver.add(shard);
  }

  /** A node lets others have a shard: it must have come to an end with all that it began there. */
  void givenBack(int shard, UUID nonce) {
    open.removeIf(attempt -> attempt.isWritten || attempt.unsent || !attempt.sender.isAlive());
    for (Attempt attempt : open) {
      if (!failedOver.contains(shard)
          && attempt.shard() == shard
          && attempt.nonce.equals(nonce)
          && isValid(attempt)) {
        throw new BrokenPromise(
            Promise.ONE_IN_FLIGHT,
            "shard %d is given back while %s is out"
                .formatted(shard, Wording.of(attempt.delivery())));
      }
    }
  }

  /** Whether whoever decided on it holds the shard still. */
  private boolean isValid(Attempt attempt) {
    return store().leases().isHeld(attempt.shard(), attempt.send.epoch(), attempt.nonce);
  }

  /** The core has decided to send. */
  void decided(Attempt attempt, Instant now, EngineLimits limits) {
    sent++;
    Waiting delivery = attempt.delivery();
    DeliveryRow row = store().delivery(delivery.deliveryId());
    if (row == null) {
      throw new BrokenPromise(
          Promise.ONLY_WHAT_WAS_ACCEPTED, "%s is not in the store".formatted(Wording.of(delivery)));
    }
    List<Attempt> before = attempts.computeIfAbsent(delivery.deliveryId(), id -> new ArrayList<>());
    if (isValid(attempt)) {
      for (Attempt earlier : before) {
        checkRepeat(earlier, attempt, row);
      }
      checkState(attempt, row);
      if (row.isWaiting() && row.dueAt().isAfter(now.plusNanos(1_000))) {
        throw new BrokenPromise(Promise.DUE_TIMES, "sent at %s, but due is %s".formatted(now, row));
      }
      checkLane(attempt, row);
    }
    pace.decided(attempt, limits);
    before.add(attempt);
    open.add(attempt);
    lastSent.put(delivery.endpointId(), agenda.now());
    loads.changed(delivery.endpointId());
    LaneId lane = attempt.lane();
    if (lane != null) {
      List<Attempt> out = inLanes.computeIfAbsent(lane, id -> new ArrayList<>());
      out.removeIf(other -> !other.isOut());
      out.add(attempt);
    }
  }

  /** A node knows the endpoint's terms from now on. */
  void configured(NodeProcess node, Terms terms, long version) {
    pace.configured(node, terms, version);
  }

  /** Whether a node holds the endpoint for gone, and has yet to disable it. */
  boolean isGone(UUID endpointId) {
    return pace.isGone(endpointId);
  }

  /** A node's time has leapt to that of another. */
  void leapt(NodeProcess node) {
    pace.leapt(node);
  }

  /** A node reads what waits for the endpoint. */
  void loads(UUID endpointId) {
    loads.loads(endpointId);
  }

  /** When, from the beginning, an attempt was last begun for the endpoint; 0 for never. */
  long lastSent(UUID endpointId) {
    return lastSent.getOrDefault(endpointId, 0L);
  }

  private record Delivered(long at, NodeProcess node) {}

  /** A node has died. */
  void died(NodeProcess node) {
    failures.died(node, agenda.now());
  }

  /** A node has lost a shard. */
  void lost(NodeProcess node, int shard) {
    failures.lost(node, shard, agenda.now());
  }

  /** A lease is in the store, as of now. */
  void renewed(UUID nonce) {
    renewed.put(nonce, agenda.now());
  }

  /** A request is about to be made. */
  void begins(Attempt attempt) {
    long age = agenda.now() - renewed.getOrDefault(attempt.nonce, 0L);
    if (age > LONGEST_CLAIM) {
      throw new BrokenPromise(
          Promise.STALE_NODES_BEGIN_NOTHING,
          "%s is begun %d ms after the lease was renewed"
              .formatted(Wording.of(attempt.delivery()), age / 1_000_000));
    }
  }

  /** The endpoint is opened, perhaps at a rate. */
  void resumed(UUID endpointId) {
    resumedAt.put(endpointId, agenda.now());
  }

  @Override
  public void goesOn(LaneId lane) {
    goesOnSince.put(lane, agenda.now());
  }

  private boolean isHeardOf(@Nullable Long happenedAt) {
    return happenedAt == null || happenedAt < agenda.now() - HEARD_OF_AFTER;
  }

  /** A node says that what waited when the endpoint was resumed has been sent. */
  void caughtUp(EndpointRow known, Instant now) {
    EndpointRow endpoint = store().endpoint(known.endpointId());
    Long since = resumedAt.get(endpoint.endpointId());
    boolean isAsKnown = endpoint.version() == known.version() && endpoint.status() == Status.ACTIVE;
    if (nodesAreTroubled || since == null || !isAsKnown) {
      return;
    }
    for (DeliveryRow row : store().waiting(endpoint.endpointId())) {
      if (isHeardOf(madeAt.get(row.deliveryId()))
          && madeAt.getOrDefault(row.deliveryId(), 0L) < since
          && !attempts.containsKey(row.deliveryId())
          && !row.dueAt().isAfter(now)
          && hasDueLane(row, endpoint, now)) {
        throw new BrokenPromise(
            Promise.RESUME_RATE, "the rate is taken away, but never tried is %s".formatted(row));
      }
    }
  }

  /** Whether it is in no lane, or in one that may go on and has nothing to wait for. */
  private boolean hasDueLane(DeliveryRow row, EndpointRow endpoint, Instant now) {
    if (row.laneSeq() == null) {
      return true;
    }
    String key = row.key() == null ? "" : row.key();
    LaneRow lane = store().lane(row.endpointId(), key);
    boolean goesOn = lane != null && lane.haltedAt() == null;
    if (!goesOn || !isHeardOf(goesOnSince.get(new LaneId(row.endpointId(), key)))) {
      return false;
    }
    if (endpoint.policy().order() == Order.LATEST) {
      return row.equals(store().lastInLane(row.endpointId(), key));
    }
    DeliveryRow first = store().firstInLane(row.endpointId(), key);
    return first != null && !first.dueAt().isAfter(now);
  }

  /** A node disables an endpoint for doing nothing but fail. */
  void disables(UUID endpointId, DeliveryPolicy policy, Instant now) {
    Duration disableAfter = policy.disableAfter();
    if (storeClockJumped || disableAfter == null) {
      return;
    }
    long length = failures.length(endpointId, agenda.now(), now);
    // Time may go by at three quarters, or five.
    if (length < disableAfter.toNanos() / 4 * 3) {
      throw new BrokenPromise(
          Promise.DISABLING,
          "%s is disabled although it has failed for %d ms only"
              .formatted(Wording.of(endpointId), length / 1_000_000));
    }
  }

  private void checkRepeat(Attempt earlier, Attempt attempt, DeliveryRow row) {
    if (earlier.unsent || !earlier.sender.isAlive() || !isValid(earlier)) {
      return;
    }
    if (earlier.isOut()) {
      throw new BrokenPromise(
          Promise.ONE_IN_FLIGHT, "%s is out already".formatted(Wording.of(attempt.delivery())));
    }
    if (row.isWaiting() && row.attempts() <= earlier.delivery().attempts()) {
      throw new BrokenPromise(
          Promise.NO_REPEAT_WITHOUT_CAUSE,
          "%s is sent again before the outcome %s is written"
              .formatted(Wording.of(attempt.delivery()), earlier.outcome));
    }
  }

  /** No request was made of what was to be sent. */
  void unsent(Attempt attempt) {
    Set<NodeProcess> senders = sentWhenCancelled.get(attempt.delivery().deliveryId());
    if (senders != null) {
      senders.remove(attempt.sender);
    }
  }

  private void checkState(Attempt attempt, DeliveryRow row) {
    switch (row.state()) {
      case WAITING -> {}
      case DELIVERED, DEAD ->
          throw new BrokenPromise(
              Promise.NO_REPEAT_WITHOUT_CAUSE, "%s is sent by its holder".formatted(row));
      case CANCELLED -> {
        // It may not have heard of it; it hears of it when it writes the outcome.
        if (!sentWhenCancelled
            .computeIfAbsent(row.deliveryId(), id -> new HashSet<>())
            .add(attempt.sender)) {
          throw new BrokenPromise(
              Promise.NO_REPEAT_WITHOUT_CAUSE, "%s is sent once more".formatted(row));
        }
      }
    }
  }

  private void checkLane(Attempt attempt, DeliveryRow row) {
    LaneId lane = attempt.lane();
    Place place = attempt.delivery().place();
    if (lane == null || place == null) {
      return;
    }
    for (Attempt other : inLanes.getOrDefault(lane, List.of())) {
      if (other.isOut() && isValid(other)) {
        throw new BrokenPromise(
            Promise.ONE_IN_FLIGHT,
            "%s is sent while %s is out"
                .formatted(Wording.of(attempt.delivery()), Wording.of(other.delivery())));
      }
    }
    LaneRow laneRow = store().lane(lane.endpointId(), lane.key());
    if (laneRow == null) {
      throw new BrokenPromise(Promise.NOTHING_IS_LOST, "there is no lane " + lane);
    }
    if (!row.isWaiting()) {
      return;
    }
    if (laneRow.haltedAt() != null) {
      throw new BrokenPromise(Promise.HALT, "%s is sent in %s".formatted(row, laneRow));
    }
    DeliveryRow first = store().firstInLane(lane.endpointId(), lane.key());
    if (isReadForwards(lane) && first != null && !first.deliveryId().equals(row.deliveryId())) {
      boolean mayFollow = isReordered(attempt, lane, place.number());
      Long firstNumber = first.laneSeq();
      if (!mayFollow && firstNumber != null && !isReordered(attempt, lane, firstNumber)) {
        throw new BrokenPromise(Promise.ORDER, "%s is sent while %s waits".formatted(row, first));
      }
    }
  }

  private boolean isReadForwards(LaneId lane) {
    return store().endpoint(lane.endpointId()).policy().order() != Order.LATEST;
  }

  /** A receiver has taken it and says so; whether the sender ever hears it is another matter. */
  void taken(Attempt attempt) {
    LaneId lane = attempt.lane();
    Place place = attempt.delivery().place();
    boolean isFirst = succeeded.add(attempt.delivery().deliveryId());
    DeliveryRow row = store().delivery(attempt.delivery().deliveryId());
    boolean counts = row != null && row.isWaiting() && attempt.isOut() && isValid(attempt);
    if (lane == null || place == null || !counts) {
      return;
    }
    TreeSet<Long> before = successes.computeIfAbsent(lane, id -> new TreeSet<>());
    before.add(place.number());
    long highest = before.last();
    boolean mayBe = isReordered(attempt, lane, place.number());
    if (isFirst && place.number() < highest && !mayBe) {
      throw new BrokenPromise(
          Promise.ORDER,
          "%s has its first success after place %d"
              .formatted(Wording.of(attempt.delivery()), highest));
    }
  }

  /** The core says what becomes of a delivery. */
  void resolved(
      Attempt attempt, Resolution resolution, @Nullable DeliveryPolicy policy, Instant now) {
    Outcome outcome = Objects.requireNonNull(attempt.outcome);
    Waiting delivery = attempt.delivery();
    if (outcome instanceof Outcome.Delivered) {
      delivered.put(delivery.deliveryId(), new Delivered(agenda.now(), attempt.sender));
    } else {
      failures.failed(delivery.endpointId(), agenda.now(), now);
    }
    if (outcome instanceof Outcome.Gone) {
      pace.gone(attempt);
    }
    if (resolution.attempts() != delivery.attempts() + 1) {
      throw new BrokenPromise(
          Promise.TRIES, "%s is counted wrong".formatted(Wording.of(resolution)));
    }
    if ((outcome instanceof Outcome.Delivered) != (resolution.state() == DeliveryState.DELIVERED)) {
      throw new BrokenPromise(
          Promise.TRIES, "%s after %s".formatted(Wording.of(resolution), outcome));
    }
    if (policy == null || outcome instanceof Outcome.Delivered) {
      return;
    }
    RetryPolicy retries = policy.retries(delivery.type());
    boolean hasTries = resolution.attempts() < retries.schedule().waits().size();
    boolean isFinal =
        outcome instanceof Outcome.Gone
            || (outcome instanceof Outcome.Refused refused && policy.isFinal(refused.status()));
    if (resolution.state() == DeliveryState.WAITING) {
      if (!hasTries || isFinal) {
        throw new BrokenPromise(
            Promise.TRIES, "%s is tried again after %s".formatted(Wording.of(resolution), outcome));
      }
      checkDue(resolution, outcome, retries, now);
    } else if (hasTries && !isFinal && !isTooOld(delivery, retries, resolution.attempts())) {
      throw new BrokenPromise(
          Promise.TRIES, "%s is given up after %s".formatted(Wording.of(resolution), outcome));
    }
  }

  private static void checkDue(
      Resolution resolution, Outcome outcome, RetryPolicy retries, Instant now) {
    Duration wait = retries.schedule().waits().get(resolution.attempts());
    Duration asked = Duration.ZERO;
    if (outcome instanceof Outcome.Refused refused && refused.retryAfter() != null) {
      asked = shorter(refused.retryAfter(), retries.maxRetryAfter());
    }
    long shortened = (long) Math.floor((double) wait.toMillis() * (1 - retries.jitter()));
    long least = Math.max(shortened, asked.toMillis());
    long most = Math.max(wait.toMillis(), asked.toMillis());
    long due = Duration.between(now, resolution.dueAt()).toMillis();
    if (due < least || due > most) {
      throw new BrokenPromise(
          Promise.DUE_TIMES,
          "%s is due in %d ms, not in %d to %d"
              .formatted(Wording.of(resolution), due, least, most));
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Whether it may be given up for its age; time may be a quarter faster while clocks are set. */
  private boolean isTooOld(Waiting delivery, RetryPolicy retries, int attempts) {
    Duration maxAge = retries.maxAge();
    if (maxAge == null) {
      return false;
    }
    if (storeClockJumped) {
      return true;
    }
    Duration age = Duration.ofNanos(agenda.now() - madeAt.getOrDefault(delivery.deliveryId(), 0L));
    Duration then =
        age.plus(retries.schedule().waits().get(attempts)).plus(retries.maxRetryAfter());
    return then.plus(then.dividedBy(3)).plusSeconds(1).compareTo(maxAge) > 0;
  }
}
