package dev.boathook.outbound;

import dev.boathook.outbound.Outcome.TimedOut.Phase;
import dev.boathook.outbound.Outcome.Unreachable.Reason;
import dev.boathook.world.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request by HTTP/1.1 and gives it up at its deadline. Safe for many threads at once;
 * made for virtual ones.
 *
 * <p>It stands on Apache HttpClient's connections and their pool, not on its client: so there are
 * no redirects, cookies, credentials, proxies, decompression or silent retries to switch off.
 *
 * <p>Every attempt resolves its host and checks all addresses under the rules of its own endpoint;
 * one refused address refuses the attempt. The connection is then opened to an address just
 * checked. The pool's key contains that address, so a pooled connection serves only attempts for
 * which the very address it leads to was checked anew: neither another endpoint's allowance nor an
 * older answer of DNS can be borrowed. Nor can another endpoint's certificate: connections with TLS
 * of their own are pooled by it.
 */
public final class HttpSender implements AutoCloseable {

  /**
   * Response headers beyond this number make the response a bad one. Far more than is kept: a
   * receiver that took the event is not to be asked again for the look of its answer.
   */
  public static final int MAX_RESPONSE_HEADERS = 1_000;

  /** A line of the response's head longer than this makes the response a bad one. */
  public static final int MAX_RESPONSE_LINE_BYTES = 64 * 1024;

  /** A response's head longer than this makes the response a bad one. */
  public static final int MAX_RESPONSE_HEAD_BYTES = 256 * 1024;

  /** Heads with a status 1xx beyond this number make the response a bad one. */
  public static final int MAX_INTERIM_RESPONSES = 10;

  /**
   * What may be read of a body on the wire for each byte that is kept, before it is cut off: chunks
   * of one byte have five around it.
   */
  public static final int MAX_WIRE_BYTES_A_KEPT_BYTE = 8;

  /** Response headers kept; the rest is left out of the result. */
  public static final int MAX_KEPT_HEADERS = 100;

  /** What is kept of one response header's value; a longer one is cut. */
  public static final int MAX_KEPT_HEADER_VALUE_CHARS = 8 * 1024;

  /** Response headers kept, names and values together; the rest is left out of the result. */
  public static final int MAX_KEPT_HEADER_CHARS = 16 * 1024;

  /** Addresses of one host that are dialled, one after the other, before giving up. */
  public static final int MAX_DIALLED_ADDRESSES = 4;

  /** How long an address may keep the next one of the same host waiting. */
  private static final long MAX_CONNECT_NANOS_BEFORE_NEXT = TimeUnit.SECONDS.toNanos(2);

  /**
   * A connection unused for longer is probed before it is used again. A probe doubles the CPU of an
   * attempt (measured: 19 to 37 µs), so busy connections go without.
   */
  private static final TimeValue PROBE_AFTER = TimeValue.ofMilliseconds(100);

  /**
   * That a connection had been closed shows after a round trip. A server that breaks it off later
   * had the request, and may have done what it asks.
   */
  private static final long MAX_NANOS_TO_FIND_IT_CLOSED = TimeUnit.SECONDS.toNanos(1);

  private static final String HTTPS = "https";

  /** The attribute of an attempt's context that holds its {@link OutboundTls}, if it has one. */
  private static final String TLS = "boathook.tls";

  private static final int MAX_STATUS = 999;
  private static final int MAX_TRAILERS = 8;
  private static final int READ_BUFFER_BYTES = 2 * 1024;

  /**
   * Of each of three that a connection keeps as long as it is open; the library's 32 KiB would be
   * 96 MiB for a thousand connections. Most requests fit with their heads, and what does not is
   * written by itself.
   */
  private static final int CONNECTION_BUFFER_BYTES = 4 * 1024;

