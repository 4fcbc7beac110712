package dev.boathook.store.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's log: a file of at most {@code maxBytes} and one older file of the same size. Ours
 * and not PostgreSQL's logging collector, which bounds a log by time but not by size.
 */
final class PostgresLog {
  private static final Logger log = LoggerFactory.getLogger(PostgresLog.class);
  private static final Duration END_TIMEOUT = Duration.ofSeconds(1);
  private static final int BUFFER_BYTES = 8192;

  private final Path file;
  private final Path olderFile;
  private final long maxBytes;

  PostgresLog(Path file, long maxBytes) {
    this.file = file;
    this.olderFile = file.resolveSibling(file.getFileName() + ".1");
    this.maxBytes = maxBytes;
  }

  Path file() {
    return file;
  }

  /** Copies the stream to the log on a thread of its own until it ends. */
  Copy follow(InputStream stream) {
    Tail tail = new Tail();
    Thread thread =
        Thread.ofPlatform().daemon().name("boathook-postgres-log").start(() -> copy(stream, tail));
    return new Copy(tail, thread);
  }

  /** A stream on its way to the log. */
  record Copy(Tail tail, Thread thread) {
    /** The last that was said, once the stream has ended or a second has passed. */
    String end() throws InterruptedException {
      // A server process that outlives its postmaster holds the stream open.
      boolean ignored = thread.join(END_TIMEOUT);
      return tail.text();
    }
  }

  void copy(InputStream stream, Tail tail) {
    byte[] buffer = new byte[BUFFER_BYTES];
    boolean complained = false;
    try (stream) {
      int length;
      while ((length = stream.read(buffer)) >= 0) {
        tail.append(buffer, length);
        try {
          append(buffer, length);
          complained = false;
        } catch (IOException e) {
          // Go on reading: PostgreSQL must not block on a pipe because the disk is full.
          if (!complained) {
            log.warn("Cannot write PostgreSQL's log {}: {}", file, e.toString());
            complained = true;
          }
        }
      }
    } catch (IOException e) {
      log.debug("PostgreSQL's output ended: {}", e.toString());
    }
  }

  private void append(byte[] buffer, int length) throws IOException {
    if (Files.exists(file) && Files.size(file) + length > maxBytes) {
      Files.move(file, olderFile, StandardCopyOption.REPLACE_EXISTING);
    }
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      out.write(buffer, 0, length);
    }
  }
}
