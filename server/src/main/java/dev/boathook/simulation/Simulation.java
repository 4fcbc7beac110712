package dev.boathook.simulation;

import dev.boathook.world.Ticker;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Lives many histories and says what they were like, or shows the first that breaks a promise. */
public final class Simulation {
  private static final Duration PROGRESS = Duration.ofSeconds(10);

  private final long seeds;
  private final long from;
  private final int maxSteps;
  private final int jobs;
  private final Ticker ticker;
  private final PrintStream out;
  private final AtomicLong next;
  private final Tally tally = new Tally();
  private final long startedNanos;
  private long toldNanos;

  /**
   * A campaign.
   *
   * @param seeds how many histories
   * @param from the first seed; the others follow it
   * @param maxSteps what is done to the nodes in a history is cut off after so much
   * @param jobs threads
   * @param out hears what comes of it
   */
  public Simulation(long seeds, long from, int maxSteps, int jobs, Ticker ticker, PrintStream out) {
    this.seeds = seeds;
    this.from = from;
    this.maxSteps = maxSteps;
    this.jobs = jobs;
    this.ticker = ticker;
    this.out = out;
    this.next = new AtomicLong(from);
    this.startedNanos = ticker.nanoTime();
    this.toldNanos = startedNanos;
  }

  /** What has come of the histories so far. */
  private static final class Tally {
    private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
    private final Map<Promise, Long> broken = new EnumMap<>(Promise.class);
    private long histories;
    private long events;
    private long attempts;
    private double virtualSeconds;
    private @Nullable Long firstBroken;

    synchronized void add(long seed, History.Result result) {
      histories++;
      events += result.events();
      attempts += result.attempts();
      virtualSeconds += result.nanos() / 1e9;
      result.faults().forEach((fault, count) -> faults.merge(fault, (long) count, Long::sum));
      Promise promise = result.broken();
      if (promise != null) {
        broken.merge(promise, 1L, Long::sum);
        firstBroken = firstBroken == null ? seed : Math.min(firstBroken, seed);
      }
    }

    long allFaults() {
      return faults.values().stream().mapToLong(Long::longValue).sum();
    }

    String lastLine() {
      Map<Promise.Kind, Long> kinds = new EnumMap<>(Promise.Kind.class);
      broken.forEach((promise, count) -> kinds.merge(promise.kind(), count, Long::sum));
      return "%d histories, %d events, %d faults: %s"
          .formatted(
              histories,
              events,
              allFaults(),
              Arrays.stream(Promise.Kind.values())
                  .map(kind -> kinds.getOrDefault(kind, 0L) + " " + kind.words())
                  .collect(Collectors.joining(", ")));
    }
  }

  /**
   * Lives one history.
   *
   * @return which promise is broken in it and how; empty when all hold
   */
  public static String broken(long seed) {
    History.Result result = History.live(Plan.of(seed, Integer.MAX_VALUE), false);
    Promise promise = result.broken();
    return promise == null ? "" : promise.words() + ": " + result.how();
  }

  /**
   * Lives them all, or until one breaks a promise.
   *
   * @return whether every promise was kept
   */
  public boolean run() throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(jobs)) {
      for (Future<?> job :
          IntStream.range(0, jobs).<Future<?>>mapToObj(i -> threads.submit(this::work)).toList()) {
        job.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a history could not be lived", e.getCause());
    }
    Long broken = tally.firstBroken;
    if (broken != null) {
      show(broken);
    }
    describe();
    out.println(tally.lastLine());
    return broken == null;
  }

  private void work() {
    for (long seed = next.getAndIncrement();
        seed - from < seeds && !isBroken();
        seed = next.getAndIncrement()) {
      tally.add(seed, History.live(Plan.of(seed, maxSteps), false));
      tellProgress();
    }
  }

  private boolean isBroken() {
    synchronized (tally) {
      return tally.firstBroken != null;
    }
  }

  private synchronized void tellProgress() {
    long now = ticker.nanoTime();
    if (now - toldNanos > PROGRESS.toNanos()) {
      toldNanos = now;
      out.printf("%d of %d histories%n", next.get() - from, seeds);
    }
  }

  private void describe() {
    double seconds = (ticker.nanoTime() - startedNanos) / 1e9;
    out.printf(
        "%d histories, %d events, %d attempts, %d faults%n",
        tally.histories, tally.events, tally.attempts, tally.allFaults());
    out.printf(
        "%.1f hours of virtual time in %.1f s of ours, %.0f histories a minute%n",
        tally.virtualSeconds / 3600, seconds, tally.histories / Math.max(seconds, 0.001) * 60);
    tally.faults.forEach((fault, count) -> out.printf("%12d %s%n", count, fault.words()));
  }

  private void show(long seed) {
    Plan plan = Plan.of(seed, maxSteps);
    Plan shortest = Shrinking.shortest(plan);
    History.Result result = History.live(shortest, true);
    Promise promise = result.broken();
    out.printf("seed %d breaks a promise: %s%n", seed, promise == null ? "" : promise.words());
    out.println(result.how());
    out.printf(
        "the shortest history found has %d of %d steps:%n",
        shortest.steps().size(), plan.steps().size());
    out.print(result.diary());
    out.printf(
        "to live it again: ./boathook simulate --from %d --seeds 1 --steps %d%n",
        seed, Shrinking.lastStep(plan, shortest));
  }
}
