package dev.boathook.lane;

import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.lane.Held.Stage;
import dev.boathook.outbound.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint's deliveries while this node holds its shard: the few that are in memory, and when
 * the store has more.
 *
 * <p>A delivery is <em>known</em> from before its commit, or from its loading, until its outcome is
 * recorded or it is let go; what is known is never taken from the store again, so that nothing is
 * sent twice without cause.
 */
final class EndpointQueue {
  private static final Duration COMMIT_WAIT = Duration.ofMillis(50);

  final Group group;
  private final Memory memory;
  private final Shares shares;
  private final Map<UUID, Held> known = new HashMap<>();
  private final Map<String, Lane> lanes = new HashMap<>();
  private final ArrayDeque<Held> ready = new ArrayDeque<>();
  private final PriorityQueue<Held> later =
      new PriorityQueue<>(
          Comparator.comparing((Held held) -> held.delivery().dueAt())
              .thenComparing(held -> held.deliveryId));

  /** Became unknown while a load was out, whose rows may still show them as they were. */
  private final Set<UUID> settledWhileLoading = new HashSet<>();

  private @Nullable TokenBucket bucket;
  private @Nullable TokenBucket resumeBucket;

  /** When the earliest is due that only the store has, outside lanes; null when it has none. */
  private @Nullable Instant storeDue;

  /** The same of lanes. */
  private @Nullable Instant lanesDue;

  /** Nothing that is due earlier is only in the store, outside lanes. */
  private Instant storeFrom = Instant.MIN;

  /** What is due could not be read, and is to be later. */
  private boolean storeUnread;

  private boolean lanesUnread;

  Terms terms;

  /** Under which the shard is held; 0 when it is not. */
  long epoch;

  Health health;
  private Throttle throttle = new Throttle();
  @Nullable Instant notedFailingSince;
  boolean deleted;
  boolean loading;

  /** Among whom it waits for its turn, since when, and what part of all it had out by then. */
  @Nullable Turns turns;

  long turn;
  long part;

  /** The note of since when it fails is being written. */
  boolean noting;

  /** It says that it is gone for good: nothing is begun until it is changed. */
  boolean isGone;

  /** Was asked to be disabled; when it may be asked again. */
  @Nullable Instant disableAgainAt;

  /**
   * It was said that what waited when it was resumed has been sent; when that may be said again.
   */
  @Nullable Instant caughtUpAgainAt;

  /** Under which epoch the survey was asked for that is out. */
  long surveyAsked;

  /** Is in the row of those that wait for their turn to load. */
  boolean inLoads;

  boolean surveyed;

  /** Requests under way. */
  int out;

  private Busy busy = Busy.NONE;

  EndpointQueue(Terms terms, Group group, Memory memory, Shares shares) {
    this.terms = terms;
    this.group = group;
    this.memory = memory;
    this.shares = shares;
    this.health = newHealth();
  }

  private Health newHealth() {
    return new Health(memory.limits().busyPerRequest());
  }

  Busy busy() {
    return busy;
  }

  boolean isOpen() {
    return terms.open() && !isGone && epoch != 0;
  }

  UUID endpointId() {
    return terms.endpointId();
  }

  void configure(Terms next, Instant now) {
    boolean otherOrder = next.policy().order() != terms.policy().order();
    if (!next.changedAt().equals(terms.changedAt())) {
      isGone = false;
      disableAgainAt = null;
    }
    terms = next;
    bucket = renewed(bucket, next.policy().rate(), now);
    resumeBucket = renewed(resumeBucket, next.resumeRate(), now);
    health.configure(next.policy().breaker());
    caughtUpAgainAt = null;
    if (!next.open() || otherOrder) {
      letGo(now);
    }
    if (otherOrder) {
      // Lanes say when they are due for the order of before: of the newest, or of the first.
      spill(true, now);
    }
    if (next.resumeRate() != null) {
      // Perhaps nothing waits, and the rate can go at once.
      lookAt(false, now);
      lookAt(true, now);
    }
  }

  private static @Nullable TokenBucket renewed(
      @Nullable TokenBucket before, @Nullable Rate rate, Instant now) {
    if (rate == null) {
      return null;
    }
    return before != null && before.rate().equals(rate) ? before : new TokenBucket(rate, now);
  }

  /** The store has something that is due then. */
  void spill(boolean inLanes, Instant due) {
    if (inLanes) {
      lanesDue = earlier(lanesDue, due);
    } else {
      storeDue = earlier(storeDue, due);
      storeFrom = earlier(storeFrom, due);
    }
  }

