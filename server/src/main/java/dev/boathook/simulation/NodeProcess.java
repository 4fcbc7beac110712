package dev.boathook.simulation;

import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Order;
import dev.boathook.lane.DisableCause;
import dev.boathook.lane.Effect;
import dev.boathook.lane.Engine;
import dev.boathook.lane.EngineLimits;
import dev.boathook.lane.Leases;
import dev.boathook.lane.LoadedLane;
import dev.boathook.lane.Resolution;
import dev.boathook.lane.Shards;
import dev.boathook.lane.SteadyClock;
import dev.boathook.lane.Terms;
import dev.boathook.lane.Waiting;
import dev.boathook.node.Message;
import dev.boathook.outbound.Outcome;
import dev.boathook.simulation.Store.EndpointRow;
import dev.boathook.simulation.Store.Status;
import dev.boathook.simulation.Surroundings.Ask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One life of a node: the product's own core, and around it a model of the product's shell, which
 * does what {@code Dispatcher}, {@code Recorder} and {@code Node} do.
 */
final class NodeProcess {
  static final UUID PROJECT = new UUID(1, 1);
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;
  private static final int MAX_BATCH = 256;
  private static final int CONSUMERS = 3;

  /** Of each of an endpoint's two rows: what is due, and what will be. */
  private static final int HELD_HOWEVER_FULL = 16;

  private static final Duration UNSENT_WAIT = Duration.ofSeconds(1);
  private static final Leases.Term TERM = Leases.Term.DEFAULT;

  private final Surroundings around;
  private final Machine machine;
  private final SteadyClock clock;
  private final Engine engine;
  private final Leases leases;
  private final Acceptance acceptance;
  private final Map<UUID, EndpointRow> directory = new LinkedHashMap<>();
  private final ArrayDeque<Attempt> toRecord = new ArrayDeque<>();
  private final Map<Attempt, Resolution> resolutions = new LinkedHashMap<>();
  private final List<Message> toTell = new ArrayList<>();
  private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();

  /** Has been tried once, and may have been overtaken by another change of the configuration. */
  private final Set<Effect.Disable> overtaken = new HashSet<>();

  private final Set<Fault> fates = EnumSet.noneOf(Fault.class);
  private long directoryVersion;
  private long pausedUntil;
  private long wakes;
  private long leaseWakes;
  private boolean alive = true;
  private boolean recording;
  private boolean telling;
  private boolean leasing;
  private boolean stopping;
  private boolean stopTold;
  private boolean leaving;
  private boolean refreshing;
  private long stoppedAt;
  private int loadsOut;

  NodeProcess(Surroundings around, Machine machine) {
    this.around = around;
    this.machine = machine;
    Instant storeTime = around.storeTime();
    Instant theirs = around.store.leases().furthest(TERM.length(), storeTime);
    this.clock = new SteadyClock(machine::nanoTime, theirs == null ? storeTime : theirs);
    this.engine = new Engine(around.limits);
    this.leases = new Leases(TERM, around.newId(), machine.nanoTime());
    this.acceptance = new Acceptance(around, this);
  }

  Machine machine() {
    return machine;
  }

  boolean isAlive() {
    return alive;
  }

  boolean isStopping() {
    return stopping;
  }

  Engine engine() {
    return engine;
  }

  Acceptance acceptance() {
    return acceptance;
  }

  /** The time by which deliveries are due. */
  Instant now() {
    return clock.instant();
  }

  Collection<EndpointRow> directory() {
    return directory.values();
  }

  long directoryVersion() {
    return directoryVersion;
  }

  /** Does it now, or when the process goes on, or never when it has ended. */
  void run(Runnable task) {
    if (!alive) {
      return;
    }
    if (around.agenda.now() < pausedUntil) {
      deferred.add(task);
      return;
    }
    task.run();
  }

  /** Stands still for so long. */
  void pause(Duration length) {
    long until = around.agenda.now() + length.toNanos();
    if (until <= pausedUntil) {
      return;
    }
    pausedUntil = until;
    around.agenda.after(length.toNanos(), this::goOn);
  }

