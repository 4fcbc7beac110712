package dev.boathook.endpoint;

import dev.boathook.event.Origin;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events an endpoint wants: whose, and of which types.
 *
 * @param consumerId the consumer whose endpoint it is, and whose published events alone it gets;
 *     null for an endpoint of the project's own, which gets inbound events
 * @param sourceIds the sources it wants; null for every source, and for a consumer's endpoint
 * @param types patterns, of which one must match
 */
public record Subscription(
    @Nullable UUID consumerId, @Nullable Set<UUID> sourceIds, List<TypePattern> types) {
  /** Keeps copies, and refuses sources on a consumer's endpoint. */
  public Subscription {
    if (consumerId != null && sourceIds != null) {
      throw new IllegalArgumentException("a consumer's endpoint gets its published events only");
    }
    if (types.isEmpty()) {
      throw new IllegalArgumentException("a subscription needs at least one type pattern");
    }
    sourceIds = sourceIds == null ? null : Set.copyOf(sourceIds);
    types = List.copyOf(types);
  }

  /** Whether the endpoint wants an event of this origin and type. */
  public boolean wants(Origin origin, String type) {
    return wantsOrigin(origin) && types.stream().anyMatch(pattern -> pattern.matches(type));
  }

  private boolean wantsOrigin(Origin origin) {
    return switch (origin.kind()) {
      case CONSUMER -> origin.id().equals(consumerId);
      case SOURCE -> consumerId == null && (sourceIds == null || sourceIds.contains(origin.id()));
    };
  }
}
