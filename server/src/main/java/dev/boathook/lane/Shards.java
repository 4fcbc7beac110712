package dev.boathook.lane;

import java.util.UUID;

/** The parts into which endpoints are divided, so that several nodes can share them. */
public final class Shards {
  /** How many there are; the same for every node and for ever, since rows are counted on it. */
  public static final int COUNT = 256;

  private Shards() {}

  /** The shard of an endpoint and of all its lanes. */
  public static int of(UUID endpointId) {
    return Math.floorMod(endpointId.hashCode(), COUNT);
  }
}
