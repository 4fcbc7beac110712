package dev.boathook.bench.subject;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.world.ThisJava;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A Java program that runs beside us. One thread at a time listens to it. */
final class Child implements AutoCloseable {
  /** How many of the last lines that it printed are kept. */
  static final int MAX_LINES = 200;

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);
  private static final long LOOK_MILLIS = 100;

  private final Process process;
  private final Thread reader;
  private final BlockingQueue<String> unheard = new ArrayBlockingQueue<>(MAX_LINES);
  private final Deque<String> heard = new ArrayDeque<>();

  private Child(Process process) {
    this.process = process;
    // Who reads from a process keeps its carrier: two of these, and nothing virtual went on here.
    this.reader = Thread.ofPlatform().daemon().name("child-output").start(this::read);
  }

  static Child start(ProcessBuilder builder) throws IOException {
    return new Child(builder.redirectErrorStream(true).start());
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        while (!unheard.offer(line)) {
          unheard.poll();
        }
      }
    } catch (IOException e) {
      // Its end of the pipe is gone, and so is the program, or we have given it up.
    }
  }

  /** Waits for a line like this and passes over those before it. */
  Matcher await(Pattern pattern, Duration limit) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < deadline) {
      boolean isOver = !reader.isAlive();
      String line = unheard.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      if (line == null) {
        if (isOver) {
          throw new IOException("it ended; it said: " + lastLines());
        }
        continue;
      }
      hear(line);
      Matcher matcher = pattern.matcher(line);
      if (matcher.matches()) {
        return matcher;
      }
    }
    throw new IOException(
        "it did not say " + pattern + " within " + limit.toSeconds() + " s but: " + lastLines());
  }

  private synchronized void hear(String line) {
    heard.addLast(line);
    if (heard.size() > MAX_LINES) {
      heard.removeFirst();
    }
  }

  /** The last lines that it printed. */
  synchronized List<String> lastLines() {
    List<String> lines = new ArrayList<>(heard);
    lines.addAll(unheard);
    return lines;
  }

  /** Gives it a line to read. */
  void tell(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Duration cpu() {
    return Processes.cpu(process.toHandle());
  }

  long residentBytes() throws IOException {
    return Processes.residentBytes(process.pid());
  }

  /**
   * The bytes of all objects that are reachable; the program stands still while they are counted.
   */
  long liveHeapBytes() throws IOException {
    Process jcmd =
        new ProcessBuilder(
                ThisJava.program("jcmd"), Long.toString(process.pid()), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    @Nullable String total = null;
    try (BufferedReader lines = jcmd.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        total = line;
      }
    }
    // The last line: Total, instances, bytes.
    if (total == null || !total.startsWith("Total ")) {
      throw new IOException("jcmd did not tell the heap but: " + total);
    }
    return Long.parseLong(total.substring(total.lastIndexOf(' ') + 1));
  }

  /**
   * Asks it to end, and kills it and all that it has started if it does not; returns at its end.
   */
  @Override
  public void close() {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroy();
    boolean ended = false;
    try {
      ended = process.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!ended) {
      started.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().onExit().join();
    }
  }
}
