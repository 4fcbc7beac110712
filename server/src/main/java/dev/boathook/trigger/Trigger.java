package dev.boathook.trigger;

import dev.boathook.signatures.SigningContext;
import dev.boathook.signatures.WebhookRequest;
import dev.boathook.world.World;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Sends what a provider would send, one request after the other over connections that are kept, to
 * any address whatever: for an operator who tries a receiver. Redirects are not followed.
 */
public final class Trigger implements AutoCloseable {
  /** What is read of an answer's body; the rest is left. */
  public static final int MAX_ANSWER_BYTES = 64 << 10;

  private final Duration timeout;
  private final World world;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService exchanges = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;

  /**
   * Opens no connection yet.
   *
   * @param timeout how long one request may take, its answer included
   * @param world makes the ids and tells the time
   */
  public Trigger(Duration timeout, World world) {
    this.timeout = timeout;
    this.world = world;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .build();
  }

  /**
   * Sends requests, each event with an id of its own.
   *
   * @param each is told every result as it comes
   * @throws InterruptedException if the thread was interrupted; the rest is then not sent
   */
  public Tally run(Impersonation provider, Plan plan, Consumer<Result> each)
      throws InterruptedException {
    Tally tally = new Tally(provider.manner());
    long began = world.ticker().nanoTime();
    for (int i = 0; i < plan.count(); i++) {
      if (plan.perSecond() > 0) {
        long due = began + TimeUnit.SECONDS.toNanos(i) / plan.perSecond();
        if (closed.await(due - world.ticker().nanoTime(), TimeUnit.NANOSECONDS)) {
          return tally;
        }
      }
      SigningContext first = context("msg_" + world.ids().next());
      WebhookRequest event = provider.event(first);
      Consumer<Result> both = ((Consumer<Result>) tally::add).andThen(each);
      both.accept(send(provider.signed(event, first)));
      if (plan.duplicated()) {
        both.accept(send(provider.signed(event, context(first.id()))));
      }
    }
    return tally;
  }

  private SigningContext context(String id) {
    return new SigningContext(id, world.clock().instant());
  }

  /**
   * Sends one request as it is.
   *
   * @throws InterruptedException if the thread was interrupted; whether the receiver got the
   *     request is then not known
   */
  public Result send(WebhookRequest request) throws InterruptedException {
    HttpRequest.Builder message =
        HttpRequest.newBuilder(URI.create(request.url()))
            .method(
                request.method(),
                request.body().length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(request.body()));
    request.headers().forEach(line -> message.header(line.name(), line.value()));
    HttpRequest built = message.build();
    long began = world.ticker().nanoTime();
    Future<Answer> exchange = exchanges.submit(() -> exchange(built));
    try {
      Answer answer = exchange.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return new Result.Answered(answer.status, answer.body, since(began));
    } catch (TimeoutException e) {
      return new Result.Failed("no answer in " + timeout.toSeconds() + " s", since(began));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException problem) {
        return new Result.Failed(why(problem), since(began));
      }
      throw new IllegalStateException("a request could not be sent", e.getCause());
    } finally {
      exchange.cancel(true);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Answer(int status, byte[] body) {}

  private Answer exchange(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      return new Answer(response.statusCode(), body.readNBytes(MAX_ANSWER_BYTES));
    }
  }

  private long since(long began) {
    return world.ticker().nanoTime() - began;
  }

  /** The JDK's client often has no words for what went wrong. */
  private static String why(IOException problem) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "no such host";
      }
    }
    String message = problem.getMessage();
    if (message != null && !message.isBlank()) {
      return message;
    }
    return problem instanceof ConnectException
        ? "connection refused"
        : problem.getClass().getSimpleName();
  }

  /** Ends a run that waits, and drops every connection. */
  @Override
  public void close() {
    closed.countDown();
    exchanges.shutdownNow();
    client.shutdownNow();
  }
}
