package dev.boathook.simulation;

import dev.boathook.endpoint.CircuitBreaker;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.endpoint.RetryPolicy;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.lane.DeliveryState;
import dev.boathook.lane.LaneId;
import dev.boathook.lane.SteadyClock;
import dev.boathook.simulation.Store.DeliveryRow;
import dev.boathook.simulation.Store.EndpointRow;
import dev.boathook.simulation.Store.LaneRow;
import dev.boathook.simulation.Store.Status;
import dev.boathook.world.SeededChance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One life of several nodes on one store, from a plan, to its end or to a broken promise. */
final class History {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final int MAX_MACHINES = 4;

  /** How long somebody waits for the answer to an event before it is offered again. */
  private static final long OFFER_AGAIN = 6 * SECOND;

  /** After the last fault, beyond the time of the latest try, the backlog is gone by then. */
  private static final long DRAINED_AFTER = 240 * SECOND;

  /**
   * After the last fault an endpoint with something due is not left alone for longer: the longest
   * wait of a circuit, the time-out of an attempt that is out, a lease that has to end first.
   */
  private static final long TAKEN_UP_AFTER = 45 * SECOND;

  /** And if its disabling has failed for being gone, it is disabled by then, at the latest. */
  private static final long DISABLED_AFTER = 90 * SECOND;

  private static final int LANES_TO_OVERTAKE = 6;

  /** When all is well and nothing waits, an event is delivered so soon after it is due. */
  private static final long CALM_DELIVERY = 5 * SECOND;

  /** And accepted by then. */
  private static final long ACCEPTED_AFTER = SECOND;

  /**
   * When all is well, two nodes never go by times that are further apart: what is left of a
   * difference that is not leapt over, and what one gains and the other loses between two beats.
   */
  private static final Duration APART = SteadyClock.MAX_APART.plusSeconds(2);

  private static final int CALM_ROUNDS = 3;

  /** A retry that stands in memory until it is due, and one that does not. */
  private static final List<Duration> FAR_RETRIES =
      List.of(Duration.ofSeconds(28), Duration.ofSeconds(60));

  private static final List<String> TYPES = List.of("thing.changed", "thing.made", "thing.gone");
  static final int SMALL_BODY_BYTES = 60;

  /** The largest body of an event. */
  static final int MAX_BODY_BYTES = 500;

  /** The slowest statement of a slow store. */
  private static final long LAST_WORDS = 15 * SECOND;

  private final Plan plan;
  private final Surroundings around;
  private final List<Machine> machines = new ArrayList<>();
  private final List<UUID> endpoints = new ArrayList<>();
  private final List<Publication> publications = new ArrayList<>();

  /** Since when each endpoint has something due, as far as was looked. */
  private final Map<UUID, Long> dueSince = new HashMap<>();

  private History(Plan plan, boolean keepsDiary) {
    this.plan = plan;
    this.around = new Surroundings(new SeededChance(plan.seed()), plan.limits(), keepsDiary);
  }

  /**
   * How a history went.
   *
   * @param broken the promise that does not hold; null when all do
   * @param how in which way
   * @param events that were accepted
   * @param attempts that were made
   * @param faults how often each thing went wrong
   * @param nanos how long it lasted in virtual time
   * @param diary what happened, if it was wanted
   */
  record Result(
      @Nullable Promise broken,
      String how,
      long events,
      long attempts,
      Map<Fault, Integer> faults,
      long nanos,
      String diary) {}

  /** Lives it. */
  static Result live(Plan plan, boolean keepsDiary) {
    History history = new History(plan, keepsDiary);
    Promise broken = null;
    String how = "";
    try {
      history.live();
    } catch (BrokenPromise e) {
      broken = e.promise();
      how = String.valueOf(e.getMessage());
      Throwable cause = e.getCause();
      if (keepsDiary && cause != null) {
        how += "\n" + List.of(cause.getStackTrace());
      }
    } catch (RuntimeException e) {
      broken = Promise.NO_BUG;
      how = e + "\n" + (keepsDiary ? List.of(e.getStackTrace()) : "");
    }
    Surroundings around = history.around;
    return new Result(
        broken,
        how,
        around.promises.events(),
        around.promises.sent(),
        around.faults(),
        around.agenda.now(),
        around.diary());
  }

