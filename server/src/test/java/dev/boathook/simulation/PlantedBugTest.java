package dev.boathook.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/**
 * The simulator finds faults: each of these is planted alone and must be caught. Those in {@code
 * simulation/Store.java} and {@code simulation/NodeProcess.java} are mistakes in the model: they
 * show that the checker sees what would come of such a mistake in the product's SQL or shell, and
 * say nothing of these. All others are in the product's own classes.
 */
class PlantedBugTest {
  private static final int MAX_SEEDS = 2_000;

  private static List<PlantedBug> bugs() {
    return List.of(
        PlantedBug.of(
            "outcomes are written without a fence",
            Set.of(Promise.STALE_NODES_CHANGE_NOTHING),
            "simulation/Store.java",
            "if (!leases.isHeld(shard, resolution.epoch(), nonce)) {",
            "if (shard < 0) {"),
        PlantedBug.of(
            "the fence does not look at the nonce",
            Set.of(Promise.STALE_NODES_CHANGE_NOTHING),
            "simulation/Store.java",
            "if (!leases.isHeld(shard, resolution.epoch(), nonce)) {",
            "if (leases.epoch(shard) != resolution.epoch()) {"),
        PlantedBug.of(
            "a lane goes on when its head is to be tried again",
            Set.of(Promise.ORDER),
            "lane/Engine.java",
            """
                    if (resolution.state().isFinal()) {
                      queue.ended(resolution, now);
            """,
            """
                    if (resolution.state().isFinal() || delivery.place() != null) {
                      queue.ended(resolution, now);
            """),
        PlantedBug.of(
            "a wake-up is lost",
            Set.of(Promise.NOTHING_IS_STUCK),
            "lane/Engine.java",
            "queue.spill(lanes, due);\n",
            "\n"),
        PlantedBug.of(
            "one try too many",
            Set.of(Promise.TRIES, Promise.DUE_TIMES),
            "lane/Engine.java",
            ".nextDue(attempts, delivery",
            ".nextDue(Math.max(1, attempts - 1), delivery"),
        PlantedBug.of(
            "a replay goes to the head of its lane",
            Set.of(Promise.ORDER, Promise.NOTHING_IS_LOST),
            "simulation/Store.java",
            "Long number = inLane ? grow(id, 1, due, false).lastSeq : null;",
            "Long number = inLane ? grow(id, 1, due, false).doneSeq + 1 : null;"),
        PlantedBug.of(
            "what is known is taken again when it is read again",
            Set.of(Promise.ONE_IN_FLIGHT, Promise.NO_REPEAT_WITHOUT_CAUSE),
            "lane/EndpointQueue.java",
            "if (known.containsKey(row.deliveryId()) || settledWhileLoading",
            "if (settledWhileLoading"),
        PlantedBug.of(
            "what was let go between its reservation and its commit is taken all the same",
            Set.of(
                Promise.ONE_IN_FLIGHT, Promise.NO_REPEAT_WITHOUT_CAUSE, Promise.NOTHING_IS_STUCK),
            "lane/EndpointQueue.java",
            """
                if (reserved == null || reserved.stage != Stage.RESERVED) {
                  return false;
                }
                drop(reserved);
                Place place = delivery.place();
                if (reserved.withdrawn) {
            """,
            """
                if (reserved == null) {
                  reserved = new Held(delivery.deliveryId(), null, null, Stage.RESERVED);
                }
                drop(reserved);
                Place place = delivery.place();
                if (reserved.withdrawn) {
            """),
        PlantedBug.of(
            "what was finished while it was read is taken as it was",
            Set.of(Promise.NO_REPEAT_WITHOUT_CAUSE),
            "lane/EndpointQueue.java",
            """
                drop(held);
                if (held.lane != null) {
                  held.lane.held.remove(held);
                }
                if (loading) {
            """,
            """
                drop(held);
                if (held.lane != null) {
                  held.lane.held.remove(held);
                }
                if (loading && deleted) {
            """),
        PlantedBug.of(
            "a lease is held for ever",
            Set.of(Promise.STALE_NODES_BEGIN_NOTHING),
            "lane/Leases.java",
            "return joined && nowNanos - goodSinceNanos < term.giveUpAfter.toNanos();",
            "return joined;"),
        PlantedBug.of(
            "jitter makes a wait longer",
            Set.of(Promise.DUE_TIMES),
            "endpoint/RetryPolicy.java",
            "waitMillis - (long) (waitMillis * jitter * chance)",
            "waitMillis + (long) (waitMillis * jitter * chance)"),
        PlantedBug.of(
            "a halted lane goes on",
            Set.of(Promise.HALT),
            "lane/EndpointQueue.java",
            "if (resolution.haltsLane()) {",
            "if (resolution.haltsLane() && deleted) {"),
        PlantedBug.of(
            "a halted lane goes on with what is new",
            Set.of(Promise.HALT),
            "lane/LaneEnd.java",
            " && !end.halted",
            ""),
        PlantedBug.of(
            "what is newer is superseded",
            Set.of(Promise.NOTHING_IS_LOST, Promise.NOTHING_IS_STUCK),
            "simulation/Store.java",
            "if (older.number() < row.number()) {",
            "if (older.number() > row.number()) {"),
        PlantedBug.of(
            "a busy delivery is forgotten when the answer to a commit is lost",
            Set.of(
                Promise.ONE_IN_FLIGHT,
                Promise.NO_REPEAT_WITHOUT_CAUSE,
                Promise.MAX_IN_FLIGHT,
                Promise.SHARE),
            "simulation/NodeProcess.java",
            "() -> around.agenda.after(machine.trueNanos(250 * MILLI), () -> run(() ->"
                + " write(batch))));",
            """
            () -> {
              recording = false;
              act(now ->
                  rows.forEach(row -> engine.recorded(row, Resolution.Written.UNMOVED, now)));
              record();
            });
            """),
        PlantedBug.of(
            "a shard is given back while something of it is out",
            Set.of(Promise.ONE_IN_FLIGHT),
            "lane/Engine.java",
            " || busyInShard[shard] > 0",
            ""),
        PlantedBug.of(
            "an epoch that comes again is taken for a new one",
            Set.of(Promise.ONE_IN_FLIGHT, Promise.NO_REPEAT_WITHOUT_CAUSE),
            "lane/Leases.java",
            "if (epoch <= highestEpochs[shard]) {",
            "if (epoch < 0) {"),
        PlantedBug.of(
            "what is held in memory is counted wrong",
            Set.of(Promise.BOUNDS),
            "lane/EndpointQueue.java",
            "held.stage = Stage.BEHIND;\n    memory.held(held.bytes());\n    return held;",
            "held.stage = Stage.BEHIND;\n    return held;"),
        PlantedBug.of(
            "two of a lane are tried at once",
            Set.of(Promise.ONE_IN_FLIGHT, Promise.BOUNDS),
            "lane/EndpointQueue.java",
            "if (!lane.newestOnly || lane.isBusy()) {",
            "if (!lane.newestOnly) {"),
        PlantedBug.of(
            "a newest one is looked for behind it for ever",
            Set.of(Promise.NOTHING_IS_STUCK, Promise.NO_STORM),
            "lane/EndpointQueue.java",
            "lane.lastNumber = row.lastNumber();\n",
            "\n"),
        PlantedBug.of(
            "there is no rate",
            Set.of(Promise.RATE),
            "lane/EndpointQueue.java",
            "&& (bucket == null || bucket.nextAfter(now) == null)",
            ""),
        PlantedBug.of(
            "there is no rate of resuming",
            Set.of(Promise.RESUME_RATE),
            "lane/EndpointQueue.java",
            "&& (resumeBucket == null || resumeBucket.nextAfter(now) == null)",
            ""),
        PlantedBug.of(
            "the rate of resuming goes before all that waited is tried",
            Set.of(Promise.RESUME_RATE),
            "lane/EndpointQueue.java",
            "lane.more || lane.held.size() > 1",
            "lane.held.isEmpty()"),
        PlantedBug.of(
            "any number is sent at once",
            Set.of(Promise.MAX_IN_FLIGHT),
            "lane/Health.java",
            "Math.min(window, policy.maxInFlight())",
            "window"),
        PlantedBug.of(
            "what is not recorded has no bound",
            Set.of(Promise.MAX_IN_FLIGHT),
            "lane/Health.java",
            "busy < most * busyPerRequest;",
            "busy >= 0;"),
        PlantedBug.of(
            "a request that was not made counts for ever",
            Set.of(Promise.NOTHING_IS_STUCK),
            "lane/Engine.java",
            "      queue.out--;\n      queue.health.probeUnsent();",
            "      queue.health.probeUnsent();"),
        PlantedBug.of(
            "one may have all that is free",
            Set.of(Promise.SHARE),
            "lane/Shares.java",
            "TIMES_WHAT_IS_FREE = 8;",
            "TIMES_WHAT_IS_FREE = 1_000_000;"),
        PlantedBug.of(
            "what the others of a consumer have out does not count",
            Set.of(Promise.SHARE),
            "lane/Turns.java",
            "shares.part(group.busy(isProven))",
            "row.queues.first().part"),
        PlantedBug.of(
            "large bodies may have all bytes",
            Set.of(Promise.SHARE),
            "lane/Shares.java",
            "busy.largeBytes() + counted(more) <= most",
            "busy.largeBytes() + counted(more) <= 2 * most"),
        PlantedBug.of(
            "new endpoints and those that fail may have all",
            Set.of(Promise.SHARE),
            "lane/Shares.java",
            "Math.min(free, free(maxUnproven, unproven))",
            "free"),
        PlantedBug.of(
            "what is out to one that begins to fail counts no more",
            Set.of(Promise.SHARE, Promise.BOUNDS),
            "lane/EndpointQueue.java",
            "      count(!wasProven, Busy.NONE, busy);\n",
            ""),
        PlantedBug.of(
            "what is out is never less",
            Set.of(Promise.NOTHING_IS_STUCK),
            "lane/Group.java",
            "proven = proven.minus(before).plus(after);",
            "proven = proven.plus(after);"),
        PlantedBug.of(
            "who is gone is sent to",
            Set.of(Promise.GONE),
            "lane/EndpointQueue.java",
            "return terms.open() && !isGone && epoch != 0;",
            "return terms.open() && epoch != 0;"),
        PlantedBug.of(
            "that somebody is gone is said once only",
            Set.of(Promise.NOTHING_IS_STUCK),
            "lane/EndpointQueue.java",
            "return disableAgainAt;",
            "return null;"),
        PlantedBug.of(
            "what is newest waits for the retry of what is held",
            Set.of(Promise.NOTHING_IS_STUCK),
            "lane/EndpointQueue.java",
            "if (lane.newestOnly && lane.more && !lane.isBusy()) {",
            "if (lane.newestOnly && lane.more && deleted) {"),
        PlantedBug.of(
            "what is told of is looked for behind what was read",
            Set.of(Promise.NOTHING_IS_STUCK),
            "lane/EndpointQueue.java",
            "      storeFrom = earlier(storeFrom, due);\n",
            "\n"),
        PlantedBug.of(
            "nobody hears that lanes were restated",
            Set.of(Promise.NOTHING_IS_STUCK),
            "simulation/NodeProcess.java",
            "tell(new Message.Work(endpointId, true, Instant.EPOCH));",
            ""));
  }

  @Test
  void every_planted_bug_is_caught_by_the_promise_that_it_breaks() {
    List<String> missed =
        bugs().parallelStream().map(PlantedBugTest::missed).flatMap(Optional::stream).toList();

    assertThat(missed).isEmpty();
  }

  /** What is wrong with the catching of it; empty when it is caught as it must be. */
  private static Optional<String> missed(PlantedBug bug) {
    LongFunction<String> simulator = bug.simulator();
    for (long seed = 1; seed <= MAX_SEEDS; seed++) {
      String said = simulator.apply(seed);
      if (!said.isEmpty() && Simulation.broken(seed).isEmpty()) {
        return bug.isNamed(said)
            ? Optional.empty()
            : Optional.of(bug.name() + " was caught as " + said);
      }
    }
    return Optional.of(bug.name() + " was not caught");
  }
}
