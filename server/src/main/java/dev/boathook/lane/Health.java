package dev.boathook.lane;

import dev.boathook.endpoint.CircuitBreaker;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.outbound.Outcome;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an endpoint does, and how much of us it can have: the window of requests at once, which grows
 * with every success and halves when the endpoint does not keep up; the circuit, which opens after
 * too many failures in a row; and since when it has done nothing but fail.
 */
public final class Health {
  /** Requests at once to an endpoint that nothing is known of. */
  static final int FIRST_WINDOW = 16;

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final int FIRST_SERVER_ERROR = 500;

  private final int busyPerRequest;
  private int window = FIRST_WINDOW;
  private boolean proven;
  private int failuresInRow;
  private Circuit circuit = Circuit.CLOSED;
  private Duration openFor = Duration.ZERO;
  private Instant openUntil = Instant.EPOCH;
  private @Nullable Instant failingSince;
  private boolean knowsBetter;

  /**
   * Of an endpoint that nothing is known of.
   *
   * @param busyPerRequest see {@link EngineLimits}
   */
  Health(int busyPerRequest) {
    this.busyPerRequest = busyPerRequest;
  }

  /** Whether attempts are let through. */
  public enum Circuit {
    /** They are. */
    CLOSED("closed"),
    /** None is until the wait is over. */
    OPEN("open"),
    /** One is, to see. */
    HALF_OPEN("half_open");

    private final String code;

    Circuit(String code) {
      this.code = code;
    }

    /** The word in the API. */
    public String code() {
      return code;
    }
  }

  /** What an outcome says of the endpoint. */
  private enum Sign {
    SUCCESS,
    /** It answered: it is there, but would not have this. */
    REFUSAL,
    /** It does not keep up, or is not there. */
    FAILURE,
    /** It says nothing of the endpoint. */
    NONE
  }

  private static Sign sign(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Delivered d -> Sign.SUCCESS;
      case Outcome.Refused refused ->
          refused.status() >= FIRST_SERVER_ERROR || refused.status() == TOO_MANY_REQUESTS
              ? Sign.FAILURE
              : Sign.REFUSAL;
      case Outcome.Gone g -> Sign.REFUSAL;
      case Outcome.TimedOut t -> Sign.FAILURE;
      case Outcome.Unreachable u -> Sign.FAILURE;
      case Outcome.Blocked b -> Sign.FAILURE;
      case Outcome.Internal i -> Sign.NONE;
    };
  }

  private static boolean asksForLess(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Refused refused ->
          refused.status() == TOO_MANY_REQUESTS || refused.status() == UNAVAILABLE;
      case Outcome.TimedOut t -> true;
      case Outcome.Unreachable u -> true;
      case Outcome.Delivered d -> false;
      case Outcome.Gone g -> false;
      case Outcome.Blocked b -> false;
      case Outcome.Internal i -> false;
    };
  }

  /**
   * Takes note of an outcome.
   *
   * @return true when the circuit has opened or closed by it
   */
  boolean note(Outcome outcome, DeliveryPolicy policy, Instant now) {
    Circuit before = circuit;
    knowsBetter |= sign(outcome) != Sign.NONE;
    if (asksForLess(outcome)) {
      window = Math.max(1, window / 2);
    }
    switch (sign(outcome)) {
      case SUCCESS -> {
        window = Math.min(window + 1, DeliveryPolicy.MAX_MAX_IN_FLIGHT);
        proven = true;
        failuresInRow = 0;
        failingSince = null;
        circuit = Circuit.CLOSED;
      }
      case REFUSAL -> {
        failing(now);
        if (circuit == Circuit.HALF_OPEN) {
          // It answers again.
          failuresInRow = 0;
          circuit = Circuit.CLOSED;
        }
      }
      case FAILURE -> {
        proven = false;
        failing(now);
        failuresInRow++;
        open(policy.breaker(), now);
      }
      case NONE -> {
        if (circuit == Circuit.HALF_OPEN) {
          circuit = Circuit.OPEN;
        }
      }
    }
    return (before == Circuit.CLOSED) != (circuit == Circuit.CLOSED);
  }

  private void failing(Instant now) {
    if (failingSince == null) {
      failingSince = now;
    }
  }

  private void open(CircuitBreaker breaker, Instant now) {
    if (!breaker.isOn()) {
      circuit = Circuit.CLOSED;
      return;
    }
    switch (circuit) {
      case CLOSED -> {
        if (failuresInRow >= breaker.failures()) {
          circuit = Circuit.OPEN;
          openFor = breaker.firstWait();
          openUntil = now.plus(openFor);
        }
      }
      case HALF_OPEN -> {
        circuit = Circuit.OPEN;
        Duration twice = openFor.multipliedBy(2);
        openFor = twice.compareTo(breaker.maxWait()) > 0 ? breaker.maxWait() : twice;
        openUntil = now.plus(openFor);
      }
      case OPEN -> {
        // An attempt that was out when it opened.
      }
    }
  }

  /** An attempt that was let through to see was not made. */
  void probeUnsent() {
    if (circuit == Circuit.HALF_OPEN) {
      circuit = Circuit.OPEN;
    }
  }

  /**
   * Whether one more attempt may be begun, and if it is the one to see.
   *
   * @param out requests under way
   * @param busy these, and attempts whose outcome is not recorded yet
   */
  boolean mayBegin(int out, int busy, DeliveryPolicy policy, Instant now) {
    int most = mostOut(policy);
    boolean mayBeBusy = busy < most * busyPerRequest;
    return switch (circuit) {
      case CLOSED -> mayBeBusy && out < most;
      case OPEN -> mayBeBusy && out == 0 && !openUntil.isAfter(now);
      case HALF_OPEN -> false;
    };
  }

  /** Whether as many requests are under way as may be. */
  boolean isFull(int out, DeliveryPolicy policy) {
    return out >= mostOut(policy);
  }

  private int mostOut(DeliveryPolicy policy) {
    return Math.min(window, policy.maxInFlight());
  }

  /** When {@link #mayBegin} may change by time alone; null when it does not. */
  @Nullable Instant openUntil() {
    return circuit == Circuit.OPEN ? openUntil : null;
  }

  /** An attempt is begun. */
  void begin() {
    if (circuit == Circuit.OPEN) {
      circuit = Circuit.HALF_OPEN;
    }
  }

  /** The breaker was changed. */
  void configure(CircuitBreaker breaker) {
    if (!breaker.isOn()) {
      circuit = Circuit.CLOSED;
      failuresInRow = 0;
    }
  }

  Circuit circuit() {
    return circuit;
  }

  /** Whether its circuit is not closed. */
  boolean isLeftAlone() {
    return circuit != Circuit.CLOSED;
  }

  /** Whether it succeeded and has not failed since; a refusal is no failure. */
  boolean isProven() {
    return proven;
  }

  @Nullable Instant failingSince() {
    return failingSince;
  }

  /** As it was noted in the store, unless an attempt has told more since. */
  void wasFailingSince(@Nullable Instant since) {
    if (!knowsBetter) {
      failingSince = since;
    }
  }

  /** Somebody says that it is worth trying again. */
  void startAnew() {
    failingSince = null;
    knowsBetter = true;
    failuresInRow = 0;
    circuit = Circuit.CLOSED;
  }
}
