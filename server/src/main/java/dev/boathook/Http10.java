package dev.boathook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.DirectHandler;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * Lets callers that speak HTTP/1.0 in: WooCommerce sends its webhooks by it, and nginx passes
 * requests on by it unless told otherwise. The server closes such a connection without a word.
 *
 * <p>Every connection is the server's own HTTP/1.1 one, which reads through a {@link Head}: where
 * the first request is HTTP/1.0, its head is written anew as the HTTP/1.1 request that means the
 * same, and so has every limit, time-out and check that others have. Such a request is the only one
 * of its connection.
 *
 * <p>It must be a listener's only selector: with two, the server asks after the first bytes, which
 * may be less than the request line.
 */
final class Http10 implements ServerConnectionSelector {
  private final Http1ConnectionSelector http11;
  private final int maxPrologueBytes;
  private final int maxHeadBytes;

  /**
   * For a listener.
   *
   * @param config the limits of requests of both versions
   */
  Http10(Http1Config config) {
    this.http11 = Http1ConnectionSelector.builder().config(config).build();
    this.maxPrologueBytes = config.maxPrologueLength();
    this.maxHeadBytes = config.maxPrologueLength() + config.maxHeadersSize();
  }

  @Override
  public int bytesToIdentifyConnection() {
    return http11.bytesToIdentifyConnection();
  }

  @Override
  public Support supports(BufferData data) {
    return Support.SUPPORTED;
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http11.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    Head head = new Head(context.dataReader(), maxPrologueBytes, maxHeadBytes);
    return http11.connection(new ReadThrough(context, new DataReader(head)));
  }

  /** What a connection sends, with the head of a first request of HTTP/1.0 as one of HTTP/1.1. */
  private static final class Head implements Supplier<byte[]> {
    private static final String VERSION = " HTTP/1.0\r\n";
    private static final String NEW_VERSION = " HTTP/1.1\r\n";

    /** HTTP/1.1 wants a name; this one can be nobody's, RFC 2606. */
    private static final String NO_HOST = "Host: host.invalid\r\n";

    private final DataReader sent;
    private final int maxPrologueBytes;
    private final int maxHeadBytes;
    private boolean isPast;

    Head(DataReader sent, int maxPrologueBytes, int maxHeadBytes) {
      this.sent = sent;
      this.maxPrologueBytes = maxPrologueBytes;
      this.maxHeadBytes = maxHeadBytes;
    }

    @Override
    public byte[] get() {
      if (isPast) {
        return next();
      }
      isPast = true;
      // What is too long without an end is passed on as it is, for the server to refuse.
      byte[] begin = readTo("\n", next(), maxPrologueBytes);
      String text = new String(begin, ISO_8859_1);
      int lineBytes = text.indexOf('\n') + 1;
      if (!text.substring(0, lineBytes).endsWith(VERSION)) {
        return begin;
      }
      return rewritten(new String(readTo("\r\n\r\n", begin, maxHeadBytes), ISO_8859_1), lineBytes);
    }

    private byte[] next() {
      sent.ensureAvailable();
      return sent.readBytes(sent.available());
    }

    /** Reads on until the end is there or the limit is passed, looking at each byte once. */
    private byte[] readTo(String end, byte[] begun, int maxBytes) {
      byte[] all = begun;
      int looked = 0;
      while (all.length <= maxBytes
          && !new String(all, looked, all.length - looked, ISO_8859_1).contains(end)) {
        looked = Math.max(0, all.length - end.length() + 1);
        byte[] more = next();
        int length = all.length;
        all = Arrays.copyOf(all, length + more.length);
        System.arraycopy(more, 0, all, length, more.length);
      }
      return all;
    }

    private static byte[] rewritten(String text, int lineBytes) {
      StringBuilder head = new StringBuilder(text.length() + NO_HOST.length());
      head.append(text, 0, lineBytes - VERSION.length()).append(NEW_VERSION);
      head.append("Connection: close\r\n");
      boolean hasHost = false;
      int at = lineBytes;
      // Up to the empty line, or to where a head that is too long was cut.
      for (int end; (end = text.indexOf("\r\n", at)) > at; at = end + 2) {
        String line = text.substring(at, end);
        String name = line.substring(0, Math.max(0, line.indexOf(':')));
        switch (name.strip().toLowerCase(Locale.ROOT)) {
          case "transfer-encoding" ->
              // RFC 9112, section 6.1: where its body ends cannot be known.
              throw RequestException.builder()
                  .type(DirectHandler.EventType.BAD_REQUEST)
                  .status(Status.BAD_REQUEST_400)
                  .setKeepAlive(false)
                  .message("Transfer-Encoding in HTTP/1.0")
                  .build();
          case "connection", "expect" -> {
            // HTTP/1.0 has no 100 to wait for, RFC 9110, section 10.1.1; and we close.
            continue;
          }
          case "host" -> hasHost = true;
          default -> {}
        }
        head.append(line).append("\r\n");
      }
      if (!hasHost) {
        head.append(NO_HOST);
      }
      return head.append(text, at, text.length()).toString().getBytes(ISO_8859_1);
    }
  }

  /** A connection that is read through another reader. */
  private record ReadThrough(ConnectionContext context, DataReader dataReader)
      implements ConnectionContext {
    @Override
    public ListenerContext listenerContext() {
      return context.listenerContext();
    }

    @Override
    public ExecutorService executor() {
      return context.executor();
    }

    @Override
    public DataWriter dataWriter() {
      return context.dataWriter();
    }

    @Override
    public Router router() {
      return context.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
      return context.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
      return context.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
      return context.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
      return context.localPeer();
    }

    @Override
    public boolean isSecure() {
      return context.isSecure();
    }

    @Override
    public String socketId() {
      return context.socketId();
    }

    @Override
    public String childSocketId() {
      return context.childSocketId();
    }
  }
}
