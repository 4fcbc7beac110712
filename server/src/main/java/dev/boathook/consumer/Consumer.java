package dev.boathook.consumer;

import java.time.Instant;
import java.util.UUID;

/**
 * An outside party to whom a platform sends.
 *
 * @param projectId the project
 * @param id the consumer's id
 * @param name unique among the project's consumers: the platform's own name or number for it
 * @param weight its share of attempts against that of other consumers while there are not enough
 *     for all, {@value #DEFAULT_WEIGHT} to {@value #MAX_WEIGHT}
 * @param createdAt when it was made
 * @param updatedAt when it was last changed
 */
public record Consumer(
    UUID projectId, UUID id, String name, int weight, Instant createdAt, Instant updatedAt) {
  /** The weight when none is given, and the least. */
  public static final int DEFAULT_WEIGHT = 1;

  /** The most. */
  public static final int MAX_WEIGHT = 100;

  /** Checks the limits. */
  public Consumer {
    if (weight < DEFAULT_WEIGHT || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException("a weight is " + DEFAULT_WEIGHT + " to " + MAX_WEIGHT);
    }
  }
}
