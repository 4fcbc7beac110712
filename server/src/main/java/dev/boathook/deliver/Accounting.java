package dev.boathook.deliver;

/**
 * The promise that nothing is lost, in numbers: every match of an event with an endpoint is a
 * delivery in some state.
 *
 * @param events accepted and still kept
 * @param matches how many deliveries they were to have, counted when they were accepted
 * @param deliveries those deliveries, by state
 * @param replays deliveries made on purpose afterwards, by state
 */
public record Accounting(long events, long matches, Counts deliveries, Counts replays) {
  /** Deliveries by state. */
  public record Counts(long waiting, long delivered, long dead, long cancelled) {
    /** All of them. */
    public long total() {
      return waiting + delivered + dead + cancelled;
    }
  }

  /** Whether both sides are equal. */
  public boolean balanced() {
    return matches == deliveries.total();
  }
}
