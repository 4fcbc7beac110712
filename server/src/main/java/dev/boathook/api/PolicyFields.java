package dev.boathook.api;

import dev.boathook.endpoint.CircuitBreaker;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.DeliveryPolicy.TypedRetries;
import dev.boathook.endpoint.Order;
import dev.boathook.endpoint.Rate;
import dev.boathook.endpoint.RetryPolicy;
import dev.boathook.endpoint.RetrySchedule;
import dev.boathook.endpoint.StatusPattern;
import dev.boathook.endpoint.TypePattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How an endpoint wants to be delivered to, as the API reads and shows it. */
final class PolicyFields {
  /** The fields of a {@link Rate}. */
  static final Set<String> RATE = Set.of("rate_per_second", "rate_burst");

  private static final Set<String> RETRIES =
      Set.of(
          "retry_schedule_seconds",
          "retry_exponential",
          "retry_jitter",
          "retry_max_age_seconds",
          "max_retry_after_seconds");

  private static final Set<String> TYPED_RETRIES = with(RETRIES, Set.of("types"));

  /** Every field of a {@link DeliveryPolicy}. */
  static final Set<String> ALL =
      with(
          with(RETRIES, RATE),
          Set.of(
              "order",
              "retries_by_type",
              "final_statuses",
              "max_in_flight",
              "circuit_breaker",
              "disable_after_seconds"));

  /** The most type patterns in one list. */
  static final int MAX_TYPES = 50;

  private static final int MAX_WORD_CHARACTERS = 20;
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private PolicyFields() {}

  private static Set<String> with(Set<String> some, Set<String> others) {
    return Stream.of(some, others).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
  }

  /** The policy with what is named changed. */
  static DeliveryPolicy read(Fields fields, DeliveryPolicy before) throws Refusal {
    RetryPolicy retries = retries(fields, before.retries());
    return new DeliveryPolicy(
        order(fields, before.order()),
        retries,
        retriesByType(fields, retries, before.retriesByType()),
        finalStatuses(fields, before.finalStatuses()),
        fields.integer("max_in_flight", 1, DeliveryPolicy.MAX_MAX_IN_FLIGHT, before.maxInFlight()),
        rate(fields, before.rate()),
        breaker(fields, before.breaker()),
        fields.secondsOrNull(
            "disable_after_seconds",
            SHORTEST,
            DeliveryPolicy.MAX_DISABLE_AFTER,
            before.disableAfter()));
  }

  private static Order order(Fields fields, Order absent) throws Refusal {
    if (!fields.has("order")) {
      return absent;
    }
    String word = fields.text("order", MAX_WORD_CHARACTERS);
    try {
      return Order.of(word);
    } catch (IllegalArgumentException e) {
      throw fields.wrong("order", e);
    }
  }

  private static RetryPolicy retries(Fields fields, RetryPolicy before) throws Refusal {
    return new RetryPolicy(
        schedule(fields, before.schedule()),
        fields.number("retry_jitter", 0, 1, before.jitter()),
        fields.secondsOrNull(
            "retry_max_age_seconds", SHORTEST, RetryPolicy.LONGEST_AGE, before.maxAge()),
        fields.seconds(
            "max_retry_after_seconds",
            Duration.ZERO,
            RetryPolicy.DEFAULT_MAX_RETRY_AFTER,
            before.maxRetryAfter()));
  }

  private static RetrySchedule schedule(Fields fields, RetrySchedule before) throws Refusal {
    if (fields.has("retry_exponential")) {
      if (fields.has("retry_schedule_seconds")) {
        throw fields.wrong("retry_exponential", "takes the place of retry_schedule_seconds");
      }
      return exponential(
          fields.object(
              "retry_exponential", Set.of("base_seconds", "factor", "cap_seconds", "tries")));
    }
    List<Duration> waits =
        fields.secondsList(
            "retry_schedule_seconds",
            RetrySchedule.MAX_TRIES,
            RetrySchedule.MAX_WAIT,
            before.waits());
    if (waits.isEmpty()) {
      throw fields.wrong("retry_schedule_seconds", "is empty");
    }
    return new RetrySchedule(waits);
  }

  private static RetrySchedule exponential(Fields fields) throws Refusal {
    for (String field : List.of("base_seconds", "factor", "cap_seconds", "tries")) {
      fields.require(field);
    }
    Duration base = fields.seconds("base_seconds", SHORTEST, RetrySchedule.MAX_WAIT, Duration.ZERO);
    Duration cap = fields.seconds("cap_seconds", SHORTEST, RetrySchedule.MAX_WAIT, Duration.ZERO);
    if (cap.compareTo(base) < 0) {
      throw fields.wrong("cap_seconds", "is less than base_seconds");
    }
    return RetrySchedule.exponential(
        base,
        fields.number("factor", 1, RetrySchedule.MAX_FACTOR, 1),
        cap,
        fields.integer("tries", 1, RetrySchedule.MAX_TRIES, 1));
  }

  /** Entries take from the endpoint what they do not name. */
  private static List<TypedRetries> retriesByType(
      Fields fields, RetryPolicy retries, List<TypedRetries> absent) throws Refusal {
    if (!fields.has("retries_by_type")) {
      return absent;
    }
    List<TypedRetries> typed = new ArrayList<>();
    for (Fields entry :
        fields.objects("retries_by_type", DeliveryPolicy.MAX_TYPED_RETRIES, TYPED_RETRIES)) {
      typed.add(new TypedRetries(types(entry), retries(entry, retries)));
    }
    return typed;
  }

