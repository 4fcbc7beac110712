package dev.boathook.outbound;

import dev.boathook.signatures.Headers;
import dev.boathook.signatures.KeyFetcher;
import dev.boathook.world.Ticker;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * Fetches what providers publish, by the rules of deliveries: no redirect, no address that the
 * rules refuse, a deadline for the whole. Beside that only over TLS, with a certificate of the
 * host's name, and only what is small. Safe for many threads at once; made for virtual ones.
 */
public final class HttpsKeyFetcher implements KeyFetcher, AutoCloseable {
  /** For one fetch, from the resolving of the host to the last byte. */
  public static final Duration TIMEOUT = Duration.ofSeconds(3);

  /** The longest answer. */
  public static final int MAX_ANSWER_BYTES = 64 * 1024;

  /** Fetches at once; more wait for their turn, inside their time. */
  public static final int MAX_CONNECTIONS = 16;

  private static final Duration IDLE_EVICTION = Duration.ofSeconds(30);

  private final HttpSender sender;

  /**
   * With connections of its own, so that deliveries neither wait for it nor make it wait.
   *
   * @param sslContext whom to trust; host names are verified in any case
   * @param userAgent what stands in the User-Agent header
   */
  public HttpsKeyFetcher(
      AddressRules rules,
      Resolver resolver,
      SSLContext sslContext,
      InstantSource clock,
      Ticker ticker,
      String userAgent) {
    this.sender =
        new HttpSender(
            new HttpSender.Settings(
                MAX_CONNECTIONS, MAX_CONNECTIONS, MAX_ANSWER_BYTES, IDLE_EVICTION, userAgent),
            rules,
            resolver,
            sslContext,
            clock,
            ticker);
  }

  @Override
  public byte[] fetch(Call call) throws IOException {
    OutboundRequest request = request(call);
    AttemptResult result;
    try {
      result = sender.send(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while fetching from " + place(call.uri()));
    }
    if (!result.outcome().equals(new Outcome.Delivered(200))) {
      throw new IOException(place(call.uri()) + ": " + result.outcome().detail());
    }
    if (result.responseBody().length == MAX_ANSWER_BYTES && result.truncated()) {
      throw new IOException(
          place(call.uri()) + ": the answer is longer than " + MAX_ANSWER_BYTES + " bytes");
    }
    if (result.truncated()) {
      throw new IOException(place(call.uri()) + ": the answer broke off or came too slowly");
    }
    return result.responseBody();
  }

  private static OutboundRequest request(Call call) throws IOException {
    TargetUrl url =
        switch (TargetUrl.parse(call.uri().toString())) {
          case TargetUrl parsed -> parsed;
          case InvalidTargetUrl invalid ->
              throw new IOException(place(call.uri()) + ": " + invalid.message());
        };
    if (!url.isHttps()) {
      throw new IOException(place(call.uri()) + ": keys are fetched over https only");
    }
    OutboundRequest.Method method =
        switch (call.method()) {
          case "GET" -> OutboundRequest.Method.GET;
          case "POST" -> OutboundRequest.Method.POST;
          default -> throw new IOException("keys are fetched by GET or POST");
        };
    if (method == OutboundRequest.Method.GET && call.body().length > 0) {
      throw new IOException(place(call.uri()) + ": a GET has no body");
    }
    List<HttpHeader> headers = new ArrayList<>();
    for (Headers.Line line : call.headers()) {
      if (!HttpHeader.isName(line.name())
          || !HttpHeader.isValue(line.value())
          || HttpHeader.isReserved(line.name())) {
        // The value may be a credential.
        throw new IOException(place(call.uri()) + ": a header cannot be sent: " + line.name());
      }
      headers.add(new HttpHeader(line.name(), line.value()));
    }
    return new OutboundRequest(method, url, headers, call.body(), TIMEOUT, List.of());
  }

  /** What of a URI may be logged: there may be a token in its query. */
  private static String place(URI uri) {
    return uri.getScheme() + "://" + uri.getHost() + uri.getRawPath();
  }

  /** Closes all connections at once; fetches under way fail. */
  @Override
  public void close() {
    sender.close();
  }
}
