package dev.boathook.bench;

import dev.boathook.store.embedded.Folders;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where one measurement takes place. Closing it, in any thread and at any time, ends what was
 * started on it and removes its folder.
 */
public final class Site implements AutoCloseable {
  private final String measurement;
  private final PrintStream progress;
  private final Path root;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private int folders;
  private boolean closed;

  /**
   * A site with a folder in the system's place for such.
   *
   * @param progress where a person sees how far it is
   */
  Site(String measurement, PrintStream progress) throws IOException {
    this.measurement = measurement;
    this.progress = progress;
    this.root = Files.createTempDirectory("boathook-bench-");
  }

  /** The folder that leaves with the site. */
  Path root() {
    return root;
  }

  /** A new folder; it leaves with the site. */
  public Path folder(String name) throws IOException {
    lock.lock();
    try {
      checkOpen();
      folders++;
      return Files.createDirectory(root.resolve(folders + "-" + name));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Starts something that ends with the site, the last before the first. Closing waits for a start
   * that is under way, so a start must have a limit of time; one that fails must leave nothing.
   * What it gives may be closed earlier as well, and so must bear to be closed twice.
   */
  public <T extends AutoCloseable> T start(Callable<T> start) throws Exception {
    lock.lock();
    try {
      checkOpen();
      T part = start.call();
      parts.push(part);
      return part;
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException("stopped");
    }
  }

  /** Tells a person how far the measurement is. */
  public void say(String line) {
    progress.println(measurement + ": " + line);
    progress.flush();
  }

  /**
   * Ends all.
   *
   * @throws IOException if something did not end, or a file is left; the rest is gone all the same
   */
  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      IOException failure = null;
      while (!parts.isEmpty()) {
        try {
          parts.pop().close();
        } catch (Exception e) {
          if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
          }
          failure = failure(failure, e);
        }
      }
      try {
        Folders.delete(root);
      } catch (IOException e) {
        failure = failure(failure, e);
      }
      if (failure != null) {
        throw failure;
      }
    } finally {
      lock.unlock();
    }
  }

  private static IOException failure(@Nullable IOException first, Exception next) {
    if (first == null) {
      return new IOException("not all of it ended: " + next, next);
    }
    first.addSuppressed(next);
    return first;
  }
}