  private void live() {
    plan.policies().forEach(this::create);
    for (int i = 0; i < plan.nodes(); i++) {
      addMachine().start();
    }
    around.agenda.runUntil(2 * SECOND);
    for (Plan.Step step : plan.steps()) {
      around.agenda.runUntil(around.agenda.now() + step.after().toNanos());
      around.note(() -> "* " + step.operation());
      perform(step.operation());
    }
    heal();
    drain();
    beCalm();
    overtake();
    checkEmpty();
  }

  private UUID create(DeliveryPolicy policy) {
    UUID id = around.newId();
    around.store.configure(id, policy, Status.ACTIVE, null);
    around.note(() -> "endpoint %s: %s".formatted(Wording.of(id), policy));
    endpoints.add(id);
    return id;
  }

  private Machine addMachine() {
    // Tickers are wrong by a twentieth of a percent at most.
    double speed = 1 + (around.chance.unit() - 0.5) / 1_000;
    Machine machine = new Machine(around, "node-" + (machines.size() + 1), speed);
    machines.add(machine);
    return machine;
  }

  private Machine machine(int number) {
    return machines.get(number % machines.size());
  }

  private @Nullable NodeProcess running(int number) {
    for (int i = 0; i < machines.size(); i++) {
      NodeProcess process = machine(number + i).process;
      if (process != null && process.isAlive() && !process.isStopping()) {
        return process;
      }
    }
    return null;
  }

  private UUID endpoint(int number) {
    return endpoints.get(number % endpoints.size());
  }

  private @Nullable DeliveryRow delivery(int number, boolean waiting) {
    List<DeliveryRow> rows =
        around.store.deliveries().stream().filter(row -> row.isWaiting() == waiting).toList();
    return rows.isEmpty() ? null : rows.get(number % rows.size());
  }

  private @Nullable LaneId haltedLane(int number) {
    List<LaneId> halted = haltedLanes();
    return halted.isEmpty() ? null : halted.get(number % halted.size());
  }

  private List<LaneId> haltedLanes() {
    List<LaneId> halted = new ArrayList<>();
    for (UUID endpoint : endpoints) {
      for (LaneRow lane : around.store.lanes(endpoint)) {
        if (lane.haltedAt() != null) {
          halted.add(new LaneId(endpoint, lane.key()));
        }
      }
    }
    return halted;
  }