  /**
   * Limits of the sender.
   *
   * @param maxConnections open connections in all
   * @param maxConnectionsPerRoute open connections to one scheme, host, port and address
   * @param maxKeptBytes of a response's body
   * @param idleEviction how long an unused connection stays open; at least 1 s
   * @param userAgent what stands in the User-Agent header
   */
  public record Settings(
      int maxConnections,
      int maxConnectionsPerRoute,
      int maxKeptBytes,
      Duration idleEviction,
      String userAgent) {

    public Settings {
      if (maxConnections < 1 || maxConnectionsPerRoute < 1 || maxKeptBytes < 0) {
        throw new IllegalArgumentException("a limit of the sender is too small");
      }
      if (idleEviction.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new IllegalArgumentException("idleEviction under 1 s: " + idleEviction);
      }
      if (!HttpHeader.isValue(userAgent)) {
        throw new IllegalArgumentException("userAgent is no header value");
      }
    }

    /** 1024 connections, to one host if need be; 16 KiB of a body, 30 s idle. */
    public static Settings defaults(String version) {
      return new Settings(1024, 1024, 16 * 1024, Duration.ofSeconds(30), "Boathook/" + version);
    }
  }

  private final Settings settings;
  private final AddressRules rules;
  private final Lookups lookups;
  private final InstantSource clock;
  private final Ticker ticker;
  private final PoolingHttpClientConnectionManager pool;
  private final HttpRequestExecutor exchange = new HttpRequestExecutor();
  private final ScheduledThreadPoolExecutor timer;

