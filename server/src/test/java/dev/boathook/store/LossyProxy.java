package dev.boathook.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stands between a program and PostgreSQL, and loses the answer to a commit when it is told to. */
public final class LossyProxy implements AutoCloseable {
  private static final int MAX_CHUNK_BYTES = 65_536;
  private static final String COMMIT = "COMMIT";

  private final TestingDatabase database;
  private final URI server;
  private final ServerSocket listener;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicBoolean losing = new AtomicBoolean();

  /** One in front of this database. */
  public LossyProxy(TestingDatabase database) throws IOException {
    this.database = database;
    this.server = URI.create(database.url().substring("jdbc:".length()));
    this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  /** The same database, by way of this. */
  public Target target() {
    // A statement that the server has prepared is not sent as text any more.
    String url =
        "jdbc:postgresql://127.0.0.1:%d%s?prepareThreshold=0"
            .formatted(listener.getLocalPort(), server.getPath());
    return new Target(url, Optional.of(database.user()), Optional.of(database.password()));
  }

  /** The next commit takes place, and its connection is cut before its answer comes. */
  public void loseNextCommit() {
    losing.set(true);
  }

  /** Whether one is still to be lost. */
  public boolean isLosing() {
    return losing.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket upstream = new Socket(server.getHost(), server.getPort());
        sockets.addAll(List.of(client, upstream));
        AtomicBoolean lost = new AtomicBoolean();
        Thread.startVirtualThread(() -> pump(client, upstream, lost, true));
        Thread.startVirtualThread(() -> pump(upstream, client, lost, false));
      } catch (IOException e) {
        close();
      }
    }
  }

  private void pump(Socket from, Socket to, AtomicBoolean lost, boolean toServer) {
    byte[] chunk = new byte[MAX_CHUNK_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int length = in.read(chunk);
      while (length >= 0 && (toServer || !lost.get())) {
        if (toServer
            && new String(Arrays.copyOf(chunk, length), US_ASCII).contains(COMMIT)
            && losing.compareAndSet(true, false)) {
          lost.set(true);
        }
        out.write(chunk, 0, length);
        length = in.read(chunk);
      }
    } catch (IOException e) {
      // The other end is gone; so are both now.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
