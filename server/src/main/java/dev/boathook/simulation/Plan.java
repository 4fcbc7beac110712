package dev.boathook.simulation;

import dev.boathook.endpoint.CircuitBreaker;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.DeliveryPolicy.TypedRetries;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.endpoint.RetryPolicy;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.endpoint.StatusPattern;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.lane.EngineLimits;
import dev.boathook.world.SeededChance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a seed decides before a history begins: how many nodes and endpoints there are, and what
 * is done to them when. The rest it decides as the history goes on.
 *
 * @param seed of what is decided later
 * @param nodes that run at the beginning
 * @param limits of their engines
 * @param policies of the endpoints at the beginning
 * @param steps what is done
 */
record Plan(
    long seed, int nodes, EngineLimits limits, List<DeliveryPolicy> policies, List<Step> steps) {
  /** As many steps as a history has at most when nothing is said. */
  static final int DEFAULT_STEPS = 50;

  private static final int MAX_NODES = 3;
  private static final int MAX_ENDPOINTS = 4;
  private static final int BURST = 40;
  private static final Duration LONGER_THAN_ANY_HISTORY = Duration.ofDays(2);

  /** What an event without headers takes in memory beside its body. */
  private static final int HEAD_BYTES = 512;

  private static final EngineLimits SMALL =
      new EngineLimits(
          10,
          4,
          2,
          400,
          40,
          20,
          4,
          4,
          History.SMALL_BODY_BYTES / 2,
          2,
          Duration.ofSeconds(30),
          2 * HEAD_BYTES + 100,
          Duration.ofSeconds(1),
          Duration.ofMinutes(5));

  private static final List<RetrySchedule> SCHEDULES =
      List.of(
          RetrySchedule.exponential(Duration.ofSeconds(1), 2, Duration.ofSeconds(20), 5),
          RetrySchedule.exponential(Duration.ofMillis(200), 3, Duration.ofMinutes(1), 8),
          new RetrySchedule(List.of(Duration.ZERO, Duration.ofSeconds(2))),
          new RetrySchedule(List.of(Duration.ZERO)),
          new RetrySchedule(List.of(Duration.ofSeconds(1), Duration.ZERO, Duration.ofSeconds(40))),
          // Longer than anything is held in memory before it is due.
          new RetrySchedule(List.of(Duration.ofSeconds(70), Duration.ofSeconds(1))),
          new RetrySchedule(List.of(Duration.ofMinutes(4), Duration.ZERO, Duration.ofMinutes(2))));

  private static final List<List<TypePattern>> TYPES =
      List.of(
          List.of(new TypePattern("thing.made")),
          List.of(new TypePattern("thing.gone"), new TypePattern("thing.made")),
          List.of(new TypePattern("thing.*")));

  /** Something is done some time after the one before. */
  record Step(Duration after, Operation operation) {}

  Plan {
    policies = List.copyOf(policies);
    steps = List.copyOf(steps);
  }

  /** The plan of a seed. */
  static Plan of(long seed, int maxSteps) {
    SeededChance chance = new SeededChance(seed);
    int nodes = 1 + chance.below(MAX_NODES);
    EngineLimits usual = chance.oneIn(2) ? EngineLimits.DEFAULT : SMALL;
    // When nobody looks through all in time, what nobody was woken for stays where it is.
    EngineLimits limits = chance.oneIn(2) ? usual : withoutSurvey(usual);
    List<DeliveryPolicy> policies = new ArrayList<>();
    for (int i = chance.below(MAX_ENDPOINTS); i >= 0; i--) {
      policies.add(policy(chance));
    }
    // Some histories are calm, so that what is wrong without any fault is seen too.
    int storms = chance.below(4);
    int pace = 1 + chance.below(8);
    int steps = 1 + chance.below(DEFAULT_STEPS);
    List<Step> all = new ArrayList<>();
    long later = chance.bits();
    for (int i = 0; i < Math.min(steps, maxSteps); i++) {
      Duration after =
          chance.oneIn(3) ? Duration.ZERO : Duration.ofMillis(chance.below(pace * 1_000));
      all.add(new Step(after, i == 0 ? publish(chance) : operation(chance, storms)));
    }
    return new Plan(later, nodes, limits, policies, all);
  }

  private static EngineLimits withoutSurvey(EngineLimits limits) {
    return new EngineLimits(
        limits.maxBusy(),
        limits.maxUnproven(),
        limits.busyPerRequest(),
        limits.maxBusyBytes(),
        limits.maxHeld(),
        limits.maxHeldPerEndpoint(),
        limits.maxHeldPerLane(),
        limits.loadBatch(),
        limits.loadedEventBytes(),
        limits.maxLoads(),
        limits.holdAhead(),
        limits.maxHeldBytes(),
        limits.storeRetry(),
        LONGER_THAN_ANY_HISTORY);
  }

  /** The same with other steps. */
  Plan with(List<Step> others) {
    return new Plan(seed, nodes, limits, policies, others);
  }

  private static Operation publish(SeededChance chance) {
    int events = chance.oneIn(12) ? BURST : 1 + chance.below(8);
    return new Operation.Publish(chance.below(8), events, chance.below(4));
  }

  private static Operation operation(SeededChance chance, int storms) {
    int kind = chance.below(100);
    if (kind < 40) {
      return publish(chance);
    }
    if (kind < 52) {
      return new Operation.Behave(chance.below(8), chance.of(List.of(Network.Manner.values())));
    }
    if (kind < 70) {
      return operator(chance);
    }
    return storms == 0 ? publish(chance) : fault(chance);
  }

  private static Operation operator(SeededChance chance) {
    int node = chance.below(8);
    int which = chance.below(1_000);
    return switch (chance.below(14)) {
      case 0, 1 -> new Operation.Replay(node, which);
      case 2, 3 -> new Operation.Cancel(node, which);
      case 4 -> new Operation.Purge(node, which);
      case 5 -> new Operation.RetryHead(node, which);
      case 6 -> new Operation.Skip(node, which);
      case 7 -> new Operation.Drain(node, which);
      case 8 -> new Operation.SetOpen(node, which, false, 0);
      case 9, 10 -> new Operation.SetOpen(node, which, true, chance.below(20));
      case 11 -> new Operation.SetPolicy(node, which, policy(chance));
      case 12 -> new Operation.Delete(node, which);
      default -> new Operation.Create(node, policy(chance));
    };
  }

  private static Operation fault(SeededChance chance) {
    int node = chance.below(8);
    return switch (chance.below(30)) {
      case 0, 1 -> new Operation.Crash(node, restart(chance));
      case 2, 3, 4 -> new Operation.Destine(node, Fault.CRASH_BEFORE_COMMIT, restart(chance));
      case 5, 6 -> new Operation.Destine(node, Fault.CRASH_AFTER_COMMIT, restart(chance));
      case 7 -> new Operation.Destine(node, Fault.CRASH_BEFORE_RECORD, restart(chance));
      case 8, 9, 10 -> new Operation.Destine(node, Fault.ANSWER_LOST, Duration.ZERO);
      case 11, 12, 13 -> new Operation.Destine(node, Fault.COMMIT_LOST, Duration.ZERO);
      case 14, 15, 16 -> new Operation.Pause(node, Duration.ofMillis(chance.below(15_000)));
      case 17 -> new Operation.StoreDown(Duration.ofMillis(chance.below(12_000)));
      case 18, 19 ->
          new Operation.StoreSlow(
              Duration.ofMillis(chance.below(10_000)), Duration.ofMillis(chance.below(7_000)));
      case 20 -> new Operation.EndLease(node);
      case 21 -> new Operation.Failover(node, 1 + chance.below(3));
      case 22 -> new Operation.SetClock(node, offset(chance));
      case 23 ->
          new Operation.SetStoreClock(
              // Hours take long to be made up for, so they are seldom.
              chance.oneIn(10) ? offset(chance) : Duration.ofMillis(chance.below(20_000) - 10_000));
      case 24 -> new Operation.Deafen(node, Duration.ofMillis(chance.below(20_000)));
      case 25 -> new Operation.Stray(chance.oneIn(2));
      case 26 -> new Operation.Join(node);
      case 27 -> new Operation.Stop(node, restart(chance));
      default -> new Operation.Trouble(chance.below(6));
    };
  }

  private static Duration restart(SeededChance chance) {
    return Duration.ofMillis(chance.oneIn(2) ? chance.below(2_000) : chance.below(30_000));
  }

  private static Duration offset(SeededChance chance) {
    return switch (chance.below(4)) {
      case 0 -> Duration.ofHours(1);
      case 1 -> Duration.ofHours(-1);
      case 2 -> Duration.ofMillis(chance.below(20_000) - 10_000);
      default -> Duration.ZERO;
    };
  }

  private static DeliveryPolicy policy(SeededChance chance) {
    List<TypedRetries> byType =
        chance.oneIn(3) ? List.of(new TypedRetries(chance.of(TYPES), retries(chance))) : List.of();
    return new DeliveryPolicy(
        chance.of(
            List.of(
                Order.UNORDERED, Order.BLOCK, Order.BLOCK, Order.SKIP, Order.SKIP, Order.LATEST)),
        retries(chance),
        byType,
        chance.oneIn(4) ? List.of(new StatusPattern("400")) : List.of(),
        chance.oneIn(3) ? 1 : DeliveryPolicy.DEFAULT_MAX_IN_FLIGHT,
        chance.oneIn(6) ? new Rate(2 + chance.below(20), 1 + chance.below(10)) : null,
        chance.oneIn(3)
            ? new CircuitBreaker(0, Duration.ofSeconds(1), Duration.ofSeconds(1))
            : new CircuitBreaker(
                1 + chance.below(6), Duration.ofSeconds(2), Duration.ofSeconds(20)),
        chance.oneIn(4) ? Duration.ofSeconds(5 + chance.below(60)) : null);
  }

  private static RetryPolicy retries(SeededChance chance) {
    return new RetryPolicy(
        chance.of(SCHEDULES),
        chance.of(List.of(0.0, 0.2, 1.0)),
        chance.oneIn(5) ? Duration.ofSeconds(30 + chance.below(120)) : null,
        chance.oneIn(3) ? Duration.ZERO : Duration.ofSeconds(30));
  }
}
