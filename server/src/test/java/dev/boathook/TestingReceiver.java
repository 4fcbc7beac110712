package dev.boathook;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** A real HTTP receiver on loopback that keeps what it got and answers as it is told. */
public final class TestingReceiver implements AutoCloseable {
  private final HttpServer server;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final List<Received> requests = new ArrayList<>();
  private volatile Function<Received, Answer> answer = received -> Answer.of(204);

  /** One request as it came. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Received(String path, Map<String, List<String>> headers, byte[] body) {
    /** The first value of a header, or the empty text. */
    public String header(String name) {
      return headers.entrySet().stream()
          .filter(entry -> entry.getKey().equalsIgnoreCase(name))
          .map(entry -> entry.getValue().getFirst())
          .findFirst()
          .orElse("");
    }
  }

  /** What is answered. */
  public record Answer(int status, String contentType, String body) {
    /** A status alone. */
    public static Answer of(int status) {
      return new Answer(status, "", "");
    }
  }

  private TestingReceiver(HttpServer server) {
    this.server = server;
  }

  /** Starts one on a free port. */
  public static TestingReceiver start() throws IOException {
    return start(HttpServer.create(address(), 1024));
  }

  /** Starts one with TLS, as localhost, that lets in only clients with a certificate it trusts. */
  public static TestingReceiver start(SSLContext tls) throws IOException {
    HttpsServer server = HttpsServer.create(address(), 1024);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters wanted = tls.getDefaultSSLParameters();
            wanted.setNeedClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    return start(server);
  }

  private static InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static TestingReceiver start(HttpServer server) {
    TestingReceiver receiver = new TestingReceiver(server);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          Received received =
              new Received(
                  exchange.getRequestURI().getPath(),
                  Map.copyOf(exchange.getRequestHeaders()),
                  exchange.getRequestBody().readAllBytes());
          Answer answer = receiver.answer.apply(received);
          receiver.keep(received);
          byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
          if (!answer.contentType.isEmpty()) {
            exchange.getResponseHeaders().set("Content-Type", answer.contentType);
          }
          exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return receiver;
  }

  private void keep(Received received) {
    lock.lock();
    try {
      requests.add(received);
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** From now on every request is answered with what this gives. */
  public void answer(Function<Received, Integer> status) {
    answer = received -> Answer.of(status.apply(received));
  }

  /** The same, with a body. */
  public void answerFully(Function<Received, Answer> full) {
    answer = full;
  }

  /** Where it listens. */
  public String url(String path) {
    String origin = server instanceof HttpsServer ? "https://localhost:" : "http://127.0.0.1:";
    return origin + server.getAddress().getPort() + path;
  }

  /** What has come so far. */
  public List<Received> received() {
    lock.lock();
    try {
      return List.copyOf(requests);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until so many have come; fails after ten seconds. */
  public List<Received> await(int count) throws InterruptedException {
    return awaiting(() -> requests.size() >= count ? List.copyOf(requests) : List.of());
  }

  /** Waits for the first one of this kind; fails after ten seconds. */
  public Received await(Predicate<Received> kind) throws InterruptedException {
    return awaiting(() -> requests.stream().filter(kind).toList()).getFirst();
  }

  private List<Received> awaiting(Supplier<List<Received>> found) throws InterruptedException {
    long nanos = TimeUnit.SECONDS.toNanos(10);
    lock.lock();
    try {
      while (found.get().isEmpty()) {
        if (nanos <= 0) {
          throw new AssertionError("not in 10 s; " + requests.size() + " requests came");
        }
        nanos = arrived.awaitNanos(nanos);
      }
      return found.get();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
