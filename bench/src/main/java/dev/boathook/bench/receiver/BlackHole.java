package dev.boathook.bench.receiver;

import java.io.IOException;
import java.io.OutputStream;

/** An endpoint that is dead in the worst way: takes connections and requests, and never answers. */
public final class BlackHole implements AutoCloseable {
  private final Listener listener;

  private BlackHole(Listener listener) {
    this.listener = listener;
  }

  /** Listens on a free port of loopback. */
  public static BlackHole start() throws IOException {
    return new BlackHole(
        new Listener(
            socket -> socket.getInputStream().transferTo(OutputStream.nullOutputStream())));
  }

  /**
   * A URL that leads here.
   *
   * @param path begins with a slash
   */
  public String url(String path) {
    return listener.url(path);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
