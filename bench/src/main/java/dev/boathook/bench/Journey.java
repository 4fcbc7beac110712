package dev.boathook.bench;

import dev.boathook.bench.load.Load;
import dev.boathook.bench.load.OpenLoop;
import dev.boathook.bench.load.RequestSource;
import dev.boathook.bench.receiver.CountingReceiver;
import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.report.Counts;
import java.io.IOException;
import java.time.Duration;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * What came of a turn in which events went all the way, from who publishes to the receiver.
 *
 * @param latencies from the intended start of the request that published to the arrival, in
 *     nanoseconds
 * @param delivered events that arrived
 * @param duplicated arrivals of what had arrived before
 */
record Journey(Load load, Histogram latencies, long delivered, long duplicated) {
  private static final Duration ARRIVAL_LIMIT = Duration.ofMinutes(2);

  /** Events are published at a set rate, and each is wanted by one endpoint of the receiver. */
  static Side<Journey> at(
      double perSecond,
      String name,
      Platform platform,
      RequestSource requests,
      CountingReceiver receiver,
      Conditions conditions) {
    return new Side<>(
        name,
        length -> {
          platform.store().checkpoint();
          receiver.reset();
          Load load =
              OpenLoop.run(
                  platform.server().adminAddress(),
                  conditions.connections(),
                  perSecond,
                  Duration.ZERO,
                  length,
                  requests);
          var _ = receiver.await(load.accepted(), ARRIVAL_LIMIT);
          Histogram latencies = receiver.latencies();
          if (latencies.getTotalCount() < receiver.distinct()) {
            throw new IOException("events arrived that do not say when they were published");
          }
          return new Journey(load, latencies, receiver.distinct(), receiver.takeDuplicated());
        });
  }

  /** A percentile of the latencies, in milliseconds. */
  static ToDoubleFunction<Journey> millis(double percentile) {
    return journey -> Latencies.millis(journey.latencies, percentile);
  }

  /** What was accepted, and what of it arrived. */
  Counts counts() {
    return new Counts(
        load.accepted(),
        load.refused(),
        0,
        delivered,
        duplicated,
        Math.max(0, load.accepted() - delivered));
  }
}
