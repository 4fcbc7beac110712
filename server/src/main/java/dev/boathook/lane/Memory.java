package dev.boathook.lane;

/** What the queues together hold. */
final class Memory {
  /** What every endpoint may hold, however full the memory is. */
  private static final int LEAST = 16;

  private final EngineLimits limits;
  private long bytes;
  private int count;

  Memory(EngineLimits limits) {
    this.limits = limits;
  }

  EngineLimits limits() {
    return limits;
  }

  boolean fits(Waiting delivery) {
    return bytes + delivery.heldBytes() <= limits.maxHeldBytes();
  }

  /** Whether only the least that every endpoint may hold is to be taken in. */
  boolean isFull() {
    return count >= limits.maxHeld();
  }

  /** Whether a row of so many may have one more. */
  boolean hasRoom(int inRow) {
    return inRow < Math.min(LEAST, limits.maxHeldPerEndpoint())
        || (count < limits.maxHeld() && inRow < limits.maxHeldPerEndpoint());
  }

  /** With fewer ready than this, more are loaded. */
  int loadThreshold() {
    int usual = limits.loadBatch() / 2;
    return count < limits.maxHeld() ? usual : Math.min(usual, LEAST / 2);
  }

  void held(int more) {
    bytes += more;
    count++;
  }

  void freed(int less) {
    bytes -= less;
    count--;
  }

  /** How many deliveries are held. */
  int count() {
    return count;
  }

  /** How many bytes of bodies. */
  long bytes() {
    return bytes;
  }
}
