package dev.boathook.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A kept connection to a server, opened anew when it was closed. For one thread, but for {@link
 * #close}, by which another one ends whatever is waited for.
 */
final class Connection implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final InetSocketAddress address;

  // Guarded by this.
  private @Nullable Socket socket;
  private boolean closed;

  private @Nullable Ends open;

  private record Ends(OutputStream out, MessageReader in) {}

  Connection(InetSocketAddress address) {
    this.address = address;
  }

  /**
   * Connects, if it is not connected.
   *
   * @throws IOException if there is nobody, or this is closed
   */
  void open() throws IOException {
    if (open == null) {
      open = connect();
    }
  }

  private Ends connect() throws IOException {
    Socket fresh = replace();
    fresh.setTcpNoDelay(true);
    fresh.connect(address, CONNECT_TIMEOUT_MILLIS);
    return new Ends(fresh.getOutputStream(), new MessageReader(fresh.getInputStream()));
  }

  private synchronized Socket replace() throws IOException {
    if (closed) {
      throw new SocketException("closed");
    }
    if (socket != null) {
      socket.close();
    }
    socket = new Socket();
    return socket;
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @return the answer's status
   * @throws IOException if the connection cannot be opened, breaks, or brings no answer that we
   *     read; the next request gets a new one
   */
  int exchange(byte[] request) throws IOException {
    Ends ends = open == null ? connect() : open;
    open = null;
    ends.out().write(request);
    if (!ends.in().read()) {
      throw new EOFException("closed by the server");
    }
    int status = ends.in().status();
    if (!ends.in().isLast()) {
      open = ends;
    }
    return status;
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    if (socket != null) {
      socket.close();
    }
  }
}