  private void goOn() {
    if (!alive || around.agenda.now() < pausedUntil) {
      return;
    }
    List<Runnable> tasks = List.copyOf(deferred);
    deferred.clear();
    for (Runnable task : tasks) {
      run(task);
    }
  }

  void heal() {
    fates.clear();
    pausedUntil = 0;
    goOn();
  }

  /** This will happen to it at the next occasion. */
  void destine(Fault fault) {
    fates.add(fault);
  }

  /** Whether this happens now. */
  boolean suffers(Fault fault) {
    boolean does = fates.remove(fault);
    if (does) {
      around.count(fault);
    }
    return does;
  }

  /** Whether it ends now by this; the caller ends it. */
  boolean dies(Fault fault) {
    return fates.remove(fault);
  }

  /** Ends without a word. */
  void crash(Fault fault) {
    if (alive) {
      around.count(fault);
      around.note(() -> machine.name + " ends: " + fault);
      end();
    }
  }

  private void end() {
    alive = false;
    around.promises.died(this);
    deferred.clear();
    around.bus.leave(this);
    acceptance.ended();
  }

  /** Begins: reads the directory, listens, takes a lease. */
  void start() {
    around.note(() -> machine.name + " starts");
    // The product reads the directory before anything else, and does not start without.
    take(around.store.directorySince(0));
    around.bus.listen(this);
    leaseStep();
    keepTime();
    everySecond();
  }

  private void everySecond() {
    around.agenda.after(
        machine.trueNanos(SECOND),
        () ->
            run(() -> {
              refresh();
              restateLanes();
              everySecond();
            }));
  }

  /** Has lanes say anew when they are due whose endpoint's order was changed. */
  private void restateLanes() {
    around.ask(
        this,
        Ask.READ,
        around.store::restating,
        marked -> marked.forEach(this::restateLanes),
        () -> {});
  }

  private void restateLanes(UUID endpointId, long version) {
    around.ask(
        this,
        Ask.COMMIT,
        () -> around.store.restateLanes(endpointId),
        () -> {
          tell(new Message.Work(endpointId, true, Instant.EPOCH));
          around.ask(
              this,
              Ask.COMMIT,
              () -> around.store.endRestating(endpointId, version),
              () -> {},
              () -> {});
        },
        () -> {});
  }

  /** Reads what has changed of the endpoints. */
  void refresh() {
    if (refreshing) {
      return;
    }
    refreshing = true;
    long before = directoryVersion;
    around.ask(
        this,
        Ask.READ,
        () -> around.store.directorySince(before),
        read -> {
          refreshing = false;
          take(read);
          acceptance.next();
        },
        () -> {
          refreshing = false;
          acceptance.next();
        });
  }

  private void take(Store.Directory read) {
    for (EndpointRow row : read.changed()) {
      if (row.deleted()) {
        directory.remove(row.endpointId());
        act(now -> engine.forget(row.endpointId(), now));
        cancelForDeleted();
      } else {
        Terms terms = terms(row);
        around.promises.configured(this, terms, row.version());
        act(now -> engine.configure(terms, now));
        directory.put(row.endpointId(), row);
      }
    }
    directoryVersion = read.version();
  }

  private static Terms terms(EndpointRow row) {
    // Some endpoints share a consumer with others.
    int consumer = Math.floorMod(row.endpointId().hashCode(), CONSUMERS);
    return new Terms(
        PROJECT,
        row.endpointId(),
        new UUID(2, consumer),
        1 + 2 * consumer,
        row.policy(),
        row.status() == Status.ACTIVE,
        row.resumeRate(),
        changedAt(row.version()));
  }

  private static Instant changedAt(long version) {
    return Instant.ofEpochSecond(version);
  }

  private void cancelForDeleted() {
    around.ask(
        this,
        Ask.COMMIT,
        () -> around.store.cancelForDeleted(machine.time()),
        () -> {},
        // The product tries again every minute.
        () -> around.agenda.after(60 * SECOND, () -> run(this::cancelForDeleted)));
  }

