package dev.boathook;

import dev.boathook.config.Settings;
import dev.boathook.receive.ProblemDocument;
import dev.boathook.store.StoreException;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One of the two listeners: a server of HTTP/1.1 and 1.0 with a limit on everything. */
final class Listener {
  private static final int MAX_HEADER_BYTES = 32 << 10;
  private static final int MAX_PROLOGUE_BYTES = 8 << 10;
  private static final int MAX_CONNECTIONS = 8_192;
  private static final int MAX_REQUESTS_AT_ONCE = 4_096;
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(75);

  private Listener() {}

  /**
   * Looks whether the port can be had, before anything slow is begun.
   *
   * @throws StoreException with code {@code port_in_use} when it cannot
   */
  static void checkFree(Settings.Address address) throws StoreException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address.host(), address.port()));
    } catch (IOException e) {
      throw refused(address, e.getMessage(), e);
    }
  }

  private static StoreException refused(
      Settings.Address address, @Nullable String why, @Nullable Throwable cause) {
    return new StoreException(
        "port_in_use",
        "cannot listen on " + address.host() + ":" + address.port() + ": " + why,
        cause);
  }

  /**
   * Starts one.
   *
   * @param tls empty for plain HTTP
   * @throws StoreException with code {@code port_in_use} when it cannot be bound
   */
  static WebServer start(
      Settings.Address address, Optional<ListenerTls> tls, HttpRouting.Builder routing)
      throws StoreException {
    WebServerConfig.Builder builder =
        WebServer.builder()
            .shutdownHook(false)
            .host(address.host())
            .port(address.port())
            .maxTcpConnections(MAX_CONNECTIONS)
            .maxConcurrentRequests(MAX_REQUESTS_AT_ONCE)
            .idleConnectionTimeout(IDLE_TIMEOUT)
            .connectionOptions(options -> options.readTimeout(READ_TIMEOUT))
            .protocolsDiscoverServices(false)
            .addConnectionSelector(
                new Http10(
                    Http1Config.builder()
                        .maxHeadersSize(MAX_HEADER_BYTES)
                        .maxPrologueLength(MAX_PROLOGUE_BYTES)
                        .build()))
            // The message comes to the handler below, which tells kinds apart by it and drops it.
            .errorHandling(handling -> handling.includeEntity(true))
            .directHandlers(Listener::problems)
            .routing(
                routing.addFilter(Listener::closeAsSaid).addFilter(Listener::refuseTwoLengths));
    tls.ifPresent(it -> builder.tls(it.tls()));
    WebServer server = builder.build();
    try {
      server.start();
    } catch (UncheckedIOException e) {
      throw refused(address, e.getMessage(), e);
    }
    if (!server.isRunning()) {
      // The server only logs that it could not bind, and returns as if it had.
      throw refused(address, "is the port taken?", null);
    }
    return server;
  }

  /**
   * Closes the connection after an answer where the caller or we said so. The server only writes
   * the header and waits for a next request, up to its version 4.5.3 at least (its issue 12324).
   */
  private static void closeAsSaid(
      FilterChain chain, RoutingRequest request, RoutingResponse response) {
    if (saysClose(request.headers())) {
      response.header(HeaderNames.CONNECTION, "close");
    }
    chain.proceed();
    if (saysClose(response.headers())) {
      response.commit();
      throw new CloseConnectionException("answered with Connection: close");
    }
  }

  private static boolean saysClose(Headers headers) {
    // Most say nothing, and the streams below cost as much as reading a line.
    return headers.contains(HeaderNames.CONNECTION)
        && headers.values(HeaderNames.CONNECTION).stream()
            .flatMap(line -> Arrays.stream(line.split(",", -1)))
            .anyMatch(option -> option.strip().equalsIgnoreCase("close"));
  }

  /** A request with two lengths may be two requests to a proxy before us: RFC 9112, section 6.1. */
  private static void refuseTwoLengths(
      FilterChain chain, RoutingRequest request, RoutingResponse response) {
    if (request.headers().contains(HeaderNames.CONTENT_LENGTH)
        && request.headers().contains(HeaderNames.TRANSFER_ENCODING)) {
      response.status(Status.BAD_REQUEST_400);
      response.header(HeaderNames.CONNECTION, "close");
      response.header(HeaderNames.CONTENT_TYPE, ProblemDocument.MEDIA_TYPE);
      response.send(
          ProblemDocument.of(
              Status.BAD_REQUEST_400.code(), "two_lengths", Status.BAD_REQUEST_400.reasonPhrase()));
      return;
    }
    chain.proceed();
  }

  private static void problems(DirectHandlers.Builder handlers) {
    DirectHandler problem = Listener::problem;
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(type, problem);
    }
  }

  /**
   * What the server itself refuses, before any handler, as a problem document. The server says 400
   * for several things that have a status of their own; they are told apart by its message.
   */
  private static DirectHandler.TransportResponse problem(
      DirectHandler.TransportRequest request,
      DirectHandler.EventType type,
      Status status,
      ServerResponseHeaders headers,
      @Nullable String message) {
    String said = message == null ? "" : message.toLowerCase(Locale.ROOT);
    Status exact;
    String code;
    if (said.contains("header size exceeded")) {
      exact = Status.create(431, "Request Header Fields Too Large");
      code = "headers_too_large";
    } else if (said.contains("prologue size exceeded")) {
      exact = Status.REQUEST_URI_TOO_LONG_414;
      code = "uri_too_long";
    } else if (said.contains("content-encoding") || said.contains("content encoding")) {
      exact = Status.UNSUPPORTED_MEDIA_TYPE_415;
      code = "unsupported_content_encoding";
    } else {
      exact = status;
      code = status.reasonPhrase().toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "_");
    }
    headers.set(HeaderNames.CONTENT_TYPE, ProblemDocument.MEDIA_TYPE);
    if (exact.code() == Status.SERVICE_UNAVAILABLE_503.code()) {
      headers.set(HeaderNames.RETRY_AFTER, "5");
    }
    return DirectHandler.TransportResponse.builder()
        .status(exact)
        .headers(headers)
        .keepAlive(false)
        .entity(ProblemDocument.of(exact.code(), code, exact.reasonPhrase()))
        .build();
  }
}
