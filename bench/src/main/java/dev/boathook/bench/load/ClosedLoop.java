package dev.boathook.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A load as fast as it is answered: each connection sends its next request when the last one is
 * answered. Tells the throughput; its latencies are those of a full server.
 */
public final class ClosedLoop {
  private ClosedLoop() {}

  /**
   * Runs it, for warm-up and length together and up to ten seconds more if answers are missing.
   * Counts what is answered within the measured part; what is still out at its end is waited for.
   *
   * @throws IOException if nobody is there at the start
   */
  public static Load run(
      InetSocketAddress address,
      int connections,
      Duration warmUp,
      Duration length,
      RequestSource source)
      throws IOException, InterruptedException {
    return run(address, connections, warmUp, length, source, Workers.GRACE);
  }

  static Load run(
      InetSocketAddress address,
      int connections,
      Duration warmUp,
      Duration length,
      RequestSource source,
      Duration grace)
      throws IOException, InterruptedException {
    Pace pace = new AtOnce(warmUp.toNanos(), warmUp.plus(length).toNanos());
    return new Workers(address, connections, source, pace, warmUp, length, grace).run();
  }

  private record AtOnce(long measured, long end) implements Pace {
    @Override
    public long next(Workers workers) {
      long now = workers.elapsed();
      return now < end && !workers.isStopped() ? now : NO_MORE;
    }

    @Override
    public boolean counts(long intended, long answered) {
      return answered >= measured && answered < end;
    }
  }
}
