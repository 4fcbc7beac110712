package dev.boathook.bench.subject;

import dev.boathook.world.ThisJava;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One of the floors as a process of its own. */
public final class FloorServer implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Pattern READY = Pattern.compile("ready(?: (http://\\S+))?");
  private static final Pattern DONE = Pattern.compile("done (\\d+) (\\d+)");
  private static final Pattern MADE = Pattern.compile("made");

  private final Child child;
  private final Store store;
  private final @Nullable InetSocketAddress address;

  private FloorServer(Child child, Store store, @Nullable InetSocketAddress address) {
    this.child = child;
    this.store = store;
    this.address = address;
  }

  /**
   * What a run of deliveries came to.
   *
   * @param accepted how many the receiver answered by 2xx
   * @param length from the first request to the commit of the last outcome
   * @param usage the same part's
   */
  public record Delivered(long accepted, Duration length, Usage usage) {}

  /**
   * Starts one and returns when it is ready.
   *
   * @param main {@link dev.boathook.bench.floor.AcceptFloor} or {@link
   *     dev.boathook.bench.floor.DeliverFloor}
   */
  public static FloorServer start(Class<?> main, Store store)
      throws IOException, InterruptedException {
    List<String> command = ThisJava.command();
    command.addAll(List.of(main.getName(), store.jdbcUrl(), store.user()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("FLOOR_PASSWORD", store.password());
    Child child = Child.start(builder);
    boolean isReady = false;
    try {
      Matcher ready = child.await(READY, START_LIMIT);
      isReady = true;
      String url = ready.group(1);
      return new FloorServer(
          child,
          store,
          url == null
              ? null
              : new InetSocketAddress(
                  InetAddress.ofLiteral("127.0.0.1"), URI.create(url).getPort()));
    } finally {
      if (!isReady) {
        child.close();
      }
    }
  }

  /** Where the accept floor listens. */
  public InetSocketAddress address() {
    if (address == null) {
      throw new IllegalStateException("this floor does not listen");
    }
    return address;
  }

  /**
   * Has the deliver floor post its requests.
   *
   * @param requests up to {@value dev.boathook.bench.floor.DeliverFloor#MAX_REQUESTS}
   * @param concurrency how many are out at once
   * @param limit after which it is given up
   */
  public Delivered deliver(int requests, int concurrency, URI url, Duration limit)
      throws IOException, InterruptedException, SQLException {
    child.tell(requests + " " + concurrency + " " + url);
    var _ = child.await(MADE, limit);
    Usage before = usage();
    child.tell("go");
    Matcher done = child.await(DONE, limit);
    return new Delivered(
        Long.parseLong(done.group(1)),
        Duration.ofNanos(Long.parseLong(done.group(2))),
        usage().since(before));
  }

  /** What it and its store have used so far. */
  public Usage usage() throws SQLException, IOException {
    return store.usage(child.cpu());
  }

  /** The last lines that it printed. */
  public List<String> lastLines() {
    return child.lastLines();
  }

  @Override
  public void close() {
    child.close();
  }
}
