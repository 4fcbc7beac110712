package dev.boathook.sequence;

import java.util.UUID;

/**
 * A delivery of an event that is held.
 *
 * @param deliveryId which
 * @param endpointId to whom
 */
public record HeldDelivery(UUID deliveryId, UUID endpointId) {}
