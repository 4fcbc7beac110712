package dev.boathook.accept;

import dev.boathook.world.Ticker;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Gives up waiting for what is not answered in time. A virtual thread that waits for a bounded time
 * has a timer set and taken back, which costs a tenth of what accepting an event costs: all that
 * wait equally long can share one thread that looks now and then.
 *
 * @param <T> an answer
 */
final class Deadlines<T> implements AutoCloseable {
  /** How much later than its time something is given up, at most. */
  private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Ticker ticker;
  private final long waitNanos;
  private final T late;
  private final BlockingQueue<Deadline<T>> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  private record Deadline<T>(CompletableFuture<T> answer, long atNanos) {}

  /**
   * Starts looking.
   *
   * @param wait how long is waited
   * @param late the answer to what is not answered by then
   */
  Deadlines(Ticker ticker, Duration wait, T late) {
    this.ticker = ticker;
    this.waitNanos = wait.toNanos();
    this.late = late;
    this.thread = Thread.ofPlatform().name("boathook-accept-deadlines").start(this::run);
  }

  /** The answer: what it is completed with in time, or what is said when it is late. */
  T await(CompletableFuture<T> answer) throws ExecutionException, InterruptedException {
    queue.add(new Deadline<>(answer, ticker.nanoTime() + waitNanos));
    if (closed) {
      answer.complete(late);
    }
    return answer.get();
  }

  private void run() {
    Deadline<T> first = null;
    try {
      while (true) {
        first = queue.take();
        while (!first.answer.isDone() && first.atNanos - ticker.nanoTime() > 0) {
          LockSupport.parkNanos(Math.min(first.atNanos - ticker.nanoTime(), SLACK_NANOS));
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
        }
        first.answer.complete(late);
      }
    } catch (InterruptedException closed) {
      if (first != null) {
        first.answer.complete(late);
      }
      queue.forEach(deadline -> deadline.answer.complete(late));
    }
  }

  /** Gives up all that is still waited for. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
