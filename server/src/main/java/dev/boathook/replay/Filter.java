package dev.boathook.replay;

import dev.boathook.endpoint.Endpoint;
import dev.boathook.endpoint.TypePattern;
import dev.boathook.event.Origin;
import dev.boathook.route.ProjectView;
import dev.boathook.world.Uuid7;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which deliveries are meant, by where they go and by what their events are; null asks for any.
 *
 * @param endpointId to whom
 * @param origin where the events came from
 * @param types patterns, of which one must match; none asks for any
 * @param key the events' ordering key
 * @param since the earliest time of the events' acceptance, in whole milliseconds
 * @param until the time of acceptance from which on they are left out, in whole milliseconds
 */
public record Filter(
    @Nullable UUID endpointId,
    @Nullable Origin origin,
    List<TypePattern> types,
    @Nullable String key,
    @Nullable Instant since,
    @Nullable Instant until) {
  /** The most type patterns. */
  public static final int MAX_TYPES = 50;

  /** Keeps a copy. */
  public Filter {
    if (types.size() > MAX_TYPES) {
      throw new IllegalArgumentException("at most " + MAX_TYPES + " types");
    }
    types = List.copyOf(types);
  }

  /** Whether it leaves nothing out. */
  public boolean isEmpty() {
    return endpointId == null && isOfEndpointsOnly();
  }

  /** Whether nothing of the events is asked for. */
  boolean isOfEndpointsOnly() {
    return origin == null && types.isEmpty() && key == null && since == null && until == null;
  }

  /**
   * The endpoints to which alone the deliveries can go, so that they need not be looked for among
   * all; null when they can go to any.
   */
  UUID @Nullable [] endpoints(ProjectView project) {
    if (endpointId != null) {
      return new UUID[] {endpointId};
    }
    if (origin == null || origin.kind() == Origin.Kind.SOURCE) {
      return null;
    }
    UUID consumerId = origin.id();
    return project.endpoints().values().stream()
        .filter(endpoint -> consumerId.equals(endpoint.subscription().consumerId()))
        .map(Endpoint::id)
        .toArray(UUID[]::new);
  }

  /** Whether it asks for what is of this event. */
  boolean takes(EventFacts event) {
    return (origin == null || origin.equals(event.origin()))
        && (types.isEmpty() || types.stream().anyMatch(type -> type.matches(event.type())))
        && (key == null || key.equals(event.key()))
        && (since == null || !Uuid7.time(event.id()).isBefore(since.truncatedTo(ChronoUnit.MILLIS)))
        && (until == null || Uuid7.time(event.id()).isBefore(until.truncatedTo(ChronoUnit.MILLIS)));
  }
}
