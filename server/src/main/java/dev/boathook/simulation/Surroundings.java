package dev.boathook.simulation;

import dev.boathook.lane.EngineLimits;
import dev.boathook.world.SeededChance;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What all nodes of a history share: time, chance, the store and the ways to it, the network. */
final class Surroundings {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final long MILLI = 1_000_000;
  private static final long NEVER = Long.MAX_VALUE / 4;

  final Agenda agenda = new Agenda();
  final SeededChance chance;
  final Promises promises = new Promises(agenda);
  final Store store = new Store(promises);
  final EngineLimits limits;
  final Bus bus;
  final Network network;
  private final Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
  private final StringBuilder diary;
  private final boolean keepsDiary;
  private Duration storeClockOffset = Duration.ZERO;
  private long storeDownUntil;
  private long storeSlowUntil;
  private long storeDelay;
  private long ids;

  Surroundings(SeededChance chance, EngineLimits limits, boolean keepsDiary) {
    this.chance = chance;
    this.limits = limits;
    this.keepsDiary = keepsDiary;
    this.diary = new StringBuilder();
    this.bus = new Bus(this);
    this.network = new Network(this);
    promises.watch(store);
  }

  /** How often each thing went wrong. */
  Map<Fault, Integer> faults() {
    return faults;
  }

  void count(Fault fault) {
    faults.merge(fault, 1, Integer::sum);
    if (!fault.isOfEndpoint()) {
      promises.nodesAreTroubled();
    }
  }

  /** Writes down what happens, when somebody wants to read it. */
  void note(Supplier<String> what) {
    if (keepsDiary) {
      diary.append("%12.6f  ".formatted(agenda.now() / 1e9)).append(what.get()).append('\n');
    }
  }

  String diary() {
    return diary.toString();
  }

  /** The store's time of day. */
  Instant storeTime() {
    return START.plusNanos(agenda.now()).plus(storeClockOffset);
  }

  void setStoreClock(Duration offset) {
    promises.storeClockJumps();
    storeClockOffset = offset;
  }

  void storeDown(Duration length) {
    storeDownUntil = agenda.now() + length.toNanos();
  }

  void storeSlow(Duration length, Duration delay) {
    storeSlowUntil = agenda.now() + length.toNanos();
    storeDelay = delay.toNanos();
  }

  boolean isStoreUp() {
    return agenda.now() >= storeDownUntil;
  }

  /** Everything outside is well from now on. */
  void heal() {
    storeDownUntil = 0;
    storeSlowUntil = 0;
    bus.heal();
    network.heal();
  }

  /** A number that no other id has. */
  long nextId() {
    return ++ids;
  }

  /** An id for something of the simulation itself. */
  UUID newId() {
    return new UUID(chance.bits(), nextId());
  }

  /** What may happen to one question to the store. */
  record Ask(boolean commits, long timeoutNanos) {
    static final Ask READ = new Ask(false, 60_000 * MILLI);
    static final Ask COMMIT = new Ask(true, 60_000 * MILLI);
    static final Ask LEASE = new Ask(true, 5_000 * MILLI);
  }

  /** Has the store do something of which only that it is done is to be known. */
  void ask(NodeProcess asker, Ask ask, Runnable statement, Runnable answered, Runnable failed) {
    ask(
        asker,
        ask,
        () -> {
          statement.run();
          return true;
        },
        done -> answered.run(),
        failed);
  }

  /**
   * Asks the store: the statement happens at once at some time, or never; the answer comes later,
   * or never.
   */
  <T> void ask(
      NodeProcess asker, Ask ask, Supplier<T> statement, Consumer<T> answered, Runnable failed) {
    if (!isStoreUp()) {
      agenda.after(5 * MILLI + chance.below(50 * MILLI), () -> asker.run(failed));
      return;
    }
    long there = latency();
    long back = latency();
    boolean tooLate = there + back > ask.timeoutNanos;
    if (ask.commits && asker.dies(Fault.CRASH_BEFORE_COMMIT)) {
      agenda.after(there, () -> asker.crash(Fault.CRASH_BEFORE_COMMIT));
      return;
    }
    boolean commitLost = ask.commits && asker.suffers(Fault.COMMIT_LOST);
    boolean answerLost = ask.commits && !commitLost && asker.suffers(Fault.ANSWER_LOST);
    boolean diesAfter = ask.commits && !commitLost && asker.dies(Fault.CRASH_AFTER_COMMIT);
    if (tooLate) {
      agenda.after(ask.timeoutNanos, () -> asker.run(failed));
    }
    agenda.after(
        there,
        () -> {
          boolean lost = commitLost || !isStoreUp();
          T answer = lost ? null : statement.get();
          if (diesAfter && !lost) {
            asker.crash(Fault.CRASH_AFTER_COMMIT);
          }
          if (!tooLate) {
            agenda.after(
                back,
                () ->
                    asker.run(
                        answer == null || answerLost ? failed : () -> answered.accept(answer)));
          }
        });
  }

  private long latency() {
    long usual = 200_000 + chance.below(3 * MILLI);
    return agenda.now() < storeSlowUntil ? usual + chance.below(storeDelay + 1) : usual;
  }

  static long never() {
    return NEVER;
  }
}