  /** The store is to be looked at then: it may have what was due before. */
  void lookAt(boolean inLanes, Instant at) {
    spill(inLanes, at);
    if (!inLanes) {
      storeFrom = Instant.MIN;
    }
  }

  /** It could not be looked at: it is to be then. */
  void unread(boolean inLanes, Instant again) {
    lookAt(inLanes, again);
    if (inLanes) {
      lanesUnread = true;
    } else {
      storeUnread = true;
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isBefore(other) ? other : one;
  }

  static Instant earlier(@Nullable Instant one, Instant other) {
    return one == null || other.isBefore(one) ? other : one;
  }

  void reserve(UUID deliveryId) {
    known.put(deliveryId, new Held(deliveryId, null, null, Stage.RESERVED));
  }

  /** A reserved delivery is committed. False when it was not reserved here. */
  boolean committed(Waiting delivery, boolean first, Instant now) {
    Held reserved = known.get(delivery.deliveryId());
    if (reserved == null || reserved.stage != Stage.RESERVED) {
      return false;
    }
    drop(reserved);
    Place place = delivery.place();
    if (reserved.withdrawn) {
      if (reserved.followed) {
        spill(place != null, delivery.dueAt());
      }
      return true;
    }
    if (place == null) {
      // Behind a backlog in the store it waits there too, so that the earlier ones go first.
      if (isDue(storeDue, now) || !isOpen() || !takeIn(delivery, null, now)) {
        spill(false, delivery.dueAt());
      }
      return true;
    }
    Lane lane = lanes.get(place.key());
    if (lane == null) {
      if (first && !isDue(lanesDue, now) && isOpen()) {
        Lane fresh = new Lane(place.key(), newestOnly());
        if (takeIn(delivery, fresh, now)) {
          fresh.more = reserved.followed;
          lanes.put(fresh.key, fresh);
          return true;
        }
      }
      spill(true, delivery.dueAt());
    } else if (!append(lane, delivery, now) || reserved.followed) {
      lane.more = true;
      forgetIfOutdated(lane, now);
    }
    return true;
  }

  /** What is held is not the newest any more, and may be due much later than what is. */
  private void forgetIfOutdated(Lane lane, Instant now) {
    if (lane.newestOnly && lane.more && !lane.isBusy()) {
      forgetLane(lane, now);
    }
  }

  /** Whether what waits before it in its lane is not wanted once it has come to its end. */
  boolean supersedes(Waiting delivery) {
    Place place = delivery.place();
    Lane lane = place == null ? null : lanes.get(place.key());
    return lane != null && lane.newestOnly;
  }

  private boolean newestOnly() {
    return terms.policy().order() == Order.LATEST;
  }

  /** Puts it behind what is held of the lane, if nothing is missing in between. */
  private boolean append(Lane lane, Waiting delivery, Instant now) {
    Place place = delivery.place();
    if (place == null
        || lane.more
        || place.number() != lane.lastNumber + 1
        || lane.held.isEmpty()
        || memory.isFull()
        || lane.held.size() >= memory.limits().maxHeldPerLane()) {
      return false;
    }
    if (!lane.newestOnly || lane.isBusy()) {
      addBehind(lane, delivery);
      return true;
    }
    // The one that waited for its turn is not the newest any more; this one takes its turn.
    Held before = lane.held.getLast();
    unlist(before);
    before.stage = Stage.BEHIND;
    if (takeIn(delivery, lane, now)) {
      return true;
    }
    addBehind(lane, delivery);
    forgetLane(lane, now);
    return true;
  }

  private void addBehind(Lane lane, Waiting delivery) {
    Waiting kept = memory.fits(delivery) ? delivery : delivery.withoutEvent();
    Held held = new Held(delivery.deliveryId(), lane, kept, Stage.BEHIND);
    memory.held(held.bytes());
    known.put(held.deliveryId, held);
    lane.add(held);
  }

  /** A reserved delivery was not committed, or nobody knows. False when it was not reserved. */
  boolean abandoned(Waiting delivery, boolean certain) {
    Held reserved = known.get(delivery.deliveryId());
    if (reserved == null || reserved.stage != Stage.RESERVED) {
      return false;
    }
    drop(reserved);
    Place place = delivery.place();
    if (certain) {
      return true;
    }
    Lane lane = place == null ? null : lanes.get(place.key());
    if (lane == null) {
      spill(place != null, delivery.dueAt());
    } else {
      lane.more = true;
    }
    return true;
  }

  /** Takes what was loaded from outside lanes. */
  void loaded(List<Waiting> rows, @Nullable Instant nextDue, Instant now) {
    Instant next = nextDue;
    for (Waiting row : rows) {
      if (known.containsKey(row.deliveryId()) || settledWhileLoading.contains(row.deliveryId())) {
        continue;
      }
      if (!isOpen() || !takeIn(row, null, now)) {
        next = row.dueAt();
        break;
      }
    }
    if (next != null) {
      spill(false, next);
    }
  }

  /** Takes loaded lanes. */
  void loadedLanes(List<LoadedLane> rows, @Nullable Instant nextDue, Instant now) {
    Instant next = nextDue;
    if (next != null && rows.stream().allMatch(row -> known.containsKey(firstOf(row)))) {
      // All that there was room for is just being committed: what is behind it can be read after
      // it.
      next = later(next, now.plus(COMMIT_WAIT));
      lanesUnread = true;
    }
    for (LoadedLane row : rows) {
      Lane lane = lanes.get(row.key());
      if (lane != null) {
        lane.more |= row.lastNumber() > lane.lastNumber;
        forgetIfOutdated(lane, now);
        continue;
      }
      if (row.newestOnly() != newestOnly()
          || row.items().stream()
              .anyMatch(item -> settledWhileLoading.contains(item.deliveryId()))) {
        // It was read for another order, or what was read of it is not how it is now.
        spill(true, now);
        continue;
      }
      Instant headDue = row.items().getFirst().dueAt();
      if (headDue.isAfter(now.plus(memory.limits().holdAhead()))) {
        // The lane's row said that it is due earlier than its head is.
        spill(true, headDue);
      } else if (!isOpen() || !takeIn(row, now)) {
        next = row.dueAt();
        break;
      }
    }
    if (next != null) {
      spill(true, next);
    }
  }

  private static UUID firstOf(LoadedLane row) {
    return row.items().getFirst().deliveryId();
  }

  private boolean takeIn(LoadedLane row, Instant now) {
    Held first = known.get(firstOf(row));
    if (first != null) {
      // It is being committed; whoever commits it will say so, and then what is behind it is read.
      first.followed = true;
      return true;
    }
    Lane lane = new Lane(row.key(), row.newestOnly());
    Iterator<Waiting> items = row.items().iterator();
    if (!takeIn(items.next(), lane, now)) {
      return false;
    }
    lanes.put(lane.key, lane);
    while (items.hasNext()) {
      Waiting item = items.next();
      if (known.containsKey(item.deliveryId())
          || memory.isFull()
          || lane.held.size() >= memory.limits().maxHeldPerLane()) {
        break;
      }
      addBehind(lane, item);
    }
    if (row.newestOnly()) {
      // What was put in behind it does not wait any more.
      lane.lastNumber = row.lastNumber();
    }
    lane.more = row.lastNumber() > lane.lastNumber;
    return true;
  }

  /** The load that was out has ended, one way or the other. */
  void loadEnded() {
    loading = false;
    settledWhileLoading.clear();
  }

  /** Takes a delivery that is not known into memory; false when it is better left in the store. */
  private boolean takeIn(Waiting delivery, @Nullable Lane lane, Instant now) {
    Held held = new Held(delivery.deliveryId(), lane, delivery, Stage.GONE);
    if (!list(held, now)) {
      return false;
    }
    known.put(held.deliveryId, held);
    if (lane != null) {
      lane.add(held);
    }
    return true;
  }

  /** Puts it among those that are ready, or will be soon; false when there is no room. */
  private boolean list(Held held, Instant now) {
    Waiting delivery = held.delivery();
    boolean isDue = !delivery.dueAt().isAfter(now);
    int count = isDue ? ready.size() : later.size();
    if (!memory.hasRoom(count) || delivery.dueAt().isAfter(now.plus(memory.limits().holdAhead()))) {
      return false;
    }
    held.become(memory.fits(delivery) ? delivery : delivery.withoutEvent());
    held.stage = isDue ? Stage.READY : Stage.LATER;
    memory.held(held.bytes());
    if (isDue) {
      ready.add(held);
    } else {
      later.add(held);
    }
    return true;
  }

  /** The same of one that is held already; when there is no room it stays as it was. */
  private boolean relist(Held held, Instant now) {
    memory.freed(held.bytes());
    if (list(held, now)) {
      return true;
    }
    memory.held(held.bytes());
    return false;
  }

  /** Takes it out of the row in which it stands, if it stands in one. */
  private void unlist(Held held) {
    if (held.stage == Stage.READY) {
      ready.remove(held);
    } else if (held.stage == Stage.LATER) {
      later.remove(held);
    }
  }

  /** What has become due is ready. */
  void ripen(Instant now) {
    while (!later.isEmpty() && !later.peek().delivery().dueAt().isAfter(now)) {
      Held held = later.remove();
      held.stage = Stage.READY;
      ready.add(held);
    }
  }

  /** How large the body is of what would begin now; 0 when nothing is ready. */
  int firstReadyBytes() {
    return ready.isEmpty() ? 0 : ready.peek().delivery().bodyBytes();
  }

  /** Whether the circuit, the window and the rate let one more attempt begin. */
  boolean mayBegin(Instant now) {
    return isOpen()
        && !ready.isEmpty()
        && health.mayBegin(out, busy.attempts(), terms.policy(), now)
        && (bucket == null || bucket.nextAfter(now) == null)
        && (resumeBucket == null || resumeBucket.nextAfter(now) == null);
  }

  /**
   * Takes note of what is due and waits; true when it is throttled from now on, or not any more.
   */
  boolean noteThrottle(Instant now) {
    // While it is resumed at a rate, what waits is meant to.
    boolean isOver =
        !isOpen() || health.isLeftAlone() || resumeBucket != null || hasNothingDue(now);
    return throttle.note(isOver || ready.isEmpty() ? null : reached(now), isOver, now);
  }

  private @Nullable Limit reached(Instant now) {
    if (bucket != null && bucket.nextAfter(now) != null) {
      return Limit.RATE;
    }
    return health.isFull(out, terms.policy()) ? Limit.CONCURRENCY : null;
  }

  /** For which of its limits what is due has been waiting; null when it is not throttled. */
  @Nullable Limit throttledBy() {
    return throttle.limit();
  }

  /** Takes the next delivery for an attempt; null when it must be looked for first. */
  @Nullable Waiting begin(Instant now) {
    Held held = ready.remove();
    if (held.lane != null && held.lane.newestOnly && held.lane.more) {
      // There may be a newer one than this.
      held.stage = Stage.BEHIND;
      forgetLane(held.lane, now);
      return null;
    }
    memory.freed(held.bytes());
    held.stage = Stage.BUSY;
    Waiting delivery = held.delivery();
    // The bytes go with the attempt; what is kept is what a retry needs.
    held.become(delivery.withoutEvent());
    out++;
    become(busy.plus(shares.attempt(delivery.bodyBytes())));
    health.begin();
    if (bucket != null) {
      bucket.take(now);
    }
    if (resumeBucket != null) {
      resumeBucket.take(now);
    }
    return delivery;
  }

  /** An attempt has come to nothing, or to a retry: it is due again then. */
  void again(Waiting next, Instant now) {
    Held held = endBusy(next);
    if (held == null) {
      return;
    }
    Lane lane = held.lane;
    if (held.withdrawn) {
      leave(held);
      if (lane != null) {
        // Of a lane whose newest is wanted, older ones may wait that were never held.
        lane.more |= lane.newestOnly;
        nextInLane(lane, now);
      }
      return;
    }
    held.become(next);
    if (lane != null && lane.newestOnly != newestOnly()) {
      // The order is another since it was begun, and so may be the one whose turn it is.
      forgetLane(lane, now);
    } else if (lane != null && lane.newestOnly && (lane.more || lane.held.peekLast() != held)) {
      // A newer one came while this was being tried; it goes on with that one.
      nextInLane(lane, now);
    } else if (!isOpen() || !relist(held, now)) {
      if (lane == null) {
        leave(held);
        spill(false, next.dueAt());
      } else {
        forgetLane(lane, next.dueAt());
      }
    }
  }

  /** A busy delivery has come to its end, and the store knows. */
  void ended(Resolution resolution, Instant now) {
    Held held = endBusy(resolution.delivery());
    if (held == null) {
      return;
    }
    Lane lane = held.lane;
    leave(held);
    if (lane == null) {
      return;
    }
    if (resolution.supersedes()) {
      for (Held older : List.copyOf(lane.held)) {
        if (older.number() < held.number()) {
          leave(older);
        }
      }
    }
    if (resolution.haltsLane()) {
      letGoOf(lane);
      lanes.remove(lane.key);
    } else {
      nextInLane(lane, now);
    }
  }

  /** A busy delivery was finished by somebody else, or by us unawares: the store knows. */
  void lost(Resolution resolution, Instant now) {
    Held held = endBusy(resolution.delivery());
    if (held == null) {
      return;
    }
    Lane lane = held.lane;
    if (lane == null) {
      leave(held);
      lookAt(false, now);
    } else {
      forgetLane(lane, now);
    }
  }

  /** It is held again, and stands nowhere. */
  private @Nullable Held endBusy(Waiting delivery) {
    become(busy.minus(shares.attempt(delivery.bodyBytes())));
    Held held = known.get(delivery.deliveryId());
    if (held == null || held.stage != Stage.BUSY) {
      return null;
    }
    held.stage = Stage.BEHIND;
    memory.held(held.bytes());
    return held;
  }

  /** So much is busy from now on. */
  void become(Busy next) {
    leaveTurns();
    count(health.isProven(), busy, next);
    busy = next;
  }

  /** Takes note of an outcome; true when the circuit has opened or closed by it. */
  boolean noteHealth(Outcome outcome, Instant now) {
    boolean wasProven = health.isProven();
    boolean circuitChanged = health.note(outcome, terms.policy(), now);
    if (wasProven != health.isProven()) {
      leaveTurns();
      count(wasProven, busy, Busy.NONE);
      count(!wasProven, Busy.NONE, busy);
    }
    return circuitChanged;
  }

  private void count(boolean isProven, Busy before, Busy after) {
    group.change(isProven, before, after);
    if (!isProven) {
      shares.changeUnproven(before, after);
    }
  }

  void leaveTurns() {
    if (turns != null) {
      turns.remove(this);
    }
  }

  /** Its turn in the lane is over, or nobody has it: the next one's, if there is one. */
  private void nextInLane(Lane lane, Instant now) {
    Held head = lane.head();
    if (head == null || (lane.newestOnly && lane.more) || lane.newestOnly != newestOnly()) {
      forgetLane(lane, now);
      return;
    }
    if (head.stage != Stage.BEHIND || lane.isBusy()) {
      return;
    }
    if (!isOpen() || !relist(head, now)) {
      forgetLane(lane, head.delivery().dueAt());
    }
  }

  /** The lane is left to the store, which may have something of it that is due then. */
  private void forgetLane(Lane lane, Instant due) {
    boolean something = lane.more || !lane.held.isEmpty();
    if (lane.isBusy()) {
      for (Held held : List.copyOf(lane.held)) {
        if (held.stage != Stage.BUSY) {
          leave(held);
        }
      }
      lane.more = true;
      return;
    }
    letGoOf(lane);
    lanes.remove(lane.key);
    if (something) {
      spill(true, due);
    }
  }

  private void letGoOf(Lane lane) {
    for (Held held : List.copyOf(lane.held)) {
      leave(held);
    }
  }

  /** It is known no more. */
  private void leave(Held held) {
    unlist(held);
    memory.freed(held.bytes());
    drop(held);
    if (held.lane != null) {
      held.lane.held.remove(held);
    }
    if (loading) {
      settledWhileLoading.add(held.deliveryId);
    }
  }

  private void drop(Held held) {
    held.stage = Stage.GONE;
    known.remove(held.deliveryId);
  }

  /** An operator called it off, or otherwise finished it: it is not sent if it was not yet. */
  void withdrawn(UUID deliveryId, Instant now) {
    if (loading) {
      settledWhileLoading.add(deliveryId);
    }
    Held held = known.get(deliveryId);
    if (held == null) {
      return;
    }
    switch (held.stage) {
      case RESERVED, BUSY -> held.withdrawn = true;
      case READY, LATER, BEHIND -> {
        leave(held);
        if (held.lane != null) {
          nextInLane(held.lane, now);
        }
      }
      case GONE -> throw new IllegalStateException("what is gone is not known");
    }
  }

  /** Leaves to the store all that is held and not busy. */
  void letGo(Instant now) {
    Collection<Lane> allLanes = List.copyOf(lanes.values());
    for (Lane lane : allLanes) {
      forgetLane(lane, now);
    }
    List<Held> others = new ArrayList<>();
    for (Held held : known.values()) {
      if (held.stage == Stage.READY || held.stage == Stage.LATER) {
        others.add(held);
      }
    }
    for (Held held : others) {
      leave(held);
      lookAt(false, now);
    }
  }

  /** It says that it is gone for good. */
  void gone(Instant now) {
    isGone = true;
    letGo(now);
  }

  /** Forgets everything: the shard is not held any more. */
  void reset() {
    for (Held held : known.values()) {
      if (held.stage != Stage.RESERVED && held.stage != Stage.BUSY) {
        memory.freed(held.bytes());
      }
      held.stage = Stage.GONE;
    }
    known.clear();
    lanes.clear();
    ready.clear();
    later.clear();
    settledWhileLoading.clear();
    storeDue = null;
    storeFrom = Instant.MIN;
    lanesDue = null;
    storeUnread = false;
    lanesUnread = false;
    loading = false;
    become(Busy.NONE);
    // Who holds the shard next, be it this node again, learns anew how the endpoint does.
    health = newHealth();
    throttle = new Throttle();
    notedFailingSince = null;
    noting = false;
    isGone = false;
    disableAgainAt = null;
    caughtUpAgainAt = null;
    out = 0;
    epoch = 0;
    surveyed = false;
  }

  boolean knowsNothing() {
    return known.isEmpty() && busy.attempts() == 0 && !loading;
  }

  /** Whether everything that is due has been begun, and nothing waits behind what was. */
  boolean hasCaughtUp(Instant now) {
    return isOpen()
        && surveyed
        && hasNothingDue(now)
        && lanes.values().stream().noneMatch(lane -> lane.more || lane.held.size() > 1);
  }

  /** Whether nothing that is due waits, but behind others of its lane. */
  private boolean hasNothingDue(Instant now) {
    return ready.isEmpty()
        && !loading
        && !storeUnread
        && !lanesUnread
        && !isDue(storeDue, now)
        && !isDue(lanesDue, now);
  }

  /** A delivery that was reserved here is another node's now. */
  void disown(UUID deliveryId) {
    Held reserved = known.get(deliveryId);
    if (reserved != null && reserved.stage == Stage.RESERVED) {
      drop(reserved);
    }
  }

  /** Whether there is something to load now. */
  boolean wantsLoad(Instant now) {
    return mayLoad() && (isDue(storeDue, now) || isDue(lanesDue, now));
  }

  /** What to load now; null for nothing. */
  Effect.@Nullable Load load(Instant now) {
    if (!mayLoad()) {
      return null;
    }
    int batch = memory.limits().loadBatch();
    int eventBytes = memory.limits().loadedEventBytes();
    if (isDue(storeDue, now)) {
      Instant from = storeFrom;
      storeDue = null;
      storeUnread = false;
      storeFrom = Instant.MAX;
      return new Effect.Load(
          terms, epoch, false, from, eventBytes, known.size() + batch, 1, Set.of());
    }
    if (isDue(lanesDue, now)) {
      lanesDue = null;
      lanesUnread = false;
      int each = newestOnly() ? 1 : memory.limits().maxHeldPerLane();
      return new Effect.Load(
          terms, epoch, true, Instant.MIN, 0, lanes.size() + batch, each, lanes.keySet());
    }
    return null;
  }

  private boolean mayLoad() {
    return isOpen() && !loading && ready.size() < memory.loadThreshold();
  }

  private static boolean isDue(@Nullable Instant due, Instant now) {
    return due != null && !due.isAfter(now);
  }

  /** When something may be done that cannot be done now; null when only an input can bring it. */
  @Nullable Instant nextTime(Instant now) {
    if (isGone && terms.open()) {
      return disableAgainAt;
    }
    if (!isOpen()) {
      return null;
    }
    Instant next = later.isEmpty() ? null : later.peek().delivery().dueAt();
    next = caughtUpAgainAt == null ? next : earlier(next, caughtUpAgainAt);
    if (mayLoad() && !inLoads) {
      next = storeDue == null ? next : earlier(next, storeDue);
      next = lanesDue == null ? next : earlier(next, lanesDue);
    }
    if (!ready.isEmpty()) {
      Instant openUntil = out == 0 ? health.openUntil() : null;
      next = openUntil == null || !openUntil.isAfter(now) ? next : earlier(next, openUntil);
      for (TokenBucket each : new TokenBucket[] {bucket, resumeBucket}) {
        Instant token = each == null ? null : each.nextAfter(now);
        next = token == null ? next : earlier(next, token);
      }
      Instant throttled = throttle.nextTime(now);
      next = throttled == null ? next : earlier(next, throttled);
    }
    return next;
  }
}
