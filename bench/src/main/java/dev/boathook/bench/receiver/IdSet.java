package dev.boathook.bench.receiver;

/**
 * Ids of 128 bits, 16 bytes of memory each and as much again for room. For one thread at a time.
 */
final class IdSet {
  /** The most ids: 1.6 GB. */
  static final int MAX_IDS = 50_000_000;

  /** Large enough that nothing is moved while latencies are measured. */
  private static final int INITIAL_SLOTS = 1 << 18;

  private long[] slots = new long[2 * INITIAL_SLOTS];
  private int size;

  /** Adds an id; false if it was there. */
  boolean add(long high, long low) {
    // A slot of two zeros is free, so the id of two zeros takes the place of another.
    long lowOrOne = high == 0 && low == 0 ? 1 : low;
    int slot = find(slots, high, lowOrOne);
    if (slots[slot] == high && slots[slot + 1] == lowOrOne) {
      return false;
    }
    if (size == MAX_IDS) {
      throw new IllegalStateException("more than " + MAX_IDS + " ids");
    }
    slots[slot] = high;
    slots[slot + 1] = lowOrOne;
    size++;
    if (size > slots.length / 2 / 4 * 3) {
      grow();
    }
    return true;
  }

  /** How many are there. */
  int size() {
    return size;
  }

  /** Where the id is, or the free slot where it belongs. */
  private static int find(long[] slots, long high, long low) {
    long mixed = (high ^ Long.rotateLeft(low, 32)) * 0x9E3779B97F4A7C15L;
    int mask = slots.length - 1;
    int slot = (int) (mixed >>> 32) << 1 & mask;
    while ((slots[slot] | slots[slot + 1]) != 0
        && (slots[slot] != high || slots[slot + 1] != low)) {
      slot = slot + 2 & mask;
    }
    return slot;
  }

  private void grow() {
    long[] larger = new long[slots.length * 2];
    for (int i = 0; i < slots.length; i += 2) {
      if ((slots[i] | slots[i + 1]) != 0) {
        int slot = find(larger, slots[i], slots[i + 1]);
        larger[slot] = slots[i];
        larger[slot + 1] = slots[i + 1];
      }
    }
    slots = larger;
  }
}
