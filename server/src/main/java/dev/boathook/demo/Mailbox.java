package dev.boathook.demo;

import com.sun.net.httpserver.HttpExchange;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Providers;
import dev.boathook.signatures.StandardWebhooks;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.Verifier;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.world.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One URL of the receiver. Checks the signature of what comes, keeps it, and answers: takes it
 * until told that it is down, or to hold its answers back.
 */
final class Mailbox {
  /** The status with which a request is taken. */
  static final int TAKEN = 204;

  /** The status while it is down. */
  static final int DOWN = 503;

  private final String path;
  private final String url;
  private final World world;
  private final Watch watch;
  private final Predicate<Arrival> remembers;
  private final CountDownLatch release = new CountDownLatch(1);

  // Guarded by this.
  private final List<Arrival> arrivals = new ArrayList<>();
  private @Nullable Verifier verifier;
  private int status = TAKEN;
  private int count;
  private int answeredBeforeHolding = Integer.MAX_VALUE;

  Mailbox(String path, String url, World world, Watch watch, Predicate<Arrival> remembers) {
    this.path = path;
    this.url = url;
    this.world = world;
    this.watch = watch;
    this.remembers = remembers;
  }

  /** Where it is reached. */
  String url() {
    return url;
  }

  /** What is signed with this secret is genuine. */
  synchronized void trust(String secret) {
    verifier = Providers.named("standard-webhooks").verifier(List.of(secret));
  }

  /** It goes down. */
  synchronized void down() {
    status = DOWN;
  }

  /** It comes back. */
  synchronized void up() {
    status = TAKEN;
  }

  /** So many are answered; the answers to those that come then are held back. */
  synchronized void holdAfter(int answered) {
    answeredBeforeHolding = answered;
  }

  /** No answer is held back any more. */
  void release() {
    synchronized (this) {
      answeredBeforeHolding = Integer.MAX_VALUE;
    }
    release.countDown();
  }

  /** What has come so far, in order. */
  synchronized List<Arrival> arrivals() {
    return List.copyOf(arrivals);
  }

  /** What has come so far of one event. */
  List<Arrival> arrivals(String webhookId) {
    return arrivals().stream().filter(arrival -> arrival.webhookId().equals(webhookId)).toList();
  }

  /** Waits until so many have come. */
  List<Arrival> await(int wanted) throws IOException, InterruptedException, TooLate {
    watch.until(wanted + " requests at " + path, () -> arrivals().size() >= wanted);
    return arrivals();
  }

  /** Takes a request and answers it. */
  void receive(HttpExchange exchange) throws IOException, InterruptedException {
    long atNanos = world.ticker().nanoTime();
    Headers.Builder headers = Headers.builder();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> values.forEach(value -> headers.add(name, value)));
    byte[] body = exchange.getRequestBody().readAllBytes();
    Arrival arrival = keep(headers.build(), body, atNanos);
    watch.changed();
    if (arrival.held()) {
      release.await();
    }
    exchange.sendResponseHeaders(arrival.status(), -1);
  }

  private synchronized Arrival keep(Headers headers, byte[] body, long atNanos) {
    Arrival arrival =
        new Arrival(
            path,
            header(headers, StandardWebhooks.ID_HEADER),
            header(headers, "boathook-type"),
            header(headers, StandardWebhooks.SIGNATURE_HEADER),
            isGenuine(new WebhookRequest("POST", url, headers, body)),
            body,
            status,
            count >= answeredBeforeHolding,
            atNanos);
    count++;
    if (remembers.test(arrival)) {
      arrivals.add(arrival);
    }
    return arrival;
  }

  private boolean isGenuine(WebhookRequest request) {
    return verifier != null
        && verifier.verify(request, world.clock().instant()) instanceof Verdict.Verified;
  }

  private static String header(Headers headers, String name) {
    return Objects.requireNonNullElse(headers.first(name), "");
  }
}