  /**
   * @param sslContext whom to trust; host names are verified in any case
   * @param clock for a Retry-After that names a date
   * @param ticker for deadlines and durations
   */
  public HttpSender(
      Settings settings,
      AddressRules rules,
      Resolver resolver,
      SSLContext sslContext,
      InstantSource clock,
      Ticker ticker) {
    this.settings = settings;
    this.rules = rules;
    this.lookups = new Lookups(resolver);
    this.clock = clock;
    this.ticker = ticker;
    this.pool = newPool(settings, sslContext);
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("attempt-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    long idleMillis = settings.idleEviction().toMillis();
    var _ =
        timer.scheduleWithFixedDelay(
            () -> pool.closeIdle(TimeValue.ofMilliseconds(idleMillis)),
            idleMillis / 3,
            idleMillis / 3,
            TimeUnit.MILLISECONDS);
  }

  /**
   * Makes the attempt and waits for its end, which comes at the request's timeout at the latest.
   *
   * @throws InterruptedException if the thread was interrupted; the attempt is then given up, and
   *     whether the endpoint took the event is not known
   */
  public AttemptResult send(OutboundRequest request) throws InterruptedException {
    long startNanos = ticker.nanoTime();
    Answer answer = attempt(request, startNanos + request.timeout().toNanos());
    return new AttemptResult(
        answer.outcome(),
        answer.headers(),
        answer.body(),
        answer.truncated(),
        Math.max(0, ticker.nanoTime() - startNanos),
        answer.remote() == null ? null : text(answer.remote()));
  }

  /** Closes all connections at once; attempts under way fail. */
  @Override
  public void close() {
    timer.shutdownNow();
    lookups.close();
    pool.close(CloseMode.IMMEDIATE);
  }

  /** What an attempt came to, before it is timed. */
  @SuppressWarnings("ArrayRecordComponent") // Carries bytes; never compared.
  private record Answer(
      Outcome outcome,
      List<HttpHeader> headers,
      byte[] body,
      boolean truncated,
      @Nullable InetSocketAddress remote) {

    static Answer none(Outcome outcome, @Nullable InetSocketAddress remote) {
      return new Answer(outcome, List.of(), new byte[0], false, remote);
    }

    /** Whether nothing was sent and another address of the host may do better. */
    boolean invitesNextAddress() {
      return switch (outcome) {
        case Outcome.Unreachable(Reason reason, _) ->
            reason == Reason.CONNECTION_REFUSED || reason == Reason.NO_ROUTE;
        case Outcome.TimedOut(Phase phase) -> phase == Phase.CONNECT;
        case Outcome.Delivered _ -> false;
        case Outcome.Refused _ -> false;
        case Outcome.Gone _ -> false;
        case Outcome.Blocked _ -> false;
        case Outcome.Internal _ -> false;
      };
    }
  }

  private Answer attempt(OutboundRequest request, long deadlineNanos) throws InterruptedException {
    TargetUrl url = request.url();
    List<InetAddress> addresses;
    Optional<InetAddress> literal = url.literal();
    if (literal.isPresent()) {
      addresses = List.of(literal.get());
    } else {
      try {
        addresses = lookups.resolve(url.host(), leftNanos(deadlineNanos));
      } catch (UnknownHostException e) {
        return Answer.none(new Outcome.Unreachable(Reason.DNS, message(e)), null);
      } catch (TimeoutException e) {
        return Answer.none(new Outcome.TimedOut(Phase.RESOLVE), null);
      }
    }
    for (InetAddress address : addresses) {
      Optional<String> why =
          rules.whyRefused(new InetSocketAddress(address, url.port()), request.extraAllowed());
      if (why.isPresent()) {
        return Answer.none(new Outcome.Blocked(why.get()), null);
      }
    }
    int last = Math.min(addresses.size(), MAX_DIALLED_ADDRESSES) - 1;
    for (int i = 0; i < last; i++) {
      long shareNanos = leftNanos(deadlineNanos) / (last + 1 - i);
      Answer answer =
          exchange(
              request,
              addresses.get(i),
              deadlineNanos,
              Math.min(shareNanos, MAX_CONNECT_NANOS_BEFORE_NEXT));
      if (!answer.invitesNextAddress()) {
        return answer;
      }
    }
    return exchange(request, addresses.get(last), deadlineNanos, leftNanos(deadlineNanos));
  }

  /**
   * Makes the request. A server may close a connection that was kept just when it is used again; a
   * request to which no byte was answered on such a one, and which failed at once, is made once
   * more on a new one, as RFC 9112 section 9.3.1 allows for what may be repeated, and a delivery
   * may.
   */
  private Answer exchange(
      OutboundRequest request, InetAddress address, long deadlineNanos, long connectNanos)
      throws InterruptedException {
    Answer answer = exchange(request, address, deadlineNanos, connectNanos, true);
    if (answer == null) {
      answer = exchange(request, address, deadlineNanos, connectNanos, false);
    }
    return Objects.requireNonNull(answer, "a new connection was taken for one that was kept");
  }

  /** Null when the connection was a kept one and had been closed. */
  private @Nullable Answer exchange(
      OutboundRequest request,
      InetAddress address,
      long deadlineNanos,
      long connectNanos,
      boolean mayBeKept)
      throws InterruptedException {
    TargetUrl url = request.url();
    InetSocketAddress remote = new InetSocketAddress(address, url.port());
    OutboundTls tls = url.isHttps() ? request.tls() : null;
    // The scheme is part of the pool's key, so that no two kinds of TLS share a connection.
    String scheme = tls == null ? url.scheme() : HTTPS + "+" + tls.id();
    HttpHost host = new HttpHost(scheme, address, url.host(), url.port());
    ConnectionEndpoint connection;
    try {
      connection = lease(new HttpRoute(host, null, url.isHttps()), leftNanos(deadlineNanos));
    } catch (TimeoutException e) {
      return Answer.none(new Outcome.TimedOut(Phase.WAIT), null);
    }
    CutOff cutOff = new CutOff(connection);
    Future<?> alarm = timer.schedule(cutOff, leftNanos(deadlineNanos), TimeUnit.NANOSECONDS);
    @Nullable TimeValue keepAlive = null;
    Phase phase = Phase.CONNECT;
    boolean isKept = false;
    @Nullable Sending sending = null;
    try {
      HttpClientContext context = HttpClientContext.create();
      context.setAttribute(TLS, tls);
      if (!mayBeKept) {
        connection.close(CloseMode.IMMEDIATE);
      }
      isKept = connection.isConnected();
      if (!isKept) {
        pool.connect(
            connection, timeout(Math.min(connectNanos, leftNanos(deadlineNanos))), context);
      }
      if (cutOff.happened()) {
        // Before the connection was there to be closed.
        return Answer.none(new Outcome.TimedOut(phase), remote);
      }
      phase = Phase.RESPONSE;
      // The cut-off ends every wait; the socket's own time-out would be a timer for each read.
      connection.setSocketTimeout(Timeout.INFINITE);
      ClassicHttpRequest message = message(request);
      sending = new Sending();
      ClassicHttpResponse response = connection.execute("", message, sending, context);
      KeptHeaders headers = keep(response);
      KeptBody body = readBody(response);
      if (body.complete()
          && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(message, response, context)) {
        keepAlive = keepAlive(response, context);
      }
      return new Answer(
          outcome(response),
          headers.headers(),
          body.bytes(),
          headers.truncated() || !body.complete(),
          remote);
    } catch (IOException | HttpException | RuntimeException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted during an attempt");
      }
      if (cutOff.happened()) {
        return Answer.none(new Outcome.TimedOut(phase), remote);
      }
      if (e instanceof RuntimeException bug) {
        throw bug;
      }
      return isKept && sending != null && sending.foundClosed(e)
          ? null
          : Answer.none(outcome(e, phase), remote);
    } finally {
      alarm.cancel(false);
      if (!cutOff.callOff()) {
        keepAlive = null;
      }
      if (keepAlive == null) {
        connection.close(CloseMode.IMMEDIATE);
      }
      pool.release(connection, null, keepAlive);
    }
  }

