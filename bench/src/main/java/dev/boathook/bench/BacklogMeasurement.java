package dev.boathook.bench;

import dev.boathook.bench.receiver.CountingReceiver;
import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.report.Goal;
import dev.boathook.bench.report.Result;
import dev.boathook.bench.report.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Accepting and delivering while a million deliveries wait. */
final class BacklogMeasurement implements Measurement {
  private static final int WAITING = 1_000_000;
  private static final int WAITING_WHEN_SMOKING = 80_000;
  private static final double BYTES_A_MEBIBYTE = 1 << 20;

  @Override
  public String name() {
    return "backlog";
  }

  @Override
  public Result run(Options options, Site site) throws Exception {
    Conditions conditions = options.conditions();
    CountingReceiver receiver = site.start(CountingReceiver::start);
    Platform empty = Platform.start(options, site, "empty", "-Xmx512m");
    Platform full = Platform.start(options, site, "full", "-Xmx512m");
    Queue little = Queue.make(empty, receiver, "little");
    Queue much = Queue.make(full, receiver, "much");

    site.say("publishing what is to wait");
    long waiting = much.fill(conditions, conditions.smoke() ? WAITING_WHEN_SMOKING : WAITING);
    Side<Turn> acceptsEmpty = Accepting.ingress("nothing waits", empty).atFullLoad(conditions);
    Side<Turn> acceptsFull = Accepting.ingress("much waits", full).atFullLoad(conditions);
    Rounds.run(conditions, site, acceptsEmpty, acceptsFull);

    // When the most waits.
    much.open();
    double live = full.server().liveHeapBytes() / BYTES_A_MEBIBYTE;
    much.close();
    long drainedBefore = much.arrived();
    Side<Drain> drainsLittle =
        new Side<>("a little drains", length -> little.fillAndDrain(conditions, length));
    Side<Drain> drainsMuch = new Side<>("much drains", much::drainFor);
    Rounds.run(conditions, site, drainsLittle, drainsMuch);
    long recorded = full.delivered();
    long arrived = drainedBefore + drainsMuch.counts(Drain::counts).delivered();
    if (arrived >= waiting) {
      throw new IOException("all was drained before the last turn ended: take shorter turns");
    }

    List<Figure> figures = new ArrayList<>();
    figures.add(
        acceptsFull.against(
            acceptsEmpty,
            "backlog.accept",
            "accept, against nothing waiting",
            Unit.PER_SECOND,
            Turn::perSecond,
            Goal.ratioAtLeast(0.9)));
    figures.add(
        drainsMuch.against(
            drainsLittle,
            "backlog.drain",
            "drain, against a little waiting",
            Unit.PER_SECOND,
            Drain::perSecond,
            Goal.ratioAtLeast(0.8)));
    figures.add(
        new Figure(
            "backlog.heap",
            "Java's live heap while it drains",
            Unit.MEBIBYTES,
            live,
            null,
            null,
            List.of(Goal.valueAtMost(512))));
    Counts counts =
        acceptsEmpty
            .counts(Turn::counts)
            .plus(acceptsFull.counts(Turn::counts))
            .plus(drainsLittle.counts(Drain::counts))
            .plus(drainsMuch.counts(Drain::counts))
            .plus(Counts.ofAnswers(waiting, 0))
            // What is recorded as delivered has arrived, and what has arrived is recorded, once.
            .plus(
                new Counts(
                    0, 0, 0, 0, Math.max(0, arrived - recorded), Math.max(0, recorded - arrived)))
            .withStored(empty.stored() + full.stored());
    return new Result(
        name(),
        figures,
        counts,
        List.of(
            "%,d deliveries wait for one endpoint. Java's heap ends at 512 MiB."
                .formatted(waiting)));
  }
}
