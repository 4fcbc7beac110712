package dev.boathook.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** New events of one type, each with its number, and how long they took. */
final class FreshEvents {
  private static final String NUMBER = "\"data\":";

  private final String consumer;
  private final String type;
  private final AtomicInteger count = new AtomicInteger();
  private final Map<Integer, Long> began = new ConcurrentHashMap<>();
  private final Map<Integer, Long> accepted = new ConcurrentHashMap<>();
  private final Map<Integer, Long> arrived = new ConcurrentHashMap<>();

  /**
   * None yet.
   *
   * @param consumer the path of the consumer to whom they go
   */
  FreshEvents(String consumer, String type) {
    this.consumer = consumer;
    this.type = type;
  }

  /** Publishes one, which must be accepted. */
  void publish(ServerProcess server) throws IOException, InterruptedException {
    int number = count.incrementAndGet();
    long start = System.nanoTime();
    began.put(number, start);
    server.post(consumer + "/events", "{\"type\":\"" + type + "\",\"data\":" + number + "}");
    accepted.put(number, System.nanoTime() - start);
  }

  /** One has come to its endpoint, which is to be told. */
  void arrived(String body) {
    long now = System.nanoTime();
    int start = body.lastIndexOf(NUMBER) + NUMBER.length();
    int number = Integer.parseInt(body, start, body.length() - 1, 10);
    var _ = arrived.putIfAbsent(number, now - began.getOrDefault(number, now));
  }

  /** How many have been published. */
  int count() {
    return count.get();
  }

  /** Waits until all that were published have arrived. */
  void awaitAll(Duration limit) throws Exception {
    Eventually.holds("all that is new", limit, () -> arrived.size() == count());
  }

  /** How long the calls took, in nanoseconds. */
  Collection<Long> accepting() {
    return List.copyOf(accepted.values());
  }

  /** From the beginning of the calls to the arrivals, in nanoseconds. */
  Collection<Long> arriving() {
    return List.copyOf(arrived.values());
  }

  /** The same of those after so many. */
  Collection<Long> arrivingAfter(int number) {
    return arrived.entrySet().stream()
        .filter(each -> each.getKey() > number)
        .map(Map.Entry::getValue)
        .toList();
  }

  /** What so many percent do not exceed. */
  static Duration percentile(Collection<Long> nanos, int percent) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return Duration.ofNanos(sorted.get(Math.ceilDiv(sorted.size() * percent, 100) - 1));
  }
}
