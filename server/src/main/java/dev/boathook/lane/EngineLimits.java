package dev.boathook.lane;

import java.time.Duration;

/**
 * The bounds of the engine's memory and work.
 *
 * @param maxBusy attempts at once over all endpoints, counting until their outcome is recorded
 * @param maxUnproven how many of these may be for endpoints that have not succeeded, or have failed
 *     since
 * @param busyPerRequest how many of these may be of an endpoint for each request that it may have
 *     under way: a window that had to wait for the recording of outcomes would be of the store, not
 *     of the endpoint
 * @param maxBusyBytes bodies of those attempts, of which each counts for a quarter of it at most
 * @param maxHeld deliveries in memory over all endpoints; past it, each has a few
 * @param maxHeldPerEndpoint deliveries in memory for one endpoint that are due, and as many that
 *     will be soon; the rest waits in the store
 * @param maxHeldPerLane deliveries in memory of one lane
 * @param loadBatch how many are loaded at once
 * @param loadedEventBytes events of up to so many bytes, body and headers, are loaded with their
 *     deliveries
 * @param maxLoads how many endpoints load at once; the others wait their turn
 * @param holdAhead how long before it is due a delivery may be held in memory
 * @param maxHeldBytes events held in memory; past it, they are read again before the attempt
 * @param storeRetry the wait after the store failed to read
 * @param surveyInterval how often all is looked through when nothing happens to nodes and shards: a
 *     lost wake-up is found after so long
 */
public record EngineLimits(
    int maxBusy,
    int maxUnproven,
    int busyPerRequest,
    long maxBusyBytes,
    int maxHeld,
    int maxHeldPerEndpoint,
    int maxHeldPerLane,
    int loadBatch,
    int loadedEventBytes,
    int maxLoads,
    Duration holdAhead,
    long maxHeldBytes,
    Duration storeRetry,
    Duration surveyInterval) {
  /** What a delivery without its event takes in memory, in bytes, measured and rounded up. */
  private static final int BYTES_PER_HELD = 1_024;

  /** For a heap of 1 GiB or more. */
  public static final EngineLimits DEFAULT =
      new EngineLimits(
          1_024,
          512,
          16,
          64L << 20,
          100_000,
          1_024,
          16,
          256,
          4_096,
          4,
          Duration.ofSeconds(30),
          64L << 20,
          Duration.ofSeconds(1),
          Duration.ofMinutes(5));

  /**
   * The usual ones, where they need a tenth of the heap each and no more.
   *
   * @param bytes the largest that the heap may become
   */
  public static EngineLimits forHeap(long bytes) {
    long share = bytes / 10;
    // What is known of an endpoint is due, or will be soon, or busy.
    int loaded = DEFAULT.maxLoads * (DEFAULT.loadBatch + 3 * DEFAULT.maxHeldPerEndpoint);
    return new EngineLimits(
        DEFAULT.maxBusy,
        DEFAULT.maxUnproven,
        DEFAULT.busyPerRequest,
        Math.min(DEFAULT.maxBusyBytes, share),
        (int) Math.min(DEFAULT.maxHeld, share / BYTES_PER_HELD),
        DEFAULT.maxHeldPerEndpoint,
        DEFAULT.maxHeldPerLane,
        DEFAULT.loadBatch,
        (int) Math.min(DEFAULT.loadedEventBytes, share / loaded),
        DEFAULT.maxLoads,
        DEFAULT.holdAhead,
        Math.min(DEFAULT.maxHeldBytes, share),
        DEFAULT.storeRetry,
        DEFAULT.surveyInterval);
  }
}