  private void perform(Operation operation) {
    switch (operation) {
      case Operation.Publish it -> publish(it);
      case Operation.Behave it -> around.network.setManner(endpoint(it.endpoint()), it.manner());
      case Operation.Trouble it -> around.network.setTrouble(it.oneIn());
      case Operation.Crash it -> {
        Machine machine = machine(it.node());
        NodeProcess process = machine.process;
        if (process != null) {
          process.crash(Fault.CRASH);
        }
        restart(machine, it.restart());
      }
      case Operation.Destine it -> {
        Machine machine = machine(it.node());
        NodeProcess process = machine.process;
        if (process != null) {
          process.destine(it.fault());
        }
        restart(machine, it.restart().plusSeconds(10));
      }
      case Operation.Pause it -> {
        NodeProcess process = machine(it.node()).process;
        if (process != null && process.isAlive()) {
          around.count(Fault.PAUSE);
          process.pause(it.length());
        }
      }
      case Operation.StoreDown it -> {
        around.count(Fault.STORE_DOWN);
        around.storeDown(it.length());
      }
      case Operation.StoreSlow it -> {
        around.count(Fault.STORE_SLOW);
        around.storeSlow(it.length(), it.delay());
      }
      case Operation.EndLease it -> {
        NodeProcess process = machine(it.node()).process;
        if (process != null) {
          around.count(Fault.LEASE_LOST);
          around.store.leases().leave(process.nonce());
        }
      }
      case Operation.Failover it -> {
        NodeProcess process = machine(it.node()).process;
        if (process != null) {
          around.count(Fault.FAILOVER);
          List<Integer> shards = process.shards();
          for (int i = 0; i < shards.size(); i += it.every()) {
            around.promises.failsOver(shards.get(i));
            around.store.leases().takeBack(shards.get(i));
          }
        }
      }
      case Operation.SetClock it -> {
        around.count(Fault.CLOCK_JUMP);
        machine(it.node()).setClock(it.offset());
      }
      case Operation.SetStoreClock it -> {
        around.count(Fault.STORE_CLOCK_JUMP);
        around.setStoreClock(it.offset());
      }
      case Operation.Deafen it -> {
        NodeProcess process = running(it.node());
        if (process != null) {
          around.count(Fault.DEAF);
          around.bus.deafen(process, it.length());
        }
      }
      case Operation.Stray it -> around.bus.setStrays(it.stray());
      case Operation.Join it -> {
        if (machines.size() < MAX_MACHINES) {
          addMachine().start();
        } else {
          machine(it.node()).start();
        }
      }
      case Operation.Stop it -> {
        Machine machine = machine(it.node());
        NodeProcess process = machine.process;
        if (process != null && process.isAlive()) {
          process.stop();
          restart(machine, it.restart());
        }
      }
      case Operation.Replay it -> {
        DeliveryRow row = delivery(it.delivery(), false);
        NodeProcess node = running(it.node());
        if (row != null && node != null) {
          UUID newId = node.machine().newId();
          node.operate(() -> around.store.replay(row.deliveryId(), newId, node.now()));
        }
      }
      case Operation.Cancel it -> {
        DeliveryRow row = delivery(it.delivery(), true);
        if (row != null) {
          cancel(it.node(), List.of(row.deliveryId()));
        }
      }
      case Operation.Purge it ->
          cancel(
              it.node(),
              around.store.waiting(endpoint(it.endpoint())).stream()
                  .map(DeliveryRow::deliveryId)
                  .toList());
      case Operation.RetryHead it -> {
        LaneId lane = haltedLane(it.lane());
        NodeProcess node = running(it.node());
        if (lane != null && node != null) {
          UUID newId = node.machine().newId();
          node.operate(
              () -> around.store.retryHead(lane.endpointId(), lane.key(), newId, node.now()));
        }
      }
      case Operation.Skip it -> {
        LaneId lane = haltedLane(it.lane());
        NodeProcess node = running(it.node());
        if (lane != null && node != null) {
          node.operate(() -> around.store.skip(lane.endpointId(), lane.key()));
        }
      }
      case Operation.Drain it -> {
        LaneId lane = haltedLane(it.lane());
        NodeProcess node = running(it.node());
        if (lane != null && node != null) {
          node.operate(() -> around.store.drain(lane.endpointId(), lane.key(), node.now()));
        }
      }
      case Operation.SetOpen it -> {
        Rate rate = it.perSecond() == 0 ? null : new Rate(it.perSecond(), it.perSecond());
        change(
            it.node(),
            it.endpoint(),
            row -> {
              if (it.open()) {
                around.promises.resumed(row.endpointId());
              }
              around.store.configure(
                  row.endpointId(),
                  row.policy(),
                  it.open() ? Status.ACTIVE : Status.PAUSED,
                  it.open() ? rate : null);
            });
      }
      case Operation.SetPolicy it ->
          change(
              it.node(),
              it.endpoint(),
              row -> {
                noteOrder(row, it.policy());
                around.store.configure(
                    row.endpointId(), it.policy(), row.status(), row.resumeRate());
              });
      case Operation.Delete it ->
          change(it.node(), it.endpoint(), row -> around.store.delete(row.endpointId()));
      case Operation.Create it -> {
        UUID id = create(it.policy());
        NodeProcess node = running(it.node());
        if (node != null) {
          node.change(id, row -> {});
        }
      }
    }
  }

  private void noteOrder(EndpointRow row, DeliveryPolicy next) {
    boolean wasLatest = row.policy().order() == Order.LATEST;
    if (wasLatest != (next.order() == Order.LATEST)) {
      around.promises.reordered(row.endpointId());
    }
  }

  private void change(int node, int endpoint, Consumer<EndpointRow> change) {
    NodeProcess process = running(node);
    if (process != null) {
      process.change(endpoint(endpoint), change);
    }
  }

  private void cancel(int node, List<UUID> deliveries) {
    NodeProcess process = running(node);
    if (process != null) {
      process.operate(() -> around.store.cancel(deliveries, process.now()));
    }
  }

  private void restart(Machine machine, Duration after) {
    around.agenda.after(
        after.toNanos(),
        () -> {
          NodeProcess process = machine.process;
          if (process != null && process.isAlive() && process.isStopping()) {
            restart(machine, Duration.ofSeconds(1));
          } else {
            machine.start();
          }
        });
  }

