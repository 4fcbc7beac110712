package dev.boathook.lane;

/**
 * What is free of what all endpoints share, and who may have more of it: whoever has less out than
 * is free. So a few that are greedy leave room for the others: of N that take all they can, each
 * has a share of one in N + 1, and as much stays free.
 *
 * <p>From: A. K. Choudhury, E. L. Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet
 * Switches", 1998.
 *
 * @param attempts how many more can be out
 * @param bytes of bodies that can still be out
 */
record Room(int attempts, long bytes) {
  boolean isEmpty() {
    return attempts <= 0 || bytes <= 0;
  }

  boolean hasPlaceFor(EndpointQueue queue) {
    return hasAttemptFor(queue) && hasBytesFor(queue);
  }

  boolean hasAttemptFor(EndpointQueue queue) {
    return queue.busy < attempts;
  }

  boolean hasBytesFor(EndpointQueue queue) {
    return queue.busyBytes < bytes;
  }
}
