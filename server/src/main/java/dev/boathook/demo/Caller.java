package dev.boathook.demo;

import dev.boathook.signatures.Headers;
import dev.boathook.world.Ticker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Makes HTTP requests and measures them. */
final class Caller implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final Ticker ticker;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();

  Caller(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Posts a body. */
  Answer post(String url, Headers headers, byte[] body) throws IOException, InterruptedException {
    return call(url, headers, "POST", HttpRequest.BodyPublishers.ofByteArray(body));
  }

  /** Gets. */
  Answer get(String url, Headers headers) throws IOException, InterruptedException {
    return call(url, headers, "GET", HttpRequest.BodyPublishers.noBody());
  }

  private Answer call(
      String url, Headers headers, String method, HttpRequest.BodyPublisher publisher)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).method(method, publisher);
    headers.forEach(line -> request.header(line.name(), line.value()));
    long began = ticker.nanoTime();
    HttpResponse<byte[]> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), response.body(), ticker.nanoTime() - began);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
