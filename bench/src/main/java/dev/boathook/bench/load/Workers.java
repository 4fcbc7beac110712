package dev.boathook.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** The threads that make a load, each with a connection of its own. */
final class Workers {
  /** How long answers are waited for behind the end. */
  static final Duration GRACE = Duration.ofSeconds(10);

  /** The most connections. */
  static final int MAX_CONNECTIONS = 4_096;

  private static final int SIGNIFICANT_DIGITS = 3;
  private static final long PAUSE_AFTER_BREAK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Pace pace;
  private final Duration length;
  private final long limitNanos;
  private final List<Worker> workers = new ArrayList<>();
  private long startNanos;
  private volatile boolean stopped;

  /**
   * Workers who are not yet connected.
   *
   * @param grace how long they may go on behind warm-up and length
   */
  Workers(
      InetSocketAddress address,
      int connections,
      RequestSource source,
      Pace pace,
      Duration warmUp,
      Duration length,
      Duration grace) {
    if (connections < 1 || connections > MAX_CONNECTIONS) {
      throw new IllegalArgumentException("1 to " + MAX_CONNECTIONS + " connections");
    }
    if (warmUp.isNegative() || !length.isPositive()) {
      throw new IllegalArgumentException("a length that is not positive");
    }
    this.pace = pace;
    this.length = length;
    this.limitNanos = warmUp.plus(length).plus(grace).toNanos();
    for (int i = 0; i < connections; i++) {
      workers.add(new Worker(new Connection(address), source.forConnection()));
    }
  }

  /**
   * Connects all, lets them work, and adds up.
   *
   * @throws IOException if nobody is there at the start
   */
  Load run() throws IOException, InterruptedException {
    List<Future<?>> ends = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().daemon().name("load-", 0).factory())) {
      try {
        for (Worker worker : workers) {
          worker.connection.open();
        }
        startNanos = System.nanoTime();
        for (Worker worker : workers) {
          ends.add(threads.submit(worker));
        }
        threads.shutdown();
        // Who still waits after this is ended below, and his request is one without an answer.
        boolean _ = threads.awaitTermination(limitNanos, TimeUnit.NANOSECONDS);
      } finally {
        stopped = true;
        threads.shutdownNow();
        for (Worker worker : workers) {
          worker.connection.close();
        }
      }
    }
    for (Future<?> end : ends) {
      if (end.state() == Future.State.FAILED) {
        throw new IllegalStateException(end.exceptionNow());
      }
    }
    return sum();
  }

  private Load sum() {
    long accepted = 0;
    long refused = 0;
    Histogram latencies = new Histogram(SIGNIFICANT_DIGITS);
    for (Worker worker : workers) {
      accepted += worker.accepted;
      refused += worker.refused;
      latencies.add(worker.latencies);
    }
    return new Load(accepted, refused, latencies.getTotalCount(), length, latencies);
  }

  /** Nanoseconds since the load began. */
  long elapsed() {
    return System.nanoTime() - startNanos;
  }

  /** Whether the load is over, in whatever way. */
  boolean isStopped() {
    return stopped;
  }

  private final class Worker implements Runnable {
    private final Connection connection;
    private final Requests requests;
    private final Histogram latencies = new Histogram(SIGNIFICANT_DIGITS);
    private long accepted;
    private long refused;

    Worker(Connection connection, Requests requests) {
      this.connection = connection;
      this.requests = requests;
    }

    @Override
    public void run() {
      for (long intended = pace.next(Workers.this);
          intended != Pace.NO_MORE;
          intended = pace.next(Workers.this)) {
        byte[] request = requests.next(startNanos + intended);
        try {
          int status = connection.exchange(request);
          long answered = elapsed();
          if (status / 100 != 2) {
            refused++;
            continue;
          }
          accepted++;
          if (pace.counts(intended, answered)) {
            latencies.recordValue(answered - intended);
          }
        } catch (IOException e) {
          // That it broke is in the count; a server that is gone is not to be tried without a
          // pause.
          refused++;
          LockSupport.parkNanos(PAUSE_AFTER_BREAK_NANOS);
        }
      }
    }
  }
}
