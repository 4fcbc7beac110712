package dev.boathook.bench;

import dev.boathook.bench.floor.DeliverFloor;
import dev.boathook.bench.receiver.CountingReceiver;
import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.report.Figure;
import dev.boathook.bench.report.Goal;
import dev.boathook.bench.report.Result;
import dev.boathook.bench.report.Unit;
import dev.boathook.bench.subject.FloorServer;
import dev.boathook.bench.subject.Store;
import java.util.ArrayList;
import java.util.List;

/** Delivering what waits, to a receiver that answers at once. */
final class DeliverMeasurement implements Measurement {
  @Override
  public String name() {
    return "deliver";
  }

  @Override
  public Result run(Options options, Site site) throws Exception {
    Conditions conditions = options.conditions();
    CountingReceiver receiver = site.start(CountingReceiver::start);
    Store floorStore = site.start(() -> Store.start(site.folder("floor-store")));
    FloorServer floor = site.start(() -> FloorServer.start(DeliverFloor.class, floorStore));
    Platform platform = Platform.start(options, site, "boathook");
    Queue queue = Queue.make(platform, receiver, "deliver");

    Side<Drain> atFloor =
        new Side<>("the floor", length -> Drain.ofFloor(floor, floorStore, receiver, length));
    Side<Drain> boathook = new Side<>("Boathook", length -> queue.fillAndDrain(conditions, length));
    Rounds.run(conditions, site, atFloor, boathook);

    List<Figure> figures = new ArrayList<>();
    figures.add(
        boathook.against(
            atFloor,
            "deliver.throughput",
            "deliver",
            Unit.PER_SECOND,
            Drain::perSecond,
            Goal.ratioAtLeast(0.70)));
    figures.addAll(Drain.costs("deliver", boathook, atFloor));
    return new Result(
        name(),
        figures,
        boathook.counts(Drain::counts).withStored(platform.stored()),
        List.of(
            "To one endpoint, which has 32 attempts out at most, and so has the floor. What waits"
                + " is read from the store."));
  }
}
