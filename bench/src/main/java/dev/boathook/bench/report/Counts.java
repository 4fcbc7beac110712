package dev.boathook.bench.report;

/**
 * Whether everything is there: what was answered with 2xx, what the store has and what the receiver
 * got.
 *
 * @param accepted answers of 2xx to Boathook's callers
 * @param refused their requests with another answer or none, which no figure counts
 * @param stored events that its store has
 * @param delivered deliveries that came to the receiver for the first time
 * @param duplicated those that came again
 * @param missing those that were to come and did not
 */
public record Counts(
    long accepted, long refused, long stored, long delivered, long duplicated, long missing) {
  /** Nothing yet. */
  public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

  /** So many answers of 2xx, and so many others. */
  public static Counts ofAnswers(long accepted, long refused) {
    return new Counts(accepted, refused, 0, 0, 0, 0);
  }

  /** The same, with what the store has in the end. */
  public Counts withStored(long inTheEnd) {
    return new Counts(accepted, refused, inTheEnd, delivered, duplicated, missing);
  }

  /** Both together. */
  public Counts plus(Counts other) {
    return new Counts(
        accepted + other.accepted,
        refused + other.refused,
        stored + other.stored,
        delivered + other.delivered,
        duplicated + other.duplicated,
        missing + other.missing);
  }

  /** Whether all was accepted and is stored, and what was to be delivered was, once. */
  public boolean isSound() {
    return refused == 0 && accepted == stored && duplicated == 0 && missing == 0;
  }
}
