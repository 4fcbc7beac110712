package dev.boathook.outbound;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server on loopback that misbehaves as told: it hands each connection to a script. */
final class RawServer implements AutoCloseable {

  private static final Pattern CONTENT_LENGTH = Pattern.compile("content-length: (\\d+)");

  /** What to do with a connection. An IOException ends it quietly. */
  interface Script {
    void serve(Socket socket) throws IOException;
  }

  private final ServerSocket listener;
  private final Script script;
  private final CopyOnWriteArrayList<Socket> open = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();
  final CopyOnWriteArrayList<String> requests = new CopyOnWriteArrayList<>();
  final CountDownLatch firstConnectionEnded = new CountDownLatch(1);

  RawServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  static RawServer on(String address, Script script) throws IOException {
    return new RawServer(new ServerSocket(0, 50, InetAddress.ofLiteral(address)), script);
  }

  /** Answers every request on every connection with the same bytes. */
  static RawServer answering(String response) throws IOException {
    RawServer[] self = new RawServer[1];
    self[0] =
        on(
            "127.0.0.1",
            socket -> {
              while (self[0].readRequest(socket)) {
                write(socket, response);
              }
            });
    return self[0];
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // The end.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      script.serve(socket);
    } catch (IOException ended) {
      // What the sender did is seen at the sender.
    } finally {
      firstConnectionEnded.countDown();
    }
  }

  /** Reads one request with its body and records it; false at the end of the connection. */
  boolean readRequest(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      head.write(next);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    Matcher length = CONTENT_LENGTH.matcher(text.toLowerCase(Locale.ROOT));
    byte[] body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
    requests.add(text + new String(body, StandardCharsets.ISO_8859_1));
    return true;
  }

  static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Waits a moment for the peer to close; throws when it has. */
  static void linger(Socket socket, int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      if (socket.getInputStream().read() < 0) {
        throw new IOException("closed by the peer");
      }
    } catch (SocketTimeoutException stillOpen) {
      // As wanted.
    }
  }

  /** Waits until the peer closes. */
  static void waitForClose(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // Ignores what comes.
    }
  }

  boolean firstConnectionEnds() throws InterruptedException {
    return firstConnectionEnded.await(5, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
