package dev.boathook.simulation;

import dev.boathook.outbound.Outcome;
import dev.boathook.world.SeededChance;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The way to the endpoints, and how they answer. */
final class Network {
  private static final long MILLI = 1_000_000;

  /** How long a sender waits: as in production by default. */
  private static final long TIMEOUT = 15_000 * MILLI;

  private static final List<@Nullable Duration> RETRY_AFTERS =
      Arrays.asList(
          null,
          Duration.ZERO,
          Duration.ofSeconds(1),
          Duration.ofSeconds(17),
          Duration.ofMinutes(2),
          Duration.ofDays(1));

  private final Surroundings around;
  private final Map<UUID, Manner> manners = new HashMap<>();
  private int troubleOneIn;

  Network(Surroundings around) {
    this.around = around;
  }

  /** How an endpoint behaves. */
  enum Manner {
    WELL,
    /** One request in three fails. */
    FLAPS,
    FAILS,
    REFUSES,
    ASKS_FOR_LESS,
    UNAVAILABLE,
    /** Takes it, but answers after 5 to 25 seconds. */
    SLOW,
    /** Takes it, and sends an answer that never ends. */
    DRIPS,
    UNREACHABLE,
    GONE
  }

  void setManner(UUID endpointId, Manner manner) {
    manners.put(endpointId, manner);
  }

  /** One request in so many meets with trouble; 0 for none. */
  void setTrouble(int oneIn) {
    troubleOneIn = oneIn;
  }

  void heal() {
    manners.clear();
    troubleOneIn = 0;
  }

  /** Makes the request; the sender hears of it. */
  void send(Attempt attempt) {
    Fault trouble = trouble();
    SeededChance chance = around.chance;
    long there = MILLI + chance.below(40 * MILLI);
    long back = MILLI + chance.below(40 * MILLI);
    if (trouble != null) {
      around.count(trouble);
    }
    if (trouble == Fault.REQUEST_LOST) {
      answer(attempt, TIMEOUT, new Outcome.TimedOut(Outcome.TimedOut.Phase.RESPONSE));
      return;
    }
    if (trouble == Fault.REQUEST_LATE) {
      there += TIMEOUT + chance.below(20_000 * MILLI);
    }
    if (trouble == Fault.RESET) {
      boolean arrives = chance.oneIn(2);
      around.agenda.after(
          there,
          () -> {
            if (arrives) {
              serve(attempt);
            }
            answer(
                attempt,
                back,
                new Outcome.Unreachable(
                    Outcome.Unreachable.Reason.CONNECTION_RESET, "connection reset"));
          });
      return;
    }
    if (trouble == Fault.REQUEST_TWICE) {
      around.agenda.after(
          there + chance.below(20_000 * MILLI),
          () -> {
            var _ = serve(attempt);
          });
    }
    long arrival = there;
    around.agenda.after(
        arrival,
        () -> {
          Answer answer = serve(attempt);
          long end = arrival + answer.after + back;
          if (end >= TIMEOUT || trouble == Fault.RESPONSE_LOST) {
            answer(
                attempt,
                Math.max(0, TIMEOUT - arrival),
                new Outcome.TimedOut(Outcome.TimedOut.Phase.RESPONSE));
          } else {
            answer(attempt, answer.after + back, answer.outcome);
          }
        });
    if (trouble == Fault.REQUEST_LATE) {
      answer(attempt, TIMEOUT, new Outcome.TimedOut(Outcome.TimedOut.Phase.RESPONSE));
    }
  }

  private @Nullable Fault trouble() {
    if (troubleOneIn == 0 || !around.chance.oneIn(troubleOneIn)) {
      return null;
    }
    return around.chance.of(
        List.of(
            Fault.REQUEST_LOST,
            Fault.RESPONSE_LOST,
            Fault.REQUEST_LATE,
            Fault.REQUEST_TWICE,
            Fault.RESET));
  }

  private void answer(Attempt attempt, long after, Outcome outcome) {
    around.agenda.after(
        after, () -> attempt.sender.run(() -> attempt.sender.ended(attempt, outcome)));
  }

  private record Answer(Outcome outcome, long after) {}

  /** A request has arrived. */
  private Answer serve(Attempt attempt) {
    Manner manner = manners.getOrDefault(attempt.delivery().endpointId(), Manner.WELL);
    SeededChance chance = around.chance;
    return switch (manner) {
      case WELL -> take(attempt, 0);
      case FLAPS -> chance.oneIn(3) ? fail(new Outcome.Refused(500, null)) : take(attempt, 0);
      case FAILS -> fail(new Outcome.Refused(500, null));
      case REFUSES -> fail(new Outcome.Refused(400, null));
      case ASKS_FOR_LESS -> fail(new Outcome.Refused(429, chance.of(RETRY_AFTERS)));
      case UNAVAILABLE -> fail(new Outcome.Refused(503, chance.of(RETRY_AFTERS)));
      case SLOW -> hang(attempt, 5_000 * MILLI + chance.below(20_000 * MILLI));
      case DRIPS -> hang(attempt, Surroundings.never());
      case UNREACHABLE ->
          fail(new Outcome.Unreachable(Outcome.Unreachable.Reason.CONNECTION_REFUSED, "refused"));
      case GONE -> {
        around.count(Fault.ENDPOINT_GONE);
        yield new Answer(new Outcome.Gone(), 0);
      }
    };
  }

  private Answer fail(Outcome outcome) {
    around.count(Fault.ENDPOINT_FAILS);
    return new Answer(outcome, 0);
  }

  private Answer hang(Attempt attempt, long after) {
    around.count(Fault.ENDPOINT_HANGS);
    return take(attempt, after);
  }

  private Answer take(Attempt attempt, long after) {
    around.note(() -> "taken " + Wording.of(attempt.delivery().deliveryId()));
    around.promises.taken(attempt);
    return new Answer(new Outcome.Delivered(200), after + around.chance.below(50 * MILLI));
  }
}
