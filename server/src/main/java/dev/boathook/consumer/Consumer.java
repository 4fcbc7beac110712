package dev.boathook.consumer;

import java.time.Instant;
import java.util.UUID;

/**
 * An outside party to whom a platform sends.
 *
 * @param projectId the project
 * @param id the consumer's id
 * @param name unique among the project's consumers: the platform's own name or number for it
 * @param createdAt when it was made
 * @param updatedAt when it was last changed
 */
public record Consumer(
    UUID projectId, UUID id, String name, Instant createdAt, Instant updatedAt) {}
