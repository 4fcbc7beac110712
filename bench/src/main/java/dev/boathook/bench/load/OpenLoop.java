package dev.boathook.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A load at a set rate, whatever the server does. Each request has a time at which it is to begin,
 * and its latency is measured from then, even if all connections were still busy: so a server that
 * stalls is seen as by callers who do not wait for one another. How late a thread wakes (about 0.1
 * ms) is in the latencies, too.
 */
public final class OpenLoop {
  private OpenLoop() {}

  /**
   * Runs it, for warm-up and length together and up to ten seconds more if answers are missing.
   * Counts what was to begin in the measured part. What could not be sent by the end is refused.
   *
   * @param connections how many requests can be out at once
   * @param perSecond how many begin in a second
   * @throws IOException if nobody is there at the start
   */
  public static Load run(
      InetSocketAddress address,
      int connections,
      double perSecond,
      Duration warmUp,
      Duration length,
      RequestSource source)
      throws IOException, InterruptedException {
    return run(address, connections, perSecond, warmUp, length, source, Workers.GRACE);
  }

  static Load run(
      InetSocketAddress address,
      int connections,
      double perSecond,
      Duration warmUp,
      Duration length,
      RequestSource source,
      Duration grace)
      throws IOException, InterruptedException {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("a rate that is not positive");
    }
    Timetable pace =
        new Timetable(1e9 / perSecond, warmUp.toNanos(), warmUp.plus(length).toNanos());
    Load load = new Workers(address, connections, source, pace, warmUp, length, grace).run();
    long unsent = pace.size() - load.accepted() - load.refused();
    return new Load(
        load.accepted(), load.refused() + unsent, load.counted(), length, load.latencies());
  }

  /** Gives each next time to the connection that is free first. */
  private record Timetable(double interval, long measured, long end, AtomicLong given)
      implements Pace {
    Timetable(double interval, long measured, long end) {
      this(interval, measured, end, new AtomicLong());
    }

    /** How many times it has. */
    long size() {
      return (long) Math.ceil(end / interval);
    }

    @Override
    public long next(Workers workers) {
      long number = given.getAndIncrement();
      if (number >= size()) {
        return NO_MORE;
      }
      long intended = (long) (number * interval);
      while (!workers.isStopped()) {
        long early = intended - workers.elapsed();
        if (early <= 0) {
          return intended;
        }
        LockSupport.parkNanos(early);
      }
      return NO_MORE;
    }

    @Override
    public boolean counts(long intended, long answered) {
      return intended >= measured;
    }
  }
}
