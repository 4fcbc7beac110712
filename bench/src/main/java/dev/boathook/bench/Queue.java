package dev.boathook.bench;

import dev.boathook.bench.load.ClosedLoop;
import dev.boathook.bench.load.RequestSource;
import dev.boathook.bench.receiver.CountingReceiver;
import dev.boathook.bench.report.Conditions;
import dev.boathook.bench.subject.Usage;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** An endpoint of the receiver for which deliveries wait, until they are let go. */
final class Queue {
  /** Even a machine that does many other things delivers more than this in a second. */
  private static final int MIN_PER_SECOND = 1_000;

  private static final Duration SLICE = Duration.ofSeconds(1);

  private final Platform platform;
  private final CountingReceiver receiver;
  private final String endpoint;
  private final RequestSource requests;

  private Queue(
      Platform platform, CountingReceiver receiver, String endpoint, RequestSource requests) {
    this.platform = platform;
    this.receiver = receiver;
    this.endpoint = endpoint;
    this.requests = requests;
  }

  /** Makes one that is paused, of a consumer of its own. */
  static Queue make(Platform platform, CountingReceiver receiver, String name)
      throws IOException, InterruptedException {
    return make(platform, receiver, name, receiver.url("/" + name));
  }

  /** The same at another place. */
  static Queue make(Platform platform, CountingReceiver receiver, String name, String url)
      throws IOException, InterruptedException {
    String consumer = platform.consumer(name);
    String endpoint = platform.pausedEndpoint(consumer, url);
    return new Queue(platform, receiver, endpoint, platform.publishing(List.of(consumer)));
  }

  /** How long so many deliveries may take at most. */
  static Duration limit(long deliveries) {
    return Duration.ofSeconds(10 + deliveries / MIN_PER_SECOND);
  }

  /** Publishes at least so many; how many they are. */
  long fill(Conditions conditions, long atLeast) throws IOException, InterruptedException {
    long accepted = 0;
    while (accepted < atLeast) {
      accepted += publish(conditions, SLICE);
    }
    return accepted;
  }

  private long publish(Conditions conditions, Duration length)
      throws IOException, InterruptedException {
    return ClosedLoop.run(
            platform.server().adminAddress(),
            conditions.connections(),
            Duration.ZERO,
            length,
            requests)
        .accepted();
  }

  /** Lets all go that waits. */
  void open() throws IOException, InterruptedException {
    receiver.reset();
    platform.resume(endpoint);
  }

  /** Lets nothing more go, and waits for what is out. */
  void close() throws IOException, InterruptedException {
    platform.pause(endpoint);
    platform.awaitIdle();
  }

  /** What has arrived since the last turn ended. */
  long arrived() {
    return receiver.distinct();
  }

  /** Publishes for so long and then lets all go that waits. */
  Drain fillAndDrain(Conditions conditions, Duration length) throws Exception {
    long accepted = publish(conditions, length);
    Usage before = begin();
    var _ = receiver.await(accepted, limit(accepted));
    return end(accepted, accepted, before);
  }

  /** Lets go what can be sent in so long; the rest waits on. */
  Drain drainFor(Duration length) throws Exception {
    Usage before = begin();
    Thread.sleep(length);
    return end(0, 0, before);
  }

  private Usage begin() throws Exception {
    platform.store().checkpoint();
    Usage before = platform.server().usage();
    open();
    return before;
  }

  private Drain end(long accepted, long wanted, Usage before) throws Exception {
    close();
    Usage usage = platform.server().usage().since(before);
    return Drain.ended(accepted, wanted, receiver, usage);
  }
}
