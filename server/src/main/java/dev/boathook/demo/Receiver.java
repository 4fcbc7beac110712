package dev.boathook.demo;

import com.sun.net.httpserver.HttpServer;
import dev.boathook.world.World;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** A receiver of webhooks on loopback, in this process, with a {@link Mailbox} for each URL. */
final class Receiver implements AutoCloseable {
  private static final int BACKLOG = 256;

  private final World world;
  private final Watch watch;
  private final Predicate<Arrival> remembers;
  private final Map<String, Mailbox> mailboxes = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  /**
   * Starts it on a free port.
   *
   * @param remembers false for a request that it is to answer and forget, to show that the demo
   *     finds out
   */
  Receiver(World world, Watch watch, Predicate<Arrival> remembers) throws IOException {
    this.world = world;
    this.watch = watch;
    this.remembers = remembers;
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    server.setExecutor(threads);
    server.start();
  }

  /** A new URL. */
  Mailbox open(String path) {
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + path;
    Mailbox mailbox = new Mailbox(path, url, world, watch, remembers);
    mailboxes.put(path, mailbox);
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            mailbox.receive(exchange);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return mailbox;
  }

  /** All that has come so far. */
  List<Arrival> arrivals() {
    return mailboxes.values().stream().flatMap(mailbox -> mailbox.arrivals().stream()).toList();
  }

  @Override
  public void close() {
    mailboxes.values().forEach(Mailbox::release);
    server.stop(0);
    threads.shutdownNow();
  }
}
