package dev.boathook.route;

import dev.boathook.consumer.Consumer;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.event.Origin;
import dev.boathook.key.ApiKeys;
import dev.boathook.source.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One project's configuration at one version of its directory.
 *
 * @param projectId the project
 * @param name the project's name
 * @param version the version of the directory
 * @param sources by id
 * @param consumers by id
 * @param endpoints by id
 * @param keys by id
 */
public record ProjectView(
    UUID projectId,
    String name,
    long version,
    Map<UUID, Source> sources,
    Map<UUID, Consumer> consumers,
    Map<UUID, Endpoint> endpoints,
    Map<UUID, ApiKeys.Hashed> keys) {
  /** Keeps copies. */
  public ProjectView {
    sources = Map.copyOf(sources);
    consumers = Map.copyOf(consumers);
    endpoints = Map.copyOf(endpoints);
    keys = Map.copyOf(keys);
  }

  static ProjectView empty(UUID projectId, String name) {
    return new ProjectView(projectId, name, -1, Map.of(), Map.of(), Map.of(), Map.of());
  }

  /**
   * The endpoints that are to get an event of this origin and type, whatever their status: those
   * that want it, and one more.
   *
   * @param asked gets it whether it wants it or not; null for none
   */
  public List<Endpoint> receiving(Origin origin, String type, @Nullable UUID asked) {
    List<Endpoint> receiving = new ArrayList<>();
    for (Endpoint endpoint : endpoints.values()) {
      if (endpoint.id().equals(asked) || endpoint.subscription().wants(origin, type)) {
        receiving.add(endpoint);
      }
    }
    return receiving;
  }

  /** Whether a source passes on what this endpoint answers. */
  public boolean isAskedForReplies(UUID endpointId) {
    return sources.values().stream().anyMatch(it -> endpointId.equals(it.replyEndpointId()));
  }
}
