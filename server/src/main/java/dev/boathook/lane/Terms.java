package dev.boathook.lane;

import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Rate;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the engine must know of an endpoint.
 *
 * @param projectId the project
 * @param endpointId the endpoint
 * @param groupId whose share of the places it has: its consumer, or itself when it is nobody's; it
 *     stays
 * @param weight the group's share against that of others, at least 1
 * @param policy how it wants to be delivered to
 * @param open whether anything is sent at all
 * @param resumeRate how fast, until what waits has been sent; null for as fast as the policy lets
 * @param changedAt when the endpoint was last changed, which tells one version of it from another
 */
public record Terms(
    UUID projectId,
    UUID endpointId,
    UUID groupId,
    int weight,
    DeliveryPolicy policy,
    boolean open,
    @Nullable Rate resumeRate,
    Instant changedAt) {
  /** Checks the weight. */
  public Terms {
    if (weight < 1) {
      throw new IllegalArgumentException("a weight is at least 1");
    }
  }

  /** The same, but nothing is sent. */
  Terms closed() {
    return new Terms(projectId, endpointId, groupId, weight, policy, false, resumeRate, changedAt);
  }
}
