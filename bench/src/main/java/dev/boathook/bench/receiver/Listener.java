package dev.boathook.bench.receiver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A free port of loopback, with a thread for each connection that comes. */
final class Listener implements AutoCloseable {
  private static final int BACKLOG = 1_024;

  private final Handler handler;
  private final ServerSocket server;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  /** Virtual, so that what comes is not kept waiting behind all the threads of the load. */
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** What is done with a connection. */
  @FunctionalInterface
  interface Handler {
    /** Serves it until it ends. */
    void serve(Socket socket) throws IOException;
  }

  /** Listens from now on. */
  Listener(Handler handler) throws IOException {
    this.handler = handler;
    this.server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** A URL that leads here. */
  String url(String path) {
    return "http://127.0.0.1:" + server.getLocalPort() + path;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        begin(server.accept());
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private synchronized void begin(Socket socket) throws IOException {
    if (server.isClosed()) {
      socket.close();
      return;
    }
    sockets.add(socket);
    threads.execute(() -> serve(socket));
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      handler.serve(socket);
    } catch (IOException e) {
      // The other side went away, or we close: either is a connection's usual end.
    } finally {
      sockets.remove(socket);
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    threads.close();
  }
}
