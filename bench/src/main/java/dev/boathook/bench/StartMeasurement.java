package dev.boathook.bench;

import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.report.Counts;
import dev.boathook.bench.report.Goal;
import dev.boathook.bench.report.Result;
import dev.boathook.bench.report.Unit;
import dev.boathook.bench.subject.BoathookServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Starting with the embedded store, and what a server at rest keeps in memory. */
final class StartMeasurement implements Measurement {
  private static final Duration UNTIL_AT_REST = Duration.ofSeconds(5);
  private static final double BYTES_A_MEBIBYTE = 1 << 20;

  /** One start. */
  private record Start(Duration length, long residentBytes) {
    double millis() {
      return length.toNanos() / 1e6;
    }

    double residentMebibytes() {
      return residentBytes / BYTES_A_MEBIBYTE;
    }
  }

  @Override
  public String name() {
    return "start";
  }

  @Override
  public Result run(Options options, Site site) throws Exception {
    Conditions conditions = options.conditions();
    Path used = site.folder("used");
    var _ = start(options, site, used);
    Side<Start> empty =
        new Side<>("an empty folder", length -> start(options, site, site.folder("empty")));
    Side<Start> warm = new Side<>("a used folder", length -> start(options, site, used));
    Rounds.run(conditions, site, empty, warm);
    return new Result(
        name(),
        List.of(
            warm.figure(
                "start.warm",
                "ready, on a used folder",
                Unit.MILLIS,
                Start::millis,
                Goal.valueAtMost(1_500)),
            empty.figure(
                "start.empty",
                "ready, on an empty one",
                Unit.MILLIS,
                Start::millis,
                Goal.valueAtMost(3_000)),
            warm.figure(
                "start.resident",
                "Java's memory at rest",
                Unit.MEBIBYTES,
                Start::residentMebibytes,
                Goal.valueAtMost(200))),
        Counts.NONE,
        List.of("From the launcher's start to the line that says it is ready."));
  }

  private static Start start(Options options, Site site, Path data) throws Exception {
    try (BoathookServer server =
        site.start(
            () -> BoathookServer.start(List.of(options.launcher().toString()), data, List.of()))) {
      if (!options.conditions().smoke()) {
        Thread.sleep(UNTIL_AT_REST);
      }
      return new Start(server.startedIn(), server.residentBytes());
    }
  }
}
