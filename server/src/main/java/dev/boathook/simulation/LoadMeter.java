package dev.boathook.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Counts how often what waits for an endpoint is read, against how much there is to read for. */
final class LoadMeter {
  private static final long SPAN_NANOS = 1_000_000_000;

  /** Surveys, changed terms, shards that come and go. */
  private static final int LOADS_FOR_OTHER_REASONS = 40;

  /** What is told may be told late and twice, to two who hold the shard. */
  private static final int LOADS_PER_CHANGE = 4;

  private final Agenda agenda;
  private final Map<UUID, Span> spans = new HashMap<>();

  private static final class Span {
    private long began;
    private int changes;
    private int loads;
  }

  LoadMeter(Agenda agenda) {
    this.agenda = agenda;
  }

  private Span span(UUID endpointId) {
    Span span = spans.computeIfAbsent(endpointId, id -> new Span());
    if (agenda.now() - span.began > SPAN_NANOS) {
      span.began = agenda.now();
      span.changes = 0;
      span.loads = 0;
    }
    return span;
  }

  /** A delivery of the endpoint is made, changed or sent. */
  void changed(UUID endpointId) {
    span(endpointId).changes++;
  }

  /** What waits for the endpoint is read. */
  void loads(UUID endpointId) {
    Span span = span(endpointId);
    span.loads++;
    if (span.loads > LOADS_FOR_OTHER_REASONS + LOADS_PER_CHANGE * span.changes) {
      throw new BrokenPromise(
          Promise.NO_STORM,
          "%d loads of %s in a second for %d changes"
              .formatted(span.loads, Wording.of(endpointId), span.changes));
    }
  }
}