  /** A field {@code types}: one pattern or more. */
  static List<TypePattern> types(Fields fields) throws Refusal {
    List<TypePattern> types = new ArrayList<>();
    for (String text : fields.texts("types", MAX_TYPES, TypePattern.MAX_CHARACTERS)) {
      try {
        types.add(new TypePattern(text));
      } catch (IllegalArgumentException e) {
        throw fields.wrong("types", e);
      }
    }
    return types;
  }

  private static List<StatusPattern> finalStatuses(Fields fields, List<StatusPattern> absent)
      throws Refusal {
    if (!fields.has("final_statuses")) {
      return absent;
    }
    List<StatusPattern> statuses = new ArrayList<>();
    for (String text :
        fields.textsOrNone(
            "final_statuses", DeliveryPolicy.MAX_FINAL_STATUSES, MAX_WORD_CHARACTERS)) {
      try {
        statuses.add(new StatusPattern(text));
      } catch (IllegalArgumentException e) {
        throw fields.wrong("final_statuses", e);
      }
    }
    return statuses;
  }

  /** The fields of {@link #RATE}; a burst of which nothing was said is one second's worth. */
  static @Nullable Rate rate(Fields fields, @Nullable Rate before) throws Refusal {
    boolean none =
        fields.has("rate_per_second") ? fields.isNull("rate_per_second") : before == null;
    boolean burst = fields.has("rate_burst") && !fields.isNull("rate_burst");
    if (none) {
      if (burst) {
        throw fields.wrong("rate_burst", "needs rate_per_second");
      }
      return null;
    }
    double perSecond =
        fields.number(
            "rate_per_second",
            Rate.MIN_PER_SECOND,
            Rate.MAX_PER_SECOND,
            before == null ? 0 : before.perSecond());
    if (burst) {
      return new Rate(perSecond, fields.integer("rate_burst", 1, Rate.MAX_BURST, 1));
    }
    return before == null || fields.has("rate_burst")
        ? Rate.of(perSecond)
        : new Rate(perSecond, before.burst());
  }

  private static CircuitBreaker breaker(Fields fields, CircuitBreaker before) throws Refusal {
    if (!fields.has("circuit_breaker")) {
      return before;
    }
    Fields breaker =
        fields.object("circuit_breaker", Set.of("failures", "wait_seconds", "max_wait_seconds"));
    Duration wait =
        breaker.seconds("wait_seconds", SHORTEST, CircuitBreaker.LONGEST_WAIT, before.firstWait());
    Duration maxWait =
        breaker.seconds(
            "max_wait_seconds", SHORTEST, CircuitBreaker.LONGEST_WAIT, before.maxWait());
    if (maxWait.compareTo(wait) < 0) {
      throw breaker.wrong("max_wait_seconds", "is less than wait_seconds");
    }
    return new CircuitBreaker(
        breaker.integer("failures", 0, CircuitBreaker.MAX_FAILURES, before.failures()),
        wait,
        maxWait);
  }

  /** A policy as it is shown; the schedule as its waits, however it was given. */
  record View(
      String order,
      List<Number> retryScheduleSeconds,
      double retryJitter,
      @Nullable Number retryMaxAgeSeconds,
      Number maxRetryAfterSeconds,
      List<TypedView> retriesByType,
      List<String> finalStatuses,
      int maxInFlight,
      @Nullable Double ratePerSecond,
      @Nullable Integer rateBurst,
      BreakerView circuitBreaker,
      @Nullable Number disableAfterSeconds) {
    static View of(DeliveryPolicy policy) {
      RetryPolicy retries = policy.retries();
      Rate rate = policy.rate();
      return new View(
          policy.order().code(),
          waits(retries),
          retries.jitter(),
          Times.secondsOrNull(retries.maxAge()),
          Times.seconds(retries.maxRetryAfter()),
          policy.retriesByType().stream().map(TypedView::of).toList(),
          policy.finalStatuses().stream().map(StatusPattern::text).toList(),
          policy.maxInFlight(),
          rate == null ? null : rate.perSecond(),
          rate == null ? null : rate.burst(),
          BreakerView.of(policy.breaker()),
          Times.secondsOrNull(policy.disableAfter()));
    }

    private static List<Number> waits(RetryPolicy retries) {
      return retries.schedule().waits().stream().map(Times::seconds).toList();
    }
  }

  /** When tries are made of some types, as it is shown. */
  record TypedView(
      List<String> types,
      List<Number> retryScheduleSeconds,
      double retryJitter,
      @Nullable Number retryMaxAgeSeconds,
      Number maxRetryAfterSeconds) {
    private static TypedView of(TypedRetries typed) {
      RetryPolicy retries = typed.retries();
      return new TypedView(
          typed.types().stream().map(TypePattern::text).toList(),
          View.waits(retries),
          retries.jitter(),
          Times.secondsOrNull(retries.maxAge()),
          Times.seconds(retries.maxRetryAfter()));
    }
  }

  /** A circuit breaker as it is shown. */
  record BreakerView(int failures, Number waitSeconds, Number maxWaitSeconds) {
    private static BreakerView of(CircuitBreaker breaker) {
      return new BreakerView(
          breaker.failures(), Times.seconds(breaker.firstWait()), Times.seconds(breaker.maxWait()));
    }
  }
}
