package dev.boathook.bench;

import dev.boathook.bench.load.RequestSource;
import dev.boathook.bench.receiver.BlackHole;
import dev.boathook.bench.receiver.CountingReceiver;
import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Goal;
import dev.boathook.bench.report.Result;
import dev.boathook.bench.report.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Nineteen endpoints that are well, beside one that never answers and has much waiting. */
final class FairMeasurement implements Measurement {
  private static final int WELL = 19;
  private static final int WAITING = 100_000;
  private static final int WAITING_WHEN_SMOKING = 1_000;
  private static final double PER_SECOND = 1_000;

  @Override
  public String name() {
    return "fair";
  }

  @Override
  public Result run(Options options, Site site) throws Exception {
    Conditions conditions = options.conditions();
    CountingReceiver receiver = site.start(CountingReceiver::start);
    BlackHole dead = site.start(BlackHole::start);
    Platform alone = Platform.start(options, site, "alone");
    Platform beside = Platform.start(options, site, "beside");

    // Both have as much waiting; of one it is never tried.
    Queue resting = Queue.make(alone, receiver, "dead", dead.url("/"));
    Queue tried = Queue.make(beside, receiver, "dead", dead.url("/"));
    site.say("publishing what is to wait for the dead one");
    int wanted = conditions.smoke() ? WAITING_WHEN_SMOKING : WAITING;
    long rests = resting.fill(conditions, wanted);
    long waiting = tried.fill(conditions, wanted);
    tried.open();
    Side<Journey> without = journeys(alone, receiver, conditions, "without a dead endpoint");
    Side<Journey> with = journeys(beside, receiver, conditions, "with a dead endpoint");
    Rounds.run(conditions, site, without, with);

    Counts counts =
        without
            .counts(Journey::counts)
            .plus(with.counts(Journey::counts))
            .plus(Counts.ofAnswers(rests + waiting, 0))
            .withStored(alone.stored() + beside.stored());
    return new Result(
        name(),
        List.of(
            with.against(
                without,
                "fair.p50",
                "the well ones' p50, against without it",
                Unit.MILLIS,
                Journey.millis(50)),
            with.against(
                without,
                "fair.p99",
                "the well ones' p99, against without it",
                Unit.MILLIS,
                Journey.millis(99),
                Goal.ratioAtMost(1.2))),
        counts,
        List.of(
            "%d endpoints, %,.0f events a second among %d of them; for the other %,d wait, and it"
                    .formatted(WELL + 1, PER_SECOND, WELL, waiting)
                + " takes connections and never answers. From the first time-outs on its circuit is"
                + " open.",
            "Each endpoint is of a consumer of its own."));
  }

  private static Side<Journey> journeys(
      Platform platform, CountingReceiver receiver, Conditions conditions, String name)
      throws IOException, InterruptedException {
    List<String> consumers = new ArrayList<>();
    for (int i = 0; i < WELL; i++) {
      String consumer = platform.consumer("well-" + i);
      var _ = platform.endpoint(consumer, receiver.url("/" + i));
      consumers.add(consumer);
    }
    RequestSource requests = platform.publishing(consumers);
    return Journey.at(PER_SECOND, name, platform, requests, receiver, conditions);
  }
}
