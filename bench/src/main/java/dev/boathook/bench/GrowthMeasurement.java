package dev.boathook.bench;

import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.report.Result;
import dev.boathook.bench.report.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** How publishing changes with the endpoints that want an event, and with those that do not. */
final class GrowthMeasurement implements Measurement {
  private static final List<Integer> FAN_OUTS = List.of(1, 10, 100);
  private static final List<Integer> OTHERS = List.of(0, 100, 1_000);

  @Override
  public String name() {
    return "growth";
  }

  @Override
  public Result run(Options options, Site site) throws Exception {
    Conditions conditions = options.conditions();
    Platform platform = Platform.start(options, site, "boathook");
    List<Side<Turn>> fanOuts = new ArrayList<>();
    for (int wanted : FAN_OUTS) {
      String consumer = platform.consumer("fan-out-" + wanted);
      addPaused(platform, consumer, wanted);
      fanOuts.add(
          Accepting.publishing(
                  "%d endpoints want it".formatted(wanted),
                  platform,
                  platform.publishing(List.of(consumer)))
              .atFullLoad(conditions));
    }
    Rounds.run(conditions, site, fanOuts.toArray(Side[]::new));

    List<Figure> figures = new ArrayList<>();
    for (int i = 0; i < FAN_OUTS.size(); i++) {
      int wanted = FAN_OUTS.get(i);
      figures.add(
          fanOuts
              .get(i)
              .against(
                  fanOuts.getFirst(),
                  "growth.fan_out_" + wanted,
                  "deliveries accepted, %d an event".formatted(wanted),
                  Unit.PER_SECOND,
                  turn -> turn.perSecond() * wanted));
    }
    Counts counts = Counts.NONE;
    for (Side<Turn> fanOut : fanOuts) {
      counts = counts.plus(fanOut.counts(Turn::counts));
    }

    List<Platform> platforms = new ArrayList<>();
    List<Side<Turn>> amongOthers = new ArrayList<>();
    for (int others : OTHERS) {
      Platform crowded = Platform.start(options, site, "others-" + others);
      addPaused(crowded, crowded.consumer("others"), others);
      String consumer = crowded.consumer("one-of-many");
      addPaused(crowded, consumer, 1);
      platforms.add(crowded);
      amongOthers.add(
          Accepting.publishing(
                  "%d other endpoints".formatted(others),
                  crowded,
                  crowded.publishing(List.of(consumer)))
              .atFullLoad(conditions));
    }
    Rounds.run(conditions, site, amongOthers.toArray(Side[]::new));
    long stored = platform.stored();
    for (int i = 0; i < OTHERS.size(); i++) {
      Side<Turn> among = amongOthers.get(i);
      figures.add(
          among.against(
              amongOthers.getFirst(),
              "growth.others_" + OTHERS.get(i),
              "publish, among %,d other endpoints".formatted(OTHERS.get(i)),
              Unit.PER_SECOND,
              Turn::perSecond));
      counts = counts.plus(among.counts(Turn::counts));
      stored += platforms.get(i).stored();
    }
    return new Result(
        name(),
        figures,
        counts.withStored(stored),
        List.of("All endpoints are paused. Ratios are to the first of each kind."));
  }

  private static void addPaused(Platform platform, String consumer, int endpoints)
      throws IOException, InterruptedException {
    for (int i = 0; i < endpoints; i++) {
      var _ = platform.pausedEndpoint(consumer, "http://127.0.0.1:9/" + i);
    }
  }
}
