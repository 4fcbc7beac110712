package dev.boathook.bench.subject;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;

/**
 * A folder and all that runs in it, gone together: when this is closed, or when the JVM ends in any
 * way but by force.
 */
public final class Workplace implements AutoCloseable {
  private final Path root;
  private final Thread hook = new Thread(this::closeAll, "workplace-end");
  private final Deque<AutoCloseable> kept = new ArrayDeque<>();
  private int folders;
  private boolean closed;

  private Workplace(Path root) {
    this.root = root;
  }

  /**
   * Makes the folder.
   *
   * @param parent on the kind of disk that is to be measured; made if it is not there
   */
  public static Workplace in(Path parent) throws IOException {
    Workplace workplace =
        new Workplace(Files.createTempDirectory(Files.createDirectories(parent), "bench-"));
    Runtime.getRuntime().addShutdownHook(workplace.hook);
    return workplace;
  }

  /** A new path in the folder, at which nothing is yet. */
  public synchronized Path folder(String name) {
    return root.resolve(++folders + "-" + name);
  }

  /** Will close this, before what was kept before it. */
  public <T extends AutoCloseable> T keep(T thing) throws IOException {
    synchronized (this) {
      if (!closed) {
        kept.push(thing);
        return thing;
      }
    }
    IOException late = new IOException("the workplace is closed");
    close(thing, late);
    throw late;
  }

  /** Closes all that is kept, the newest first, and deletes the folder. */
  @Override
  public void close() throws IOException {
    Runtime.getRuntime().removeShutdownHook(hook);
    end();
  }

  private void end() throws IOException {
    Deque<AutoCloseable> things;
    synchronized (this) {
      closed = true;
      things = new ArrayDeque<>(kept);
      kept.clear();
    }
    IOException failure = new IOException("not all that ran could be closed");
    things.forEach(thing -> close(thing, failure));
    delete(root);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  private static void close(AutoCloseable thing, IOException failure) {
    try {
      thing.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  private void closeAll() {
    try {
      end();
    } catch (IOException e) {
      System.err.println("bench: " + e);
    }
    try {
      // What was just being started is not kept yet.
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
      delete(root);
    } catch (IOException e) {
      System.err.println("bench: " + e);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
