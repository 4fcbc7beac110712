package dev.boathook.sequence;

import dev.boathook.source.SequenceRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of the events of one resource, in which order they go on, and which never
 * came. Pure: what is known, what comes and the time go in; what to do and what is known then come
 * out.
 *
 * <p>What it promises, whatever comes and in whatever order: every event is released once, dropped,
 * or held until a time that passes; those that are not late are released in rising order of their
 * positions; by numbers, every position between the first and the last released one either was
 * released in its turn or is in a gap.
 */
public final class Sequencer {
  private Sequencer() {}

  /**
   * An event that waits for its predecessors.
   *
   * @param position where it stands
   * @param eventId the event; of two with the same position the smaller id came first
   * @param until when it has waited long enough
   * @param late whether another with its position came before it
   */
  public record Held(long position, UUID eventId, Instant until, boolean late) {
    /** In this order they go on. */
    static final Comparator<Held> ORDER =
        Comparator.comparingLong(Held::position)
            .thenComparing(Held::late)
            .thenComparing(Held::eventId);
  }

  /**
   * What is known of a resource.
   *
   * @param position what is at or below it is late; null when nothing has come
   * @param held what waits, in the order in which it will go on; all above the position
   */
  public record State(@Nullable Long position, List<Held> held) {
    /** Nothing has come. */
    public static final State NEW = new State(null, List.of());

    /** Keeps a copy. */
    public State {
      held = List.copyOf(held);
    }

    /** When the first of the held events has waited long enough; null when none is held. */
    public @Nullable Instant dueAt() {
      return held.stream().map(Held::until).min(Comparator.naturalOrder()).orElse(null);
    }
  }

  /** Something to be done. */
  public sealed interface Step {
    /**
     * The event goes on.
     *
     * @param late whether it is to be said that it comes too late
     */
    record Release(UUID eventId, boolean late) implements Step {}

    /** The event waits. */
    record Hold(Held held) implements Step {}

    /** The event is late and is kept back for good. */
    record Drop(UUID eventId) implements Step {}

    /**
     * What follows these positions goes on without them.
     *
     * @param first the first that is missing
     * @param last the last that is missing
     */
    record Gap(long first, long last, Cause cause) implements Step {}
  }

  /** Why what was missing is not waited for any longer. */
  public enum Cause {
    /** What came after it has waited long enough. */
    TIME("time"),
    /** As many events wait as may. */
    COUNT("count");

    private final String code;

    Cause(String code) {
      this.code = code;
    }

    /** The word in the database and the API. */
    public String code() {
      return code;
    }
  }

  /**
   * What to do, in this order, and what is known then.
   *
   * @param steps each event of the input or held before is in one of them at most
   */
  public record Decision(State state, List<Step> steps) {
    /** Keeps a copy. */
    public Decision {
      steps = List.copyOf(steps);
    }
  }

  /**
   * An event has come.
   *
   * @param position not negative
   */
  public static Decision arrived(
      SequenceRule rule, State state, long position, UUID eventId, Instant now) {
    return switch (rule.kind()) {
      case NUMBER -> numbered(rule, state, position, eventId, now);
      case VERSION -> newest(rule, state, position, eventId, false);
      case TIME -> newest(rule, state, position, eventId, true);
    };
  }

  /** Nothing has come, but time has passed. */
  public static Decision waited(State state, Instant now) {
    long overdue = -1;
    for (Held held : state.held()) {
      if (!held.until().isAfter(now)) {
        overdue = held.position();
      }
    }
    if (overdue < 0) {
      return new Decision(state, List.of());
    }
    // What waits does so behind something.
    Run run = new Run(Objects.requireNonNull(state.position()), state.held());
    while (!run.held.isEmpty() && run.held.getFirst().position() <= overdue) {
      run.skip(Cause.TIME);
    }
    return run.decision();
  }

  private static Decision numbered(
      SequenceRule rule, State state, long position, UUID eventId, Instant now) {
    Long startsAt = rule.startsAt();
    Long released = state.position();
    if (released == null) {
      released = startsAt == null ? position - 1 : startsAt - 1;
    }
    Run run = new Run(released, state.held());
    if (position <= run.position) {
      run.steps.add(late(rule, eventId));
      return run.decision();
    }
    Held twin = run.at(position);
    if (twin != null && rule.late() == SequenceRule.Late.DROP) {
      run.steps.add(new Step.Drop(eventId));
      return run.decision();
    }
    Held held =
        new Held(
            position,
            eventId,
            twin == null ? now.plus(rule.maxWait()) : twin.until(),
            twin != null);
    run.held.add(held);
    run.follow();
    while (run.held.size() > rule.maxHeld()) {
      run.skip(Cause.COUNT);
    }
    if (run.held.contains(held)) {
      run.steps.add(new Step.Hold(held));
    }
    return run.decision();
  }

  private static Decision newest(
      SequenceRule rule, State state, long position, UUID eventId, boolean mayRepeat) {
    Long newest = state.position();
    if (newest != null && (position < newest || (position == newest && !mayRepeat))) {
      return new Decision(state, List.of(late(rule, eventId)));
    }
    return new Decision(
        new State(position, state.held()), List.of(new Step.Release(eventId, false)));
  }

  private static Step late(SequenceRule rule, UUID eventId) {
    return switch (rule.late()) {
      case DELIVER -> new Step.Release(eventId, true);
      case DROP -> new Step.Drop(eventId);
    };
  }

  /** A decision by numbers in the making. */
  private static final class Run {
    private final TreeSet<Held> held = new TreeSet<>(Held.ORDER);
    private final List<Step> steps = new ArrayList<>();
    private long position;

    Run(long position, List<Held> held) {
      this.position = position;
      this.held.addAll(held);
    }

    /** The first that waits at a position. */
    @Nullable Held at(long wanted) {
      for (Held each : held) {
        if (each.position() == wanted) {
          return each;
        }
      }
      return null;
    }

    /** Releases what has no gap before it. */
    void follow() {
      while (!held.isEmpty() && held.getFirst().position() - 1 <= position) {
        release(held.removeFirst());
      }
    }

    /** Gives up what is missing before the first. */
    void skip(Cause cause) {
      steps.add(new Step.Gap(position + 1, held.getFirst().position() - 1, cause));
      position = held.getFirst().position() - 1;
      follow();
    }

    private void release(Held next) {
      position = next.position();
      steps.add(new Step.Release(next.eventId(), next.late()));
    }

    Decision decision() {
      return new Decision(new State(position, List.copyOf(held)), steps);
    }
  }
}