  /** Gives the core an input and does what it wants. */
  void act(Consumer<Instant> input) {
    Instant now = clock.instant();
    int unprovenBefore;
    List<Effect> effects;
    try {
      input.accept(now);
      unprovenBefore = engine.usage().busyUnproven();
      effects = advance(now);
    } catch (BrokenPromise e) {
      throw e;
    } catch (RuntimeException e) {
      throw new BrokenPromise(Promise.NO_BUG, "the core has thrown " + e, e);
    }
    perform(effects);
    checkBounds(unprovenBefore);
    scheduleWake();
  }

  private List<Effect> advance(Instant now) {
    engine.suspend(stopping || !leases.holds(machine.nanoTime()));
    return engine.advance(now);
  }

  private void keepTime() {
    act(now -> {});
  }

  private void scheduleWake() {
    long number = ++wakes;
    Instant wake = engine.nextWake();
    Duration wait = wake == null ? Duration.ofSeconds(1) : Duration.between(clock.instant(), wake);
    long millis = Math.clamp(wait.toMillis(), 1, 1_000);
    around.agenda.after(
        machine.trueNanos(millis * MILLI),
        () ->
            run(() -> {
              if (number == wakes) {
                keepTime();
              }
            }));
  }

  /**
   * Checks the bounds.
   *
   * @param unprovenBefore attempts for unproven endpoints before: an endpoint that fails makes all
   *     of its own into such, but none is begun past the limit
   */
  private void checkBounds(int unprovenBefore) {
    Engine.Usage usage = engine.usage();
    EngineLimits limits = around.limits;
    boolean inBounds =
        usage.busy() >= 0
            && usage.busy() <= limits.maxBusy()
            && usage.busyUnproven() >= 0
            && usage.busyUnproven() <= usage.busy()
            && usage.busyUnproven() <= Math.max(limits.maxUnproven(), unprovenBefore)
            && usage.busyBytes() >= 0
            && usage.busyBytes() < limits.maxBusyBytes() + History.MAX_BODY_BYTES
            && usage.heldBytes() >= 0
            && usage.heldBytes() <= limits.maxHeldBytes()
            && usage.held() >= 0
            && usage.held() <= mostHeld()
            && loadsOut <= around.limits.maxLoads();
    if (!inBounds) {
      throw new BrokenPromise(
          Promise.BOUNDS, "%s has %s and %d loads".formatted(machine.name, usage, loadsOut));
    }
  }

  /** Past the limit every endpoint may have a few, and each that was busy comes back. */
  private int mostHeld() {
    int endpoints = around.store.endpoints().size();
    return around.limits.maxHeld() + 2 * HELD_HOWEVER_FULL * endpoints + around.limits.maxBusy();
  }

