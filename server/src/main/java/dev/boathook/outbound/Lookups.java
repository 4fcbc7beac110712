package dev.boathook.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Name lookups with a deadline. A lookup blocks its thread in native code, where it can be neither
 * cut off nor unmounted, so it runs on a platform thread of its own; callers wait on virtual ones.
 * Callers who want the same name at the same time share one lookup, so that a name whose servers do
 * not answer holds one thread, not one for every waiting delivery.
 */
final class Lookups implements AutoCloseable {

  /**
   * As many as there are attempts at once, and as many again for lookups that go on when their
   * attempt is timed out: names that hang keep no other name waiting for a thread.
   */
  private static final int MAX_THREADS = 2 * 1024;

  private static final long IDLE_THREAD_SECONDS = 30;

  private final Resolver resolver;
  private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> underway =
      new ConcurrentHashMap<>();
  private final ExecutorService threads;

  Lookups(Resolver resolver) {
    this.resolver = resolver;
    this.threads =
        new ThreadPoolExecutor(
            0,
            MAX_THREADS,
            IDLE_THREAD_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("lookup-", 0).factory());
  }

  /** The addresses of the name: at least one. */
  List<InetAddress> resolve(String host, long timeoutNanos)
      throws UnknownHostException, TimeoutException, InterruptedException {
    CompletableFuture<List<InetAddress>> fresh = new CompletableFuture<>();
    CompletableFuture<List<InetAddress>> present = underway.putIfAbsent(host, fresh);
    if (present == null) {
      try {
        threads.execute(() -> lookUp(host, fresh));
      } catch (RejectedExecutionException | OutOfMemoryError noThread) {
        // The latter says that the machine gives this process no more threads.
        underway.remove(host, fresh);
        fresh.completeExceptionally(new UnknownHostException("too many lookups are under way"));
      }
    }
    try {
      return (present == null ? fresh : present).get(timeoutNanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof UnknownHostException unknown) {
        throw unknown;
      }
      throw new IllegalStateException("the resolver failed", failed.getCause());
    }
  }

  private void lookUp(String host, CompletableFuture<List<InetAddress>> answer) {
    try {
      List<InetAddress> addresses;
      try {
        addresses = resolver.resolve(host);
      } finally {
        // Before it is answered: whoever asks from now on is to have an answer of his own time.
        underway.remove(host, answer);
      }
      if (addresses.isEmpty()) {
        throw new UnknownHostException(host + ": no address");
      }
      answer.complete(List.copyOf(addresses));
    } catch (UnknownHostException | RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
