package dev.boathook.outbound;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose closing never blocks. TLS says farewell before it closes, and a peer that does
 * not read can hold that up for as long as it likes, even while the pool closes idle connections
 * under its lock. So only the socket underneath is closed; peers see the end of the stream.
 */
final class Connection extends DefaultBHttpClientConnection implements ManagedHttpClientConnection {

  private final AtomicBoolean closed = new AtomicBoolean();
  private final long maxBodyBytes;

  /**
   * @param headLimits of a response's head, line by line
   * @param maxHeadBytes of a response's head in all
   * @param maxInterim heads with a status 1xx before the one that counts
   * @param bodyLimits of the lines around chunks and of trailers; its longest line is the head's
   *     too
   * @param maxBodyBytes read of a response's body, with all that stands around its chunks
   */
  Connection(
      Http1Config headLimits,
      int maxHeadBytes,
      int maxInterim,
      Http1Config bodyLimits,
      long maxBodyBytes) {
    super(
        bodyLimits,
        null,
        null,
        null,
        null,
        null,
        _ -> new HeadParser(headLimits, maxHeadBytes, maxInterim));
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  protected InputStream createContentInputStream(
      long length, SessionInputBuffer buffer, InputStream in) {
    return super.createContentInputStream(length, buffer, new Bounded(in, maxBodyBytes));
  }

  /**
   * The parser of the library's core; its client's own skips whatever precedes something like HTTP.
   */
  private static final class HeadParser implements HttpMessageParser<ClassicHttpResponse> {
    private static final int FIRST_FINAL_STATUS = 200;

    private final HttpMessageParser<ClassicHttpResponse> lines;
    private final int maxBytes;
    private final int maxInterim;
    private int interim;

    HeadParser(Http1Config limits, int maxBytes, int maxInterim) {
      this.lines = new DefaultHttpResponseParserFactory(limits).create();
      this.maxBytes = maxBytes;
      this.maxInterim = maxInterim;
    }

    @Override
    public @Nullable ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
        throws IOException, HttpException {
      ClassicHttpResponse head = lines.parse(buffer, new Bounded(in, maxBytes));
      interim = head == null || head.getCode() >= FIRST_FINAL_STATUS ? 0 : interim + 1;
      if (interim > maxInterim) {
        throw new MessageConstraintException("Maximum number of interim responses exceeded");
      }
      return head;
    }
  }

  /** A stream that fails when more is read from it. */
  private static final class Bounded extends FilterInputStream {
    private long left;

    Bounded(InputStream in, long maxBytes) {
      super(in);
      this.left = maxBytes;
    }

    @Override
    public int read() throws IOException {
      count(1);
      return super.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = super.read(bytes, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int bytes) throws MessageConstraintException {
      left -= bytes;
      if (left < 0) {
        throw new MessageConstraintException("Maximum length exceeded");
      }
    }
  }

  @Override
  protected void bind(SocketHolder holder) throws IOException {
    super.bind(holder);
    if (closed.get()) {
      // Closed while it was being opened.
      holder.getBaseSocket().close();
      throw new InterruptedIOException("closed");
    }
  }

  @Override
  public void bind(Socket socket) throws IOException {
    bind(new SocketHolder(socket));
  }

  @Override
  public void bind(SSLSocket secured, Socket socket) throws IOException {
    bind(new SocketHolder(secured, socket));
  }

  @Override
  public @Nullable Socket getSocket() {
    SocketHolder holder = getSocketHolder();
    return holder == null ? null : holder.getSocket();
  }

  @Override
  public boolean isOpen() {
    return !closed.get() && super.isOpen();
  }

  @Override
  public void passivate() {
    setSocketTimeout(Timeout.INFINITE);
  }

  @Override
  public void activate() {
    // It waits without limit until whoever has it closes it.
  }

  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      SocketHolder holder = getSocketHolder();
      if (holder != null) {
        holder.getBaseSocket().close();
      }
    }
  }

  @Override
  public void close(CloseMode mode) {
    try {
      close();
    } catch (IOException alreadyBroken) {
      // Then it is closed.
    }
  }
}
