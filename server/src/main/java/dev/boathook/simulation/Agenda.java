package dev.boathook.simulation;

import java.util.PriorityQueue;

/** Virtual time: what is to happen when, in nanoseconds from the beginning of a history. */
final class Agenda {
  /** More than this at one moment is a loop that does nothing but turn. */
  private static final int MAX_STEPS_AT_ONCE = 20_000;

  private final PriorityQueue<Entry> entries = new PriorityQueue<>();
  private long now;
  private long numbers;
  private int stepsAtOnce;

  private record Entry(long at, long number, Runnable task) implements Comparable<Entry> {
    @Override
    public int compareTo(Entry other) {
      int byTime = Long.compare(at, other.at);
      return byTime == 0 ? Long.compare(number, other.number) : byTime;
    }
  }

  long now() {
    return now;
  }

  /** How much has happened, or is to. */
  long steps() {
    return numbers;
  }

  void after(long nanos, Runnable task) {
    entries.add(new Entry(now + Math.max(0, nanos), numbers++, task));
  }

  /** Lets everything happen up to this moment. */
  void runUntil(long until) {
    while (!entries.isEmpty() && entries.peek().at <= until) {
      Entry entry = entries.remove();
      stepsAtOnce = entry.at == now ? stepsAtOnce + 1 : 0;
      if (stepsAtOnce > MAX_STEPS_AT_ONCE) {
        throw new BrokenPromise(
            Promise.NO_STORM, "more than " + MAX_STEPS_AT_ONCE + " steps in no time");
      }
      now = entry.at;
      entry.task.run();
    }
    now = until;
  }
}