  private void perform(List<Effect> effects) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Send send -> attempt(send);
        case Effect.Load load -> load(load);
        case Effect.Survey survey -> survey(survey);
        case Effect.NoteFailing note -> note(note);
        case Effect.Released released -> {
          leases.drained(released.shard(), released.epoch(), machine.nanoTime());
          leaseSoon();
        }
        case Effect.Tell tell ->
            tell(new Message.Work(tell.endpointId(), tell.lanes(), tell.dueAt()));
        case Effect.LookAgain lookAgain -> {
          leases.fenced(lookAgain.shard(), lookAgain.epoch(), machine.nanoTime());
          leaseSoon();
          tell(new Message.LookAgain(lookAgain.shard()));
        }
        case Effect.Disable disable -> disable(disable);
        case Effect.Circuit circuit -> {}
        case Effect.Throttled throttled -> {}
        case Effect.CaughtUp caughtUp -> caughtUp(caughtUp.endpointId());
      }
    }
  }

  /** A message goes through the store, with all that wait, and again when that is away. */
  void tell(Message message) {
    toTell.add(message);
    if (!telling) {
      telling = true;
      tellAll();
    }
  }

  private void tellAll() {
    if (toTell.isEmpty()) {
      telling = false;
      return;
    }
    List<Message> messages = List.copyOf(toTell);
    around.ask(
        this,
        Ask.READ,
        () -> around.bus.send(messages),
        () -> {
          toTell.subList(0, messages.size()).clear();
          tellAll();
        },
        () -> around.agenda.after(SECOND, () -> run(this::tellAll)));
  }

  void missed() {
    act(engine::missed);
  }

  void heard(List<Message> messages) {
    act(now -> messages.forEach(message -> hear(message, now)));
  }

  private void hear(Message message, Instant now) {
    switch (message) {
      case Message.Work work -> engine.told(work.endpointId(), work.lanes(), work.dueAt(), now);
      case Message.Withdrawn withdrawn ->
          engine.withdrawn(withdrawn.endpointId(), withdrawn.deliveryId(), now);
      case Message.LookThrough all -> engine.lookAgain(now);
      case Message.LookAgain lookAgain -> {
        if (engine.epochOf(lookAgain.shard()) != 0) {
          engine.lookAgain(now);
        }
      }
      case Message.Shards shards -> {
        leases.hurry(machine.nanoTime());
        leaseSoon();
      }
      case Message.Attempted attempted -> {
        // Nobody waits for replies here.
      }
      case Message.Configuration configuration -> refresh();
    }
  }

  private void attempt(Effect.Send send) {
    Attempt attempt = new Attempt(this, send, leases.nonce());
    around.note(() -> machine.name + " sends " + Wording.of(send.delivery()));
    around.promises.decided(attempt, clock.instant(), around.limits);
    // A thread of its own, which may begin a little later.
    around.agenda.after(around.chance.below(MILLI), () -> run(() -> begin(attempt)));
  }

  private void begin(Attempt attempt) {
    Waiting delivery = attempt.delivery();
    EndpointRow endpoint = directory.get(delivery.endpointId());
    if (endpoint == null || endpoint.status() != Status.ACTIVE) {
      unsent(attempt);
      return;
    }
    attempt.version = endpoint.version();
    if (delivery.event() != null) {
      send(attempt);
      return;
    }
    around.ask(this, Ask.READ, () -> true, found -> send(attempt), () -> unsent(attempt));
  }

  /** Makes the request, unless the shard was lost since it was decided. */
  private void send(Attempt attempt) {
    if (!leases.holds(machine.nanoTime())
        || engine.epochOf(attempt.shard()) != attempt.send.epoch()) {
      unsent(attempt);
      return;
    }
    around.promises.begins(attempt);
    around.network.send(attempt);
  }

  private void unsent(Attempt attempt) {
    attempt.unsent = true;
    around.promises.unsent(attempt);
    act(now -> engine.unsent(attempt.send, now.plus(UNSENT_WAIT), now));
  }

  /** An answer, or none, for an attempt. */
  void ended(Attempt attempt, Outcome outcome) {
    if (attempt.outcome != null) {
      return;
    }
    attempt.outcome = outcome;
    around.note(() ->
        machine.name + " hears " + outcome + " of " + Wording.of(attempt.delivery().deliveryId()));
    if (dies(Fault.CRASH_BEFORE_RECORD)) {
      crash(Fault.CRASH_BEFORE_RECORD);
      return;
    }
    EndpointRow endpoint = directory.get(attempt.delivery().endpointId());
    DeliveryPolicy policy = endpoint == null ? null : endpoint.policy();
    act(now -> {
      Resolution resolution =
          engine.attempted(
              attempt.send, changedAt(attempt.version), outcome, around.chance.unit(), now);
      around.promises.resolved(attempt, resolution, policy, now);
      resolutions.put(attempt, resolution);
      toRecord.add(attempt);
    });
    record();
  }

  private void record() {
    if (recording || toRecord.isEmpty()) {
      return;
    }
    recording = true;
    List<Attempt> batch = new ArrayList<>();
    while (!toRecord.isEmpty() && batch.size() < MAX_BATCH) {
      batch.add(toRecord.remove());
    }
    write(batch);
  }

  /** Until it is written. */
  private void write(List<Attempt> batch) {
    List<Resolution> rows = new ArrayList<>();
    List<String> outcomes = new ArrayList<>();
    for (Attempt attempt : batch) {
      Resolution resolution = resolutions.get(attempt);
      Outcome outcome = attempt.outcome;
      if (resolution == null || outcome == null) {
        throw new IllegalStateException("an attempt without an outcome is to be written");
      }
      rows.add(resolution);
      outcomes.add(outcome.code());
    }
    UUID nonce = leases.nonce();
    around.ask(
        this,
        Ask.COMMIT,
        () -> around.store.record(nonce, rows, outcomes),
        written -> {
          recording = false;
          around.note(() ->
              machine.name
                  + " has written "
                  + rows.stream().map(Wording::of).toList()
                  + ": "
                  + written);
          for (Attempt attempt : batch) {
            attempt.isWritten = true;
            resolutions.remove(attempt);
          }
          act(now -> {
            for (int i = 0; i < rows.size(); i++) {
              engine.recorded(rows.get(i), written.get(i), now);
            }
          });
          record();
        },
        () -> around.agenda.after(machine.trueNanos(250 * MILLI), () -> run(() -> write(batch))));
  }

  private void load(Effect.Load load) {
    around.promises.loads(load.terms().endpointId());
    loadsOut++;
    Runnable failed =
        () -> {
          loadsOut--;
          act(now -> engine.loadFailed(load, now));
        };
    if (!load.lanes()) {
      around.ask(
          this,
          Ask.READ,
          () -> around.store.load(load),
          read -> {
            around.note(() -> machine.name + " has read " + Wording.all(read.rows()));
            loadsOut--;
            act(now -> engine.loaded(load, read.rows(), read.nextDue(), now));
          },
          failed);
      return;
    }
    around.ask(
        this,
        Ask.READ,
        () -> around.store.readLanes(load),
        read -> settle(load, read, 0, failed),
        failed);
  }

  /**
   * One after another, the rows of lanes are mended that say too little; then the core gets what
   * was read.
   */
  private void settle(Effect.Load load, List<Store.ReadLane> read, int from, Runnable failed) {
    int next = from;
    while (next < read.size() && !read.get(next).isToBeMended()) {
      next++;
    }
    if (next == read.size()) {
      Store.Loaded<LoadedLane> lanes = Store.loaded(load, read);
      around.note(
          () -> machine.name + " has read " + lanes.rows().stream().map(Wording::of).toList());
      loadsOut--;
      act(now -> engine.loadedLanes(load, lanes.rows(), lanes.nextDue(), now));
      return;
    }
    int empty = next;
    around.ask(
        this,
        Ask.COMMIT,
        () -> {
          Store.ReadLane lane = read.get(empty);
          if (lane.items().isEmpty()) {
            around.store.settle(load.terms().endpointId(), lane.row());
          } else {
            Instant due = lane.items().getFirst().dueAt();
            Order order = load.terms().policy().order();
            around.store.correct(load.terms().endpointId(), lane.row(), due, order);
          }
        },
        () -> settle(load, read, empty + 1, failed),
        failed);
  }

  private void survey(Effect.Survey survey) {
    List<UUID> known =
        directory.keySet().stream().filter(id -> survey.shards().contains(Shards.of(id))).toList();
    around.ask(
        this,
        Ask.READ,
        () -> around.store.survey(known),
        found -> {
          around.note(() -> machine.name + " has found " + found);
          act(now -> engine.surveyed(found, now));
        },
        () -> act(engine::surveyFailed));
  }

  private void note(Effect.NoteFailing note) {
    UUID nonce = leases.nonce();
    around.ask(
        this,
        Ask.COMMIT,
        () -> {
          if (around.store.leases().isHeld(Shards.of(note.endpointId()), note.epoch(), nonce)) {
            around.store.note(note.endpointId(), note.since());
          }
        },
        () -> act(now -> engine.noted(note, true)),
        () -> act(now -> engine.noted(note, false)));
  }

  private void disable(Effect.Disable disable) {
    UUID endpointId = disable.endpointId();
    EndpointRow known = directory.get(endpointId);
    if (known == null || !changedAt(known.version()).equals(disable.changedAt())) {
      return;
    }
    if (disable.cause() instanceof DisableCause.Failing) {
      around.promises.disables(endpointId, known.policy(), now());
    }
    if (overtaken.add(disable) && around.chance.oneIn(4)) {
      // It is said again later.
      around.count(Fault.CHANGE_OVERTAKEN);
      return;
    }
    change(
        endpointId,
        row -> {
          if (row.status() == Status.ACTIVE) {
            around.store.configure(endpointId, row.policy(), Status.DISABLED, row.resumeRate());
          }
        });
  }

  private void caughtUp(UUID endpointId) {
    EndpointRow known = directory.get(endpointId);
    if (known != null) {
      around.promises.caughtUp(known, clock.instant());
    }
    change(
        endpointId,
        row -> {
          if (row.status() == Status.ACTIVE) {
            around.store.configure(endpointId, row.policy(), Status.ACTIVE, null);
          }
        });
  }

  /** Changes an endpoint that is not deleted; the others hear of it. */
  void change(UUID endpointId, Consumer<EndpointRow> change) {
    around.ask(
        this,
        Ask.COMMIT,
        () -> {
          EndpointRow row = around.store.endpoint(endpointId);
          if (!row.deleted()) {
            change.accept(row);
          }
        },
        () -> {
          refresh();
          tell(new Message.Configuration());
        },
        () -> {});
  }

  /** An operator's statement, and what is to be told after it. */
  void operate(Supplier<Store.Told> statement) {
    around.ask(
        this,
        Ask.COMMIT,
        statement,
        told -> {
          around.note(() -> machine.name + " has operated: " + told);
          told.withdrawn()
              .forEach(row -> {
                act(now -> engine.withdrawn(row.endpointId(), row.deliveryId(), now));
                tell(new Message.Withdrawn(row.endpointId(), row.deliveryId()));
              });
          told.expected()
              .forEach(one ->
                  act(now -> engine.expect(one.endpointId(), one.lanes(), one.dueAt(), now)));
        },
        // Perhaps it took place, and nobody knows what it made or called off.
        () -> {
          missed();
          tell(new Message.LookThrough());
        });
  }

  private void leaseSoon() {
    long number = ++leaseWakes;
    around.agenda.after(
        0,
        () ->
            run(() -> {
              if (number == leaseWakes) {
                leaseStep();
              }
            }));
  }

  private void leaseStep() {
    if (leasing || leaving) {
      return;
    }
    long nanos = machine.nanoTime();
    if (stopping && !stopTold) {
      stopTold = true;
      apply(leases.stop(nanos));
    }
    if (stopping && !leases.holdsAny()) {
      leaving = true;
      tryToLeave();
      return;
    }
    Leases.Step step = leases.next(nanos);
    if (step instanceof Leases.Step.Wait wait) {
      long number = ++leaseWakes;
      around.agenda.after(
          machine.trueNanos(Math.max(1, wait.untilNanos() - nanos)),
          () ->
              run(() -> {
                if (number == leaseWakes) {
                  leaseStep();
                }
              }));
      return;
    }
    leasing = true;
    Instant time = clock.instant();
    Runnable failed =
        () -> {
          leasing = false;
          leases.failed(machine.nanoTime());
          leaseStep();
        };
    switch (step) {
      case Leases.Step.Join join ->
          around.ask(
              this,
              Ask.LEASE,
              () -> {
                around
                    .store
                    .leases()
                    .join(machine.nodeId, join.nonce(), TERM.length(), time, around.storeTime());
                around.promises.renewed(join.nonce());
                return around.storeTime();
              },
              storeTime -> {
                clock.observe(storeTime, nanos, machine.nanoTime());
                tell(new Message.Shards());
                tell(new Message.LookThrough());
                leases.joined(nanos);
                leased(List.of());
              },
              failed);
      case Leases.Step.Beat beat -> {
        Instant[] storeTime = new Instant[1];
        @Nullable Instant[] furthest = new Instant[1];
        around.ask(
            this,
            Ask.LEASE,
            () -> {
              storeTime[0] = around.storeTime();
              beat.giveBack().forEach(shard -> around.promises.givenBack(shard, beat.nonce()));
              Leases.Beaten beaten =
                  around.store.leases().beat(beat, TERM.length(), time, around.storeTime());
              furthest[0] = around.store.leases().furthest(TERM.length(), around.storeTime());
              if (beaten.alive()) {
                around.promises.renewed(beat.nonce());
              }
              return beaten;
            },
            beaten -> {
              if (beaten.alive()) {
                clock.observe(storeTime[0], nanos, machine.nanoTime());
                Instant theirs = furthest[0];
                if (theirs != null) {
                  Instant before = clock.instant();
                  clock.follow(theirs);
                  if (clock.instant().isAfter(before)) {
                    around.promises.leapt(this);
                  }
                }
              }
              leased(leases.beat(beat, beaten, nanos, around.newId()));
            },
            failed);
      }
      case Leases.Step.Claim claim ->
          around.ask(
              this,
              Ask.LEASE,
              () -> around.store.leases().claim(claim),
              taken -> leased(leases.claimed(taken)),
              failed);
      case Leases.Step.Wait wait -> throw new IllegalStateException("waits already");
    }
  }

  private void leased(List<Leases.Change> changes) {
    leasing = false;
    apply(changes);
    if (changes.stream().anyMatch(change -> change instanceof Leases.Change.Released)) {
      tell(new Message.Shards());
    }
    leaseStep();
  }

  private void apply(List<Leases.Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    around.note(() -> machine.name + " " + Wording.changes(changes));
    act(now -> {
      for (Leases.Change change : changes) {
        switch (change) {
          case Leases.Change.Own own -> engine.own(own.shard(), own.epoch(), now);
          case Leases.Change.Lose lose -> {
            around.promises.lost(this, lose.shard());
            engine.lose(lose.shard(), now);
          }
          case Leases.Change.Release release -> engine.release(release.shard(), now);
          case Leases.Change.Released released ->
              engine.released(released.shard(), released.epoch(), now);
        }
      }
    });
  }

  /** Stops cleanly: begins nothing more, gives its shards to others, records what is out. */
  void stop() {
    if (stopping) {
      return;
    }
    around.note(() -> machine.name + " stops");
    stopping = true;
    stoppedAt = around.agenda.now();
    acceptance.close();
    leaseSoon();
    around.agenda.after(30 * SECOND, () -> run(this::end));
  }

  private void tryToLeave() {
    boolean done = engine.busy() == 0 && toRecord.isEmpty() && !recording;
    if (!done && around.agenda.now() - stoppedAt < 20 * SECOND) {
      around.agenda.after(50 * MILLI, () -> run(this::tryToLeave));
      return;
    }
    UUID nonce = leases.nonce();
    around.ask(
        this,
        Ask.LEASE,
        () -> around.store.leases().leave(nonce),
        () -> {
          tell(new Message.Shards());
          around.agenda.after(100 * MILLI, () -> run(this::end));
        },
        this::end);
  }

  /** Under which it holds its shards. */
  UUID nonce() {
    return leases.nonce();
  }

  /** The shards that it holds, as far as the store knows. */
  List<Integer> shards() {
    List<Integer> held = new ArrayList<>();
    for (int shard = 0; shard < Shards.COUNT; shard++) {
      if (leases.nonce().equals(around.store.leases().nonce(shard))) {
        held.add(shard);
      }
    }
    return held;
  }

  /** What is still to be done by it, for who looks why something waits. */
  @Nullable String unfinished() {
    Engine.Usage usage = engine.usage();
    return usage.busy() == 0 && usage.held() == 0 && usage.heldBytes() == 0
        ? null
        : machine.name + " has " + usage;
  }
}