  private void publish(Operation.Publish it) {
    for (int i = 0; i < it.events(); i++) {
      String key = it.keys() == 0 ? null : "k" + around.chance.below(it.keys());
      publish(it.node(), key, around.chance.of(TYPES));
    }
  }

  private Publication publish(int node, @Nullable String key, String type) {
    Publication publication =
        new Publication(
            "p" + publications.size(),
            key,
            type,
            around.chance.oneIn(5)
                ? around.chance.below(MAX_BODY_BYTES)
                : around.chance.below(SMALL_BODY_BYTES));
    publications.add(publication);
    offer(publication, node);
    return publication;
  }

  /** Again and again until it is accepted, to whichever node answers. */
  private void offer(Publication publication, int node) {
    if (publication.accepted) {
      return;
    }
    NodeProcess process = running(node);
    if (process != null) {
      process.run(() -> process.acceptance().offer(publication));
    }
    around.agenda.after(OFFER_AGAIN, () -> offer(publication, node + 1));
  }

  private void heal() {
    around.note(() -> "* all is well from now on");
    around.heal();
    for (Machine machine : machines) {
      machine.setClock(Duration.ZERO);
      NodeProcess process = machine.process;
      if (process != null) {
        process.heal();
      }
    }
    // At least one node runs; those that are to start again do.
    machines.getFirst().start();
    // What was asked of a slow store before is done by then, and who was to end with it has ended.
    around.agenda.runUntil(around.agenda.now() + LAST_WORDS);
    machines.getFirst().start();
  }

  private void drain() {
    long latest = around.agenda.now() + 60 * SECOND;
    long byRate = nanosByRate();
    long skew = 0;
    while (!isDrained()) {
      latest = Math.max(latest, lastDue());
      skew = Math.max(skew, skew());
      if (around.agenda.now() > latest + DRAINED_AFTER + byRate + skew) {
        throw new BrokenPromise(Promise.NOTHING_IS_STUCK, whatWaits());
      }
      checkTakenUp(skew);
      openAll();
      haltedLanes().forEach(this::skip);
      around.agenda.runUntil(around.agenda.now() + SECOND);
    }
  }

  /** When the last of what waits is due for every node; 0 when nothing waits. */
  private long lastDue() {
    Instant slowest = slowest();
    long last = 0;
    for (DeliveryRow row : around.store.deliveries()) {
      last = row.isWaiting() ? Math.max(last, dueAt(row, slowest)) : last;
    }
    return last;
  }

  /** How long what waits takes at the rates at which endpoints want it, if each is tried once. */
  private long nanosByRate() {
    double seconds = 0;
    for (EndpointRow endpoint : around.store.endpoints()) {
      int waiting = around.store.waiting(endpoint.endpointId()).size();
      for (Rate rate : Arrays.asList(endpoint.policy().rate(), endpoint.resumeRate())) {
        seconds = rate == null ? seconds : Math.max(seconds, waiting / rate.perSecond());
      }
    }
    return (long) (seconds * SECOND);
  }

  /** The time of the node that is behind all others. */
  private Instant slowest() {
    Instant slowest = Instant.MAX;
    for (Machine machine : machines) {
      if (machine.process != null && machine.process.isAlive()) {
        Instant now = machine.process.now();
        slowest = now.isBefore(slowest) ? now : slowest;
      }
    }
    return slowest;
  }

  /** By when it is due for every node; a node's time goes by at three quarters at least. */
  private long dueAt(DeliveryRow row, Instant slowest) {
    if (slowest.equals(Instant.MAX)) {
      return 0;
    }
    Instant due = row.dueAt();
    Long number = row.laneSeq();
    String key = row.key();
    LaneRow lane = number == null || key == null ? null : around.store.lane(row.endpointId(), key);
    if (lane != null && around.promises.storeClockJumped() && lane.dueAt().isAfter(due)) {
      // Written by a node that went by an hour that has been taken back since.
      due = lane.dueAt();
    }
    long wait = Duration.between(slowest, due).toNanos();
    return around.agenda.now() + (wait > 0 ? wait / 3 * 4 : wait);
  }