  private ConnectionEndpoint lease(HttpRoute route, long waitNanos)
      throws TimeoutException, InterruptedException {
    LeaseRequest lease = pool.lease("", route, timeout(waitNanos), null);
    try {
      return lease.get(timeout(waitNanos));
    } catch (ExecutionException e) {
      throw new IllegalStateException("no connection could be leased", e);
    } catch (InterruptedException e) {
      if (!lease.cancel()) {
        giveBack(lease);
      }
      throw e;
    }
  }

  /** Returns a connection that was handed out just as its taker was interrupted. */
  private void giveBack(LeaseRequest lease) throws InterruptedException {
    try {
      pool.release(lease.get(Timeout.ZERO_MILLISECONDS), null, null);
    } catch (ExecutionException | TimeoutException nothingToReturn) {
      // Then there is nothing to return.
    }
  }

  private ClassicHttpRequest message(OutboundRequest request) {
    ClassicHttpRequest message =
        new BasicClassicHttpRequest(request.method().name(), request.url().pathAndQuery());
    message.addHeader("Host", request.url().authority());
    message.addHeader("User-Agent", settings.userAgent());
    for (List<HttpHeader> lines : List.of(request.headers(), request.credentials())) {
      for (HttpHeader header : lines) {
        message.addHeader(header.name(), header.value());
      }
    }
    if (request.method() == OutboundRequest.Method.POST) {
      message.addHeader("Content-Length", Integer.toString(request.body().length));
      message.setEntity(new ByteArrayEntity(request.body(), (ContentType) null));
    }
    return message;
  }

  private Outcome outcome(ClassicHttpResponse response) {
    int status = response.getCode();
    if (status >= 200 && status <= 299) {
      return new Outcome.Delivered(status);
    }
    if (status == 410) {
      return new Outcome.Gone();
    }
    if (status > MAX_STATUS) {
      return new Outcome.Unreachable(Reason.BAD_RESPONSE, "Invalid status: " + status);
    }
    return new Outcome.Refused(
        status, status == 429 || status == 503 ? retryAfter(response) : null);
  }

  private @Nullable Duration retryAfter(ClassicHttpResponse response) {
    Header header = response.getFirstHeader("Retry-After");
    return header == null || header.getValue() == null
        ? null
        : RetryAfter.parse(header.getValue(), clock.instant());
  }

  /** Makes a request on a connection, and sees whether anything comes back. */
  private final class Sending implements ConnectionEndpoint.RequestExecutor {
    private final long startNanos = ticker.nanoTime();
    private boolean answered;

    @Override
    public ClassicHttpResponse execute(
        ClassicHttpRequest message, HttpClientConnection connection, HttpContext context)
        throws IOException, HttpException {
      EndpointDetails counts = connection.getEndpointDetails();
      long before = counts.getReceivedBytesCount();
      try {
        return exchange.execute(message, connection, context);
      } finally {
        answered = counts.getReceivedBytesCount() > before;
      }
    }

    /** Whether it failed since the connection was just being closed, as far as can be told. */
    boolean foundClosed(Exception e) {
      return isClosed(e)
          && !answered
          && ticker.nanoTime() - startNanos < MAX_NANOS_TO_FIND_IT_CLOSED;
    }
  }

