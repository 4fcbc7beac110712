package dev.boathook.trigger;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.boathook.signatures.Headers;
import dev.boathook.signatures.Provider;
import dev.boathook.signatures.Reading;
import dev.boathook.signatures.Verdict;
import dev.boathook.signatures.Verifier;
import dev.boathook.signatures.WebhookRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * A real receiver on loopback that verifies as one provider's receiver must: 200 for what is
 * genuine, 401 for what is not.
 */
public final class VerifyingReceiver implements AutoCloseable {
  private final HttpServer server;
  private final Provider provider;
  private final Verifier verifier;
  private final String publicUrl;
  private final InstantSource clock;
  private final List<WebhookRequest> accepted = new CopyOnWriteArrayList<>();
  private final List<Verdict> refused = new CopyOnWriteArrayList<>();

  /**
   * Starts one on a free port.
   *
   * @param publicUrl scheme and host by which it is registered; empty if that is where it listens
   */
  public VerifyingReceiver(
      Provider provider, List<String> secrets, String publicUrl, InstantSource clock)
      throws IOException {
    this.provider = provider;
    this.verifier = provider.verifier(secrets);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    this.publicUrl = publicUrl.isEmpty() ? url("") : publicUrl;
    this.clock = clock;
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  /** Where it listens. */
  public String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** What was genuine so far, in order of arrival. */
  public List<WebhookRequest> accepted() {
    return List.copyOf(accepted);
  }

  /** Why the rest was refused. */
  public List<Verdict> refused() {
    return List.copyOf(refused);
  }

  private void answer(HttpExchange exchange) throws IOException {
    Headers.Builder headers = Headers.builder();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> values.forEach(value -> headers.add(name, value)));
    WebhookRequest request =
        new WebhookRequest(
            exchange.getRequestMethod(),
            publicUrl + exchange.getRequestURI(),
            headers.build(),
            exchange.getRequestBody().readAllBytes());
    boolean genuine = isGenuine(request);
    byte[] body = "{\"genuine\": %b}\n\u001b[2J".formatted(genuine).getBytes(UTF_8);
    exchange.sendResponseHeaders(genuine ? 200 : 401, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private boolean isGenuine(WebhookRequest request) {
    Optional<Reading> greeting = provider.greeting(request);
    if (greeting.isPresent()) {
      accepted.add(request);
      return true;
    }
    Verdict verdict = verifier.verify(request, clock.instant());
    switch (verdict) {
      case Verdict.Verified _, Verdict.Unsigned _ -> {
        accepted.add(request);
        return true;
      }
      case Verdict.Rejected _, Verdict.Undecided _ -> {
        refused.add(verdict);
        return false;
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
