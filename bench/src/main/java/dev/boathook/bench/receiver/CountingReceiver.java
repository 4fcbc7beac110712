package dev.boathook.bench.receiver;

import dev.boathook.bench.load.Ascii;
import dev.boathook.bench.load.MessageReader;
import dev.boathook.id.Base32;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/**
 * An endpoint that answers 204 at once, and counts. A delivery is known by its URL's path and its
 * {@code webhook-id}, so that one event may go to many endpoints here. It is counted before it is
 * answered.
 */
public final class CountingReceiver implements AutoCloseable {
  /** How far into a body {@code "at"} is looked for, in bytes. */
  public static final int AT_WITHIN_BYTES = 256;

  private static final byte[] POST = Ascii.bytes("POST ");
  private static final byte[] WEBHOOK_ID = Ascii.bytes("webhook-id");
  private static final byte[] AT = Ascii.bytes("\"at\":");
  private static final byte[] TAKEN = Ascii.bytes("HTTP/1.1 204 No Content\r\n\r\n");
  private static final byte[] NOT_A_DELIVERY =
      Ascii.bytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");

  /** The UUID at the end of an id, after whatever prefix. */
  private static final int UUID_CHARACTERS = 26;

  private static final int SIGNIFICANT_DIGITS = 3;
  private static final long NO_TIME = -1;

  private final Object lock = new Object();
  private final Listener listener;

  // Guarded by lock.
  private final IdSet ids = new IdSet();
  private long idsBefore;
  private Histogram latencies = new Histogram(SIGNIFICANT_DIGITS);
  private long duplicated;
  private long firstNanos;
  private long lastNanos;
  private long awaited = Long.MAX_VALUE;

  private CountingReceiver() throws IOException {
    this.listener = new Listener(this::serve);
  }

  /** Listens on a free port of loopback. */
  public static CountingReceiver start() throws IOException {
    return new CountingReceiver();
  }

  /**
   * A URL that leads here.
   *
   * @param path begins with a slash
   */
  public String url(String path) {
    return listener.url(path);
  }

  /**
   * Counts from nothing again, and knows what has come before: when it comes again, it is not new.
   */
  public void reset() {
    synchronized (lock) {
      idsBefore = ids.size();
      latencies = new Histogram(SIGNIFICANT_DIGITS);
      firstNanos = 0;
      lastNanos = 0;
    }
  }

  /** How many deliveries have come, those that came again not counted again. */
  public long distinct() {
    synchronized (lock) {
      return count();
    }
  }

  private long count() {
    return ids.size() - idsBefore;
  }

  /** How many have come that had come before, ever, since this was last asked. */
  public long takeDuplicated() {
    synchronized (lock) {
      long taken = duplicated;
      duplicated = 0;
      return taken;
    }
  }

  /** When the first one came, as {@link System#nanoTime} tells it; 0 if none has come. */
  public long firstNanos() {
    synchronized (lock) {
      return firstNanos;
    }
  }

  /** When the last one came that had not come before; 0 if none has come. */
  public long lastNanos() {
    synchronized (lock) {
      return lastNanos;
    }
  }

  /**
   * How long they took, in nanoseconds, from the {@link System#nanoTime} that stands as {@code
   * "at"} near the start of their bodies; of those that have one, when they first came. A copy.
   */
  public Histogram latencies() {
    synchronized (lock) {
      return latencies.copy();
    }
  }

  /**
   * Waits until so many distinct ones have come.
   *
   * @return false if they had not within the limit
   */
  public boolean await(long distinct, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    synchronized (lock) {
      while (count() < distinct) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        awaited = Math.min(awaited, distinct);
        lock.wait(left / 1_000_000, (int) (left % 1_000_000));
      }
      return true;
    }
  }

  private void serve(Socket socket) throws IOException {
    MessageReader reader = new MessageReader(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    do {
      if (!reader.read()) {
        return;
      }
      out.write(count(reader) ? TAKEN : NOT_A_DELIVERY);
    } while (!reader.isLast());
  }

  private boolean count(MessageReader reader) {
    long now = System.nanoTime();
    Optional<UUID> id = webhookId(reader);
    if (id.isEmpty()) {
      return false;
    }
    long path = pathHash(reader);
    long at = at(reader);
    synchronized (lock) {
      if (!ids.add(
          id.get().getMostSignificantBits() ^ path, id.get().getLeastSignificantBits() ^ path)) {
        duplicated++;
        return true;
      }
      if (count() == 1) {
        firstNanos = now;
      }
      lastNanos = now;
      if (at != NO_TIME && at <= now) {
        latencies.recordValue(now - at);
      }
      if (count() >= awaited) {
        awaited = Long.MAX_VALUE;
        lock.notifyAll();
      }
      return true;
    }
  }

  private static Optional<UUID> webhookId(MessageReader reader) {
    int from = reader.startsWith(POST) ? reader.value(WEBHOOK_ID) : -1;
    if (from < 0) {
      return Optional.empty();
    }
    int to = reader.lineEnd(from);
    if (to - from < UUID_CHARACTERS) {
      return Optional.empty();
    }
    return Base32.decodeUuid(
        new String(
            reader.bytes(), to - UUID_CHARACTERS, UUID_CHARACTERS, StandardCharsets.ISO_8859_1));
  }

  /** FNV-1a over the path. */
  private static long pathHash(MessageReader reader) {
    byte[] bytes = reader.bytes();
    long hash = 0xcbf29ce484222325L;
    for (int i = POST.length; bytes[i] != ' ' && bytes[i] != '\r'; i++) {
      hash = (hash ^ bytes[i]) * 0x100000001b3L;
    }
    return hash;
  }

  private static long at(MessageReader reader) {
    byte[] bytes = reader.bytes();
    int end = Math.min(reader.bodyEnd(), reader.bodyStart() + AT_WITHIN_BYTES);
    for (int i = reader.bodyStart(); i + AT.length < end; i++) {
      if (bytes[i] == '"' && Arrays.equals(bytes, i, i + AT.length, AT, 0, AT.length)) {
        int from = i + AT.length;
        while (from < end && bytes[from] == ' ') {
          from++;
        }
        int to = from;
        while (to < end && bytes[to] >= '0' && bytes[to] <= '9') {
          to++;
        }
        return Ascii.number(bytes, from, to);
      }
    }
    return NO_TIME;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