  /** Whether the connection ended before the head of an answer had come. */
  private static boolean isClosed(Exception e) {
    return e instanceof NoHttpResponseException
        || e instanceof SocketException
        || (e instanceof SSLException && e.getCause() instanceof SocketException);
  }

  private static Outcome outcome(Exception e, Phase phase) {
    return switch (e) {
      case SocketTimeoutException late -> new Outcome.TimedOut(phase);
      case SSLException tls -> new Outcome.Unreachable(Reason.TLS, message(tls));
      case NoRouteToHostException away -> new Outcome.Unreachable(Reason.NO_ROUTE, message(away));
      case ConnectException refused ->
          new Outcome.Unreachable(
              message(refused).contains("unreachable")
                  ? Reason.NO_ROUTE
                  : Reason.CONNECTION_REFUSED,
              message(refused));
      case MessageConstraintException tooLarge ->
          new Outcome.Unreachable(Reason.BAD_RESPONSE, message(tooLarge));
      case HttpException notHttp -> new Outcome.Unreachable(Reason.BAD_RESPONSE, message(notHttp));
      default -> new Outcome.Unreachable(Reason.CONNECTION_RESET, message(e));
    };
  }

  private static String message(Exception e) {
    String text = e.getMessage();
    return text == null ? e.getClass().getSimpleName() : text;
  }

  private record KeptHeaders(List<HttpHeader> headers, boolean truncated) {}

  private static KeptHeaders keep(ClassicHttpResponse response) {
    List<HttpHeader> kept = new ArrayList<>();
    int chars = 0;
    boolean cut = false;
    for (Header header : response.getHeaders()) {
      String value = header.getValue() == null ? "" : header.getValue();
      if (value.length() > MAX_KEPT_HEADER_VALUE_CHARS) {
        value = value.substring(0, MAX_KEPT_HEADER_VALUE_CHARS);
        cut = true;
      }
      chars += header.getName().length() + value.length();
      if (chars > MAX_KEPT_HEADER_CHARS || kept.size() == MAX_KEPT_HEADERS) {
        return new KeptHeaders(kept, true);
      }
      // What an endpoint made up may not be a header at all; it is evidence only, so it goes.
      if (HttpHeader.isName(header.getName()) && HttpHeader.isValue(value)) {
        kept.add(new HttpHeader(header.getName(), value));
      }
    }
    return new KeptHeaders(kept, cut);
  }

  /**
   * The first bytes of a body.
   *
   * @param complete whether they are all of it, read to its proper end
   */
  @SuppressWarnings("ArrayRecordComponent") // Carries bytes; never compared.
  private record KeptBody(byte[] bytes, boolean complete) {}

