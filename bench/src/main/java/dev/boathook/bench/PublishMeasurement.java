package dev.boathook.bench;

import dev.boathook.bench.receiver.CountingReceiver;
import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.report.Goal;
import dev.boathook.bench.report.Result;
import dev.boathook.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;

/** Sending: events that the platform publishes for a consumer with one endpoint. */
final class PublishMeasurement implements Measurement {
  @Override
  public String name() {
    return "publish";
  }

  @Override
  public Result run(Options options, Site site) throws Exception {
    Conditions conditions = options.conditions();
    CountingReceiver receiver = site.start(CountingReceiver::start);
    Accepting floor = Accepting.floor(site);
    Platform platform = Platform.start(options, site, "boathook");

    String waiting = platform.consumer("waiting");
    var _ = platform.pausedEndpoint(waiting, receiver.url("/waiting"));
    Side<Turn> fullFloor = floor.atFullLoad(conditions);
    Side<Turn> full =
        Accepting.publishing("Boathook", platform, platform.publishing(List.of(waiting)))
            .atFullLoad(conditions);
    Rounds.run(conditions, site, fullFloor, full);

    // Where nothing waits.
    Platform calmPlatform = Platform.start(options, site, "calm");
    String served = calmPlatform.consumer("served");
    var _ = calmPlatform.endpoint(served, receiver.url("/served"));
    Side<Journey> calm =
        Journey.at(
            full.median(Turn::perSecond) / 4,
            "from publishing to the receiver",
            calmPlatform,
            calmPlatform.publishing(List.of(served)),
            receiver,
            conditions);
    Rounds.run(conditions, site, calm);

    List<Figure> figures = new ArrayList<>();
    figures.add(
        full.against(
            fullFloor,
            "publish.throughput",
            "publish",
            Unit.PER_SECOND,
            Turn::perSecond,
            Goal.ratioAtLeast(0.75)));
    figures.add(
        calm.figure(
            "publish.p50",
            "to the receiver at a quarter of it, p50",
            Unit.MILLIS,
            Journey.millis(50),
            Goal.valueAtMost(6)));
    figures.add(
        calm.figure(
            "publish.p99",
            "to the receiver at a quarter of it, p99",
            Unit.MILLIS,
            Journey.millis(99),
            Goal.valueAtMost(30)));
    figures.addAll(Turn.costs("publish", full, fullFloor));
    Counts counts =
        full.counts(Turn::counts)
            .plus(calm.counts(Journey::counts))
            .withStored(platform.stored() + calmPlatform.stored());
    return new Result(
        name(),
        figures,
        counts,
        List.of(
            "The endpoint is paused while throughput is measured: its deliveries are written and"
                + " wait. The way to the receiver is measured where nothing waits."));
  }
}