  /** What is due at an endpoint that is open is begun in time, survey or no survey. */
  private void checkTakenUp(long skew) {
    long now = around.agenda.now();
    Instant slowest = slowest();
    for (EndpointRow endpoint : around.store.endpoints()) {
      UUID id = endpoint.endpointId();
      boolean hasDue =
          !endpoint.deleted()
              && endpoint.status() == Status.ACTIVE
              && around.store.waiting(id).stream()
                  .anyMatch(row -> dueAt(row, slowest) <= now && hasItsTurn(row, endpoint));
      if (!hasDue) {
        dueSince.remove(id);
        continue;
      }
      long since = Math.max(dueSince.computeIfAbsent(id, key -> now), around.promises.lastSent(id));
      long gone = around.promises.isGone(id) ? DISABLED_AFTER : 0;
      if (now - since > TAKEN_UP_AFTER + gone + skew) {
        throw new BrokenPromise(
            Promise.NOTHING_IS_STUCK,
            "nothing was begun for %s in time; %s".formatted(endpoint, whatWaits()));
      }
    }
  }

  /** Whether nothing is to be sent before it. */
  private boolean hasItsTurn(DeliveryRow row, EndpointRow endpoint) {
    Long number = row.laneSeq();
    String key = row.key();
    if (number == null || key == null) {
      return number == null;
    }
    LaneRow lane = around.store.lane(row.endpointId(), key);
    DeliveryRow next =
        endpoint.policy().order() == Order.LATEST
            ? around.store.lastInLane(row.endpointId(), key)
            : around.store.firstInLane(row.endpointId(), key);
    return lane != null && lane.haltedAt() == null && row.equals(next);
  }

  /**
   * How long what is due for one node may not be due for another; time goes by at three quarters at
   * least.
   */
  private long skew() {
    Duration most = Duration.ZERO;
    for (Machine one : machines) {
      for (Machine other : machines) {
        if (one.isUp() && other.isUp() && one.process != null && other.process != null) {
          Duration ahead = Duration.between(one.process.now(), other.process.now());
          most = ahead.compareTo(most) > 0 ? ahead : most;
        }
      }
    }
    if (most.compareTo(APART) > 0) {
      throw new BrokenPromise(
          Promise.DUE_TIMES, "nodes go by times that are %s apart".formatted(most));
    }
    return most.toMillis() < 100 ? 0 : most.toNanos() * 4 / 3;
  }

  private void openAll() {
    for (EndpointRow row : List.copyOf(around.store.endpoints())) {
      NodeProcess node = running(0);
      if (!row.deleted() && row.status() != Status.ACTIVE && node != null) {
        node.change(
            row.endpointId(),
            now -> around.store.configure(now.endpointId(), now.policy(), Status.ACTIVE, null));
      }
    }
  }

  private void skip(LaneId lane) {
    NodeProcess node = running(0);
    if (node != null) {
      node.operate(() -> around.store.skip(lane.endpointId(), lane.key()));
    }
  }

  private boolean isDrained() {
    return !around.store.hasWaiting()
        && around.store.endpoints().stream()
            .allMatch(row ->
                row.deleted()
                    || (row.status() == Status.ACTIVE && !around.promises.isGone(row.endpointId())))
        && publications.stream().allMatch(publication -> publication.accepted)
        && haltedLanes().isEmpty();
  }

  private String whatWaits() {
    StringBuilder text = new StringBuilder();
    for (Publication publication : publications) {
      if (!publication.accepted) {
        text.append(publication.dedupeKey).append(" is not accepted; ");
      }
    }
    for (UUID endpoint : endpoints) {
      for (DeliveryRow row : around.store.waiting(endpoint)) {
        text.append(row).append("; ");
      }
      for (LaneRow lane : around.store.lanes(endpoint)) {
        if (lane.hasWork() || lane.haltedAt() != null) {
          text.append(lane).append("; ");
        }
      }
    }
    return "at " + around.storeTime() + " there wait " + text;
  }

  /** When all is well, whoever takes in an event, it is delivered at once. */
  private void beCalm() {
    around.agenda.runUntil(around.agenda.now() + 40 * SECOND);
    for (int round = 0; round < CALM_ROUNDS; round++) {
      for (int node = 0; node < machines.size(); node++) {
        publish(node, node % 2 == 0 ? null : "calm" + node, around.chance.of(TYPES));
      }
      DeliveryRow dead = delivery(around.chance.below(1_000), false);
      NodeProcess node = running(round);
      if (dead != null && node != null && !around.store.endpoint(dead.endpointId()).deleted()) {
        UUID newId = node.machine().newId();
        node.operate(() -> around.store.replay(dead.deliveryId(), newId, node.now()));
      }
      drainCalmly();
    }
  }

