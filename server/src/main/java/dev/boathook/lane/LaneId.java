package dev.boathook.lane;

import java.util.UUID;

/**
 * A lane of a project.
 *
 * @param endpointId whose
 * @param key the ordering key; empty for the lane of events without one
 */
public record LaneId(UUID endpointId, String key) {}
