package dev.boathook.deliver;

import dev.boathook.lane.Limit;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Something about an endpoint that whoever runs it should know, and alerting can pick up. */
public sealed interface Notice {
  /** The project. */
  UUID projectId();

  /** The endpoint. */
  UUID endpointId();

  /** A stable name of the kind, fit for a metric's label. */
  String code();

  /** The endpoint has done nothing but fail since then, for as long as its policy lets. */
  record Failing(UUID projectId, UUID endpointId, Instant since) implements Notice {
    @Override
    public String code() {
      return "endpoint_failing";
    }
  }

  /**
   * The endpoint was disabled: nothing is sent to it until somebody resumes it.
   *
   * @param reason as the endpoint shows it
   */
  record Disabled(UUID projectId, UUID endpointId, String reason) implements Notice {
    @Override
    public String code() {
      return "endpoint_disabled";
    }
  }

  /** The endpoint is left alone for a while, or is tried again as usual. */
  record Circuit(UUID projectId, UUID endpointId, boolean open) implements Notice {
    @Override
    public String code() {
      return open ? "circuit_opened" : "circuit_closed";
    }
  }

  /**
   * For 10 seconds something that is due for the endpoint has always been waiting, and it waits for
   * a limit of its own; or nothing does any more, be it that the endpoint is paused, left alone,
   * resumed at a rate or another node's.
   *
   * @param limit for which it waits; null when it does not
   */
  record Throttled(UUID projectId, UUID endpointId, @Nullable Limit limit) implements Notice {
    @Override
    public String code() {
      return switch (limit) {
        case RATE -> "throttled_by_rate";
        case CONCURRENCY -> "throttled_by_concurrency";
        case null -> "throttle_ended";
      };
    }
  }

  /** A lane stands still behind a dead letter, until somebody retries it, skips it or drains it. */
  record LaneHalted(UUID projectId, UUID endpointId, String key, UUID deliveryId)
      implements Notice {
    @Override
    public String code() {
      return "lane_halted";
    }
  }
}
