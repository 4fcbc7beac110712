package dev.boathook.endpoint;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an endpoint wants to be delivered to.
 *
 * @param order in what order
 * @param retries when tries are made of events that no entry of {@code retriesByType} names
 * @param retriesByType when tries are made of certain events; the first that matches counts
 * @param finalStatuses answers after which no further try is made; all others that are not 2xx are
 *     tried again
 * @param maxInFlight requests under way at once
 * @param rate attempts a second; null for no limit
 * @param breaker when an endpoint that fails is left alone
 * @param disableAfter how long an endpoint may do nothing but fail before it is disabled; null for
 *     ever
 */
public record DeliveryPolicy(
    Order order,
    RetryPolicy retries,
    List<TypedRetries> retriesByType,
    List<StatusPattern> finalStatuses,
    int maxInFlight,
    @Nullable Rate rate,
    CircuitBreaker breaker,
    @Nullable Duration disableAfter) {
  /** Attempts at once when none is given. */
  public static final int DEFAULT_MAX_IN_FLIGHT = 32;

  /** The most attempts at once. */
  public static final int MAX_MAX_IN_FLIGHT = 256;

  /** The most entries by type. */
  public static final int MAX_TYPED_RETRIES = 20;

  /** The most final statuses. */
  public static final int MAX_FINAL_STATUSES = 50;

  /** How long an endpoint may do nothing but fail when nothing is said. */
  public static final Duration DEFAULT_DISABLE_AFTER = Duration.ofDays(5);

  /** The longest time that can be said. */
  public static final Duration MAX_DISABLE_AFTER = Duration.ofDays(30);

  /** All that is not said. */
  public static final DeliveryPolicy DEFAULT =
      new DeliveryPolicy(
          Order.UNORDERED,
          RetryPolicy.DEFAULT,
          List.of(),
          List.of(),
          DEFAULT_MAX_IN_FLIGHT,
          null,
          CircuitBreaker.DEFAULT,
          DEFAULT_DISABLE_AFTER);

  /**
   * When tries are made of events of certain types.
   *
   * @param types the patterns, at least one
   * @param retries for events of these types
   */
  public record TypedRetries(List<TypePattern> types, RetryPolicy retries) {
    /** Keeps a copy. */
    public TypedRetries {
      if (types.isEmpty()) {
        throw new IllegalArgumentException("retries by type need at least one type");
      }
      types = List.copyOf(types);
    }
  }

  /** Checks the limits and keeps copies. */
  public DeliveryPolicy {
    if (maxInFlight < 1 || maxInFlight > MAX_MAX_IN_FLIGHT) {
      throw new IllegalArgumentException("max_in_flight is 1 to " + MAX_MAX_IN_FLIGHT);
    }
    if (retriesByType.size() > MAX_TYPED_RETRIES) {
      throw new IllegalArgumentException("at most " + MAX_TYPED_RETRIES + " retries by type");
    }
    if (finalStatuses.size() > MAX_FINAL_STATUSES) {
      throw new IllegalArgumentException("at most " + MAX_FINAL_STATUSES + " final statuses");
    }
    if (disableAfter != null
        && (!disableAfter.isPositive() || disableAfter.compareTo(MAX_DISABLE_AFTER) > 0)) {
      throw new IllegalArgumentException(
          "an endpoint is disabled after more than 0 and at most "
              + MAX_DISABLE_AFTER.toSeconds()
              + " seconds of failure");
    }
    retriesByType = List.copyOf(retriesByType);
    finalStatuses = List.copyOf(finalStatuses);
  }

  /** When tries are made of an event of this type. */
  public RetryPolicy retries(String type) {
    for (TypedRetries typed : retriesByType) {
      if (typed.types().stream().anyMatch(pattern -> pattern.matches(type))) {
        return typed.retries();
      }
    }
    return retries;
  }

  /** Whether no further try is made after this answer. */
  public boolean isFinal(int status) {
    return finalStatuses.stream().anyMatch(pattern -> pattern.matches(status));
  }
}