  /** What was just offered is accepted, and delivered soon after it is due. */
  private void drainCalmly() {
    long latest = around.agenda.now();
    around.agenda.runUntil(latest + ACCEPTED_AFTER);
    latest = Math.max(latest, lastDue());
    around.agenda.runUntil(latest + CALM_DELIVERY + skew() + longestAtItsRate());
    if (!isDrained()) {
      throw new BrokenPromise(Promise.NOTHING_IS_STUCK, "in a calm, " + whatWaits());
    }
  }

  /** What is sent at a rate takes so long, where time goes by at three quarters. */
  private long longestAtItsRate() {
    double longest = 0;
    for (EndpointRow endpoint : around.store.endpoints()) {
      Rate rate = endpoint.policy().rate();
      if (rate != null) {
        int waiting = around.store.waiting(endpoint.endpointId()).size();
        longest = Math.max(longest, waiting / rate.perSecond() / 0.75);
      }
    }
    return (long) (longest * SECOND);
  }

  /**
   * When only the newest is wanted, it does not wait for the retry of an older one; be it that this
   * was so before the older one was tried, or that it is only wanted since.
   */
  private void overtake() {
    NodeProcess node = running(0);
    EndpointRow wants =
        around.store.endpoints().stream().filter(row -> !row.deleted()).findFirst().orElse(null);
    if (node == null || wants == null) {
      return;
    }
    UUID id = wants.endpointId();
    Duration retry = around.chance.of(FAR_RETRIES);
    int first = around.chance.below(machines.size());
    for (Order before : List.of(Order.LATEST, Order.SKIP)) {
      order(node, id, before, retry);
      around.network.setManner(id, Network.Manner.FAILS);
      publishInLanes(first);
      around.agenda.runUntil(around.agenda.now() + 2 * SECOND + skew());
      around.network.heal();
      publishInLanes(first + 1);
      if (before != Order.LATEST) {
        around.agenda.runUntil(around.agenda.now() + ACCEPTED_AFTER);
        order(node, id, Order.LATEST, retry);
      }
      around.agenda.runUntil(around.agenda.now() + CALM_DELIVERY + skew());
      if (!around.store.waiting(id).isEmpty()) {
        throw new BrokenPromise(Promise.NOTHING_IS_STUCK, "behind an older one, " + whatWaits());
      }
      drainCalmly();
    }
  }

  /** In more lanes than are read at once, where that is few. */
  private void publishInLanes(int machine) {
    for (int lane = 0; lane < LANES_TO_OVERTAKE; lane++) {
      publish(machine, "overtaken-" + lane, TYPES.getFirst());
    }
  }

  private void order(NodeProcess node, UUID endpointId, Order order, Duration retry) {
    DeliveryPolicy policy = ordered(order, retry);
    node.change(
        endpointId,
        row -> {
          noteOrder(row, policy);
          around.store.configure(endpointId, policy, row.status(), null);
        });
    around.agenda.runUntil(around.agenda.now() + 2 * SECOND);
  }

  private static DeliveryPolicy ordered(Order order, Duration retry) {
    return new DeliveryPolicy(
        order,
        new RetryPolicy(new RetrySchedule(List.of(Duration.ZERO, retry)), 0, null, Duration.ZERO),
        List.of(),
        List.of(),
        DeliveryPolicy.DEFAULT_MAX_IN_FLIGHT,
        null,
        new CircuitBreaker(0, Duration.ofSeconds(1), Duration.ofSeconds(1)),
        null);
  }

  private void checkEmpty() {
    for (Machine machine : machines) {
      NodeProcess process = machine.process;
      String unfinished = process == null || !process.isAlive() ? null : process.unfinished();
      if (unfinished != null) {
        throw new BrokenPromise(Promise.BOUNDS, "nothing waits, but " + unfinished);
      }
    }
    for (DeliveryRow row : around.store.deliveries()) {
      if (row.state() == DeliveryState.WAITING) {
        throw new BrokenPromise(Promise.NOTHING_IS_LOST, row + " waits for ever");
      }
    }
  }
}
