package dev.boathook.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The simulator finds faults: each of these is planted alone and must be caught. */
class PlantedBugTest {
  private static final int MAX_SEEDS = 2_000;

  private static List<PlantedBug> bugs() {
    return List.of(
        PlantedBug.of(
            "outcomes are written without a fence",
            "simulation/Store.java",
            "if (!leases.isHeld(shard, resolution.epoch(), nonce)) {",
            "if (shard < 0) {"),
        PlantedBug.of(
            "the fence does not look at the nonce",
            "simulation/Store.java",
            "if (!leases.isHeld(shard, resolution.epoch(), nonce)) {",
            "if (leases.epoch(shard) != resolution.epoch()) {"),
        PlantedBug.of(
            "a lane goes on when its head is to be tried again",
            "lane/Engine.java",
            "if (resolution.state().isFinal()) {\n          queue.ended",
            "if (resolution.state().isFinal() || resolution.attempts() == 1) {\n"
                + "          queue.ended"),
        PlantedBug.of("a wake-up is lost", "lane/Engine.java", "queue.spill(lanes, due);\n", "\n"),
        PlantedBug.of(
            "one try too many",
            "lane/Engine.java",
            ".nextDue(attempts, delivery",
            ".nextDue(Math.max(1, attempts - 1), delivery"),
        PlantedBug.of(
            "a replay goes to the head of its lane",
            "simulation/Store.java",
            "Long number = inLane ? grow(id, 1, due, false).lastSeq : null;",
            "Long number = inLane ? grow(id, 1, due, false).doneSeq + 1 : null;"),
        PlantedBug.of(
            "what is known is taken again when it is read again",
            "lane/EndpointQueue.java",
            "if (known.containsKey(row.deliveryId()) || settledWhileLoading",
            "if (settledWhileLoading"),
        PlantedBug.of(
            "what was let go between its reservation and its commit is taken all the same",
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
            "what was read behind one that is being committed is forgotten",
            "lane/EndpointQueue.java",
            "first.followed = true;",
            ""),
        PlantedBug.of(
            "what was finished while it was read is taken as it was",
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
                "a lease is held for ever, and nothing is fenced",
                "lane/Leases.java",
                "return joined && nowNanos - goodSinceNanos < term.giveUpAfter.toNanos();",
                "return joined;")
            .and(
                "simulation/Store.java",
                "if (!leases.isHeld(shard, resolution.epoch(), nonce)) {",
                "if (shard < 0) {"),
        PlantedBug.of(
            "jitter makes a wait longer",
            "endpoint/RetryPolicy.java",
            "waitMillis - (long) (waitMillis * jitter * chance)",
            "waitMillis + (long) (waitMillis * jitter * chance)"),
        PlantedBug.of(
            "a halted lane goes on",
            "lane/EndpointQueue.java",
            "if (resolution.haltsLane()) {",
            "if (resolution.haltsLane() && deleted) {"),
        PlantedBug.of(
            "a halted lane goes on with what is new", "lane/LaneEnd.java", " && !end.halted", ""),
        PlantedBug.of(
            "what is newer is superseded",
            "simulation/Store.java",
            "if (older.number() < row.number()) {",
            "if (older.number() > row.number()) {"),
        PlantedBug.of(
            "a busy delivery is forgotten when the answer to a commit is lost",
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
            "lane/Engine.java",
            "if (releasing[shard] && busyInShard[shard] == 0) {",
            "if (releasing[shard]) {"),
        PlantedBug.of(
            "an epoch that comes again is taken for a new one",
            "lane/Leases.java",
            "if (epoch <= highestEpochs[shard]) {",
            "if (epoch < 0) {"),
        PlantedBug.of(
            "what is held in memory is counted wrong",
            "lane/EndpointQueue.java",
            "held.stage = Stage.BEHIND;\n    memory.held(held.bytes());\n    return held;",
            "held.stage = Stage.BEHIND;\n    return held;"),
        PlantedBug.of(
            "two of a lane are tried at once",
            "lane/EndpointQueue.java",
            "if (!lane.newestOnly || lane.isBusy()) {",
            "if (!lane.newestOnly) {"),
        PlantedBug.of(
            "a newest one is looked for behind it for ever",
            "lane/EndpointQueue.java",
            "lane.lastNumber = row.lastNumber();\n",
            "\n"));
  }

  @Test
  void every_planted_bug_is_caught() {
    List<String> missed =
        bugs().parallelStream().filter(bug -> !isCaught(bug)).map(PlantedBug::name).toList();

    assertThat(missed).isEmpty();
  }

  private static boolean isCaught(PlantedBug bug) {
    LongFunction<String> simulator = bug.simulator();
    return LongStream.rangeClosed(1, MAX_SEEDS).anyMatch(seed -> !simulator.apply(seed).isEmpty());
  }
}