  /**
   * Reads what is kept. The status was said already, so a body that breaks off or comes too slowly
   * changes nothing about the outcome.
   */
  private KeptBody readBody(ClassicHttpResponse response) {
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      return new KeptBody(new byte[0], true);
    }
    int max = settings.maxKeptBytes();
    ByteArrayOutputStream kept = new ByteArrayOutputStream();
    boolean complete = false;
    try {
      // Never closed: closing would read the rest, however much that is.
      InputStream in = entity.getContent();
      byte[] buffer = new byte[READ_BUFFER_BYTES];
      // One byte past what is kept tells whether that was all.
      while (!complete && kept.size() <= max) {
        int read = in.read(buffer, 0, Math.min(buffer.length, max + 1 - kept.size()));
        if (read < 0) {
          complete = true;
        } else {
          kept.write(buffer, 0, read);
        }
      }
    } catch (IOException brokeOff) {
      complete = false;
    }
    byte[] bytes = kept.toByteArray();
    return new KeptBody(bytes.length > max ? Arrays.copyOf(bytes, max) : bytes, complete);
  }

  private TimeValue keepAlive(ClassicHttpResponse response, HttpClientContext context) {
    TimeValue longest = TimeValue.ofMilliseconds(settings.idleEviction().toMillis());
    TimeValue wished =
        DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
    return TimeValue.isPositive(wished) && wished.compareTo(longest) < 0 ? wished : longest;
  }

  private long leftNanos(long deadlineNanos) {
    return Math.max(0, deadlineNanos - ticker.nanoTime());
  }

  /** A timeout for the client's library, to whom zero means forever. */
  private static Timeout timeout(long nanos) {
    return Timeout.ofMilliseconds(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
  }

  private static String text(InetSocketAddress remote) {
    String address = remote.getAddress().getHostAddress();
    return (remote.getAddress() instanceof Inet6Address ? "[" + address + "]" : address)
        + ":"
        + remote.getPort();
  }

  /** Closes an attempt's connection at its deadline, whatever the attempt is doing. */
  private static final class CutOff implements Runnable {

    private enum State {
      ARMED,
      HAPPENED,
      CALLED_OFF
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.ARMED);
    private final ConnectionEndpoint connection;

    CutOff(ConnectionEndpoint connection) {
      this.connection = connection;
    }

    @Override
    public void run() {
      // Not after it was called off: the connection may be another attempt's by then.
      if (state.compareAndSet(State.ARMED, State.HAPPENED)) {
        connection.close(CloseMode.IMMEDIATE);
      }
    }

    boolean happened() {
      return state.get() == State.HAPPENED;
    }

    /** Whether it had not happened yet; it never will then. */
    boolean callOff() {
      return state.compareAndSet(State.ARMED, State.CALLED_OFF);
    }
  }

  private static PoolingHttpClientConnectionManager newPool(
      Settings settings, SSLContext sslContext) {
    Http1Config limits =
        Http1Config.custom()
            // The library refuses at the number that it is given.
            .setMaxHeaderCount(MAX_RESPONSE_HEADERS + 1)
            .setMaxLineLength(MAX_RESPONSE_LINE_BYTES)
            .build();
    // Nobody needs trailers, and the library bounds no total of them.
    Http1Config bodyLimits =
        Http1Config.custom()
            .setMaxHeaderCount(MAX_TRAILERS + 1)
            .setMaxLineLength(MAX_RESPONSE_LINE_BYTES)
            .setBufferSize(CONNECTION_BUFFER_BYTES)
            .build();
    TlsSocketStrategy strategy = tls(sslContext);
    PoolingHttpClientConnectionManager pool =
        new PoolingHttpClientConnectionManager(
            new DefaultHttpClientConnectionOperator(
                // A plain new Socket() would obey the system property socksProxyHost.
                proxy -> new Socket(Proxy.NO_PROXY),
                null,
                new NoDns(),
                scheme -> scheme.startsWith(HTTPS) ? strategy : null),
            PoolConcurrencyPolicy.STRICT,
            PoolReusePolicy.LIFO,
            TimeValue.NEG_ONE_MILLISECOND,
            socket ->
                new Connection(
                    limits,
                    MAX_RESPONSE_HEAD_BYTES,
                    MAX_INTERIM_RESPONSES,
                    bodyLimits,
                    MAX_RESPONSE_LINE_BYTES
                        + (long) MAX_WIRE_BYTES_A_KEPT_BYTE * settings.maxKeptBytes()));
    pool.setMaxTotal(settings.maxConnections());
    pool.setDefaultMaxPerRoute(settings.maxConnectionsPerRoute());
    pool.setDefaultConnectionConfig(
        ConnectionConfig.custom().setValidateAfterInactivity(PROBE_AFTER).build());
    return pool;
  }

  private static TlsSocketStrategy tls(SSLContext sslContext) {
    return (socket, host, port, attachment, context) -> {
      SSLContext chosen =
          context.getAttribute(TLS) instanceof OutboundTls own ? own.context() : sslContext;
      // autoClose, the last argument: without it, closing waits for the peer's farewell.
      SSLSocket secured =
          (SSLSocket) chosen.getSocketFactory().createSocket(socket, host, port, true);
      SSLParameters parameters = secured.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secured.setSSLParameters(parameters);
      secured.startHandshake();
      return secured;
    };
  }

  /** Refuses to resolve: a connection is only ever opened to an address that was checked. */
  private static final class NoDns implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) {
      throw new IllegalStateException("an unchecked host was about to be dialled");
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      throw new IllegalStateException("an unchecked host was about to be dialled");
    }
  }
}
