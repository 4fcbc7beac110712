package dev.boathook.metrics;

import dev.boathook.deliver.Dispatcher;
import dev.boathook.deliver.Notice;
import dev.boathook.event.Origin;
import dev.boathook.sequence.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * What is counted and timed, by the rules of Prometheus: base units, totals, timestamps instead of
 * ages, and no id, key, URL, type or consumer as a label.
 */
public final class Metrics {
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(1),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(15),
    Duration.ofMinutes(1),
    Duration.ofMinutes(10),
    Duration.ofHours(1)
  };

  private record Waiting(long count, double oldestDueSeconds) {}

  private final Map<String, AtomicReference<Waiting>> backlogs = new ConcurrentHashMap<>();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** A value that is known elsewhere and asked for at every scrape. */
  public void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  /** What waits in a project, counted a little while ago. */
  public void backlog(String project, long waiting, double oldestDueSeconds) {
    backlogs.computeIfAbsent(project, this::newBacklog).set(new Waiting(waiting, oldestDueSeconds));
  }

  private AtomicReference<Waiting> newBacklog(String project) {
    AtomicReference<Waiting> now = new AtomicReference<>(new Waiting(0, Double.NaN));
    Gauge.builder("boathook.deliveries", () -> now.get().count())
        .description("Deliveries by state, counted every 15 seconds")
        .tags("project", project, "state", "waiting")
        .register(registry);
    Gauge.builder("boathook.oldest.due.timestamp.seconds", () -> now.get().oldestDueSeconds())
        .description("When the earliest waiting delivery is due, in Unix seconds")
        .tags("project", project)
        .register(registry);
    return now;
  }

  /** Events were offered at one of the two ways in, and this is what became of them. */
  public void offered(
      String project, Origin.Kind origin, String result, int events, Duration duration) {
    Counter.builder("boathook.events.accepted")
        .description("Events offered, by what became of them")
        .tags("project", project, "origin", origin.code(), "result", result)
        .register(registry)
        .increment(events);
    timer("boathook.accept.duration", "From the request's head to its answer").record(duration);
  }

  /** An attempt has ended and is recorded. */
  public void attempted(String project, Dispatcher.Ended ended) {
    Counter.builder("boathook.attempts")
        .description("Attempts, by how they ended")
        .tags("project", project, "outcome", ended.outcome().code())
        .register(registry)
        .increment();
    timer("boathook.attempt.duration", "From resolving the host to the end of the answer")
        .record(ended.duration());
    if (ended.state().isFinal()) {
      Counter.builder("boathook.deliveries.finished")
          .description("Deliveries that came to their end, by state")
          .tags("project", project, "state", ended.state().code())
          .register(registry)
          .increment();
      timer("boathook.delivery.latency", "From the event's acceptance to its delivery's end")
          .record(ended.sinceAccepted());
    }
  }

  /** Deliveries were cancelled, as only the newest of their lanes is wanted. */
  public void superseded(String project, long deliveries) {
    count(
        "boathook.deliveries.superseded",
        "Deliveries that newer ones replaced",
        project,
        deliveries);
  }

  /** Something about an endpoint was noticed. */
  public void noticed(String project, Notice notice) {
    Counter.builder("boathook.endpoint.notices")
        .description("What was noticed of endpoints, by kind")
        .tags("project", project, "kind", notice.code())
        .register(registry)
        .increment();
  }

  /** Numbered events have come, or were waited for long enough, and this is what was found. */
  public void sequenced(String project, Outcome outcome) {
    count("boathook.sequence.held", "Events that came ahead of others", project, outcome.held());
    count("boathook.sequence.gaps", "Gaps among the numbers of events", project, outcome.gaps());
    count("boathook.sequence.late", "Events that came too late", project, outcome.late());
  }

  private void count(String name, String description, String project, long count) {
    if (count > 0) {
      Counter.builder(name)
          .description(description)
          .tags("project", project)
          .register(registry)
          .increment((double) count);
    }
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /** The text that Prometheus scrapes. */
  public String scrape() {
    return registry.scrape();
  }
}
