package dev.boathook.bench;

import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.report.Goal;
import dev.boathook.bench.report.Result;
import dev.boathook.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;

/** Receiving: Stripe's webhooks of 1 kB, from many connections, into a store that flushes. */
final class AcceptMeasurement implements Measurement {
  @Override
  public String name() {
    return "accept";
  }

  @Override
  public Result run(Options options, Site site) throws Exception {
    Accepting floor = Accepting.floor(site);
    Platform platform = Platform.start(options, site, "boathook");
    Accepting boathook = Accepting.ingress("Boathook", platform);

    Side<Turn> fullFloor = floor.atFullLoad(options.conditions());
    Side<Turn> full = boathook.atFullLoad(options.conditions());
    Rounds.run(options.conditions(), site, fullFloor, full);

    double half = full.median(Turn::perSecond) / 2;
    Side<Turn> calmFloor = floor.at(half, options.conditions());
    Side<Turn> calm = boathook.at(half, options.conditions());
    Rounds.run(options.conditions(), site, calmFloor, calm);

    List<Figure> figures = new ArrayList<>();
    figures.add(
        full.against(
            fullFloor,
            "accept.throughput",
            "accept",
            Unit.PER_SECOND,
            Turn::perSecond,
            Goal.ratioAtLeast(0.80)));
    figures.add(
        calm.against(
            calmFloor,
            "accept.p50",
            "latency at half of it, p50",
            Unit.MILLIS,
            Turn.millis(50),
            Goal.valueAtMost(5)));
    figures.add(
        calm.against(
            calmFloor,
            "accept.p99",
            "latency at half of it, p99",
            Unit.MILLIS,
            Turn.millis(99),
            Goal.valueAtMost(25),
            Goal.ratioAtMost(2)));
    figures.addAll(Turn.costs("accept", full, fullFloor));
    Counts counts =
        full.counts(Turn::counts).plus(calm.counts(Turn::counts)).withStored(platform.stored());
    return new Result(
        name(),
        figures,
        counts,
        List.of("No endpoint wants these events: accepting alone, as the floor does."));
  }
}
