package dev.boathook.store.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts programs with a clean environment, and runs the short ones to their end. */
final class Command {
  private static final Duration OUTPUT_TIMEOUT = Duration.ofSeconds(1);
  private static final int BUFFER_BYTES = 8192;

  /** How a program ended; {@code output} is the tail of what it wrote to both streams. */
  record Result(int exitStatus, String output) {
    boolean succeeded() {
      return exitStatus == 0;
    }
  }

  private Command() {}

  /**
   * A builder whose environment has nothing of ours but PATH: no PGDATA, PGTZ or locale of the
   * operator's may change what PostgreSQL does.
   */
  static ProcessBuilder builder(List<String> command, Path workingDirectory) {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    String path = environment.get("PATH");
    environment.clear();
    environment.put("PATH", path == null ? "/usr/sbin:/usr/bin:/sbin:/bin" : path);
    environment.put("LC_ALL", "C");
    environment.put("TZ", "UTC");
    return builder.directory(workingDirectory.toFile()).redirectErrorStream(true);
  }

  /** Runs to the end, feeding {@code input}; a program that takes longer is killed. */
  static Result run(List<String> command, Path workingDirectory, String input, Duration timeout)
      throws IOException {
    Process process = builder(command, workingDirectory).start();
    Tail tail = new Tail();
    Thread reader =
        Thread.ofPlatform()
            .daemon()
            .name("boathook-command-output")
            .start(() -> drain(process, tail));
    try {
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It ended before it read all; its status and output say why.
      }
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        kill(process);
        throw new IOException(
            "%s did not end within %d s".formatted(command.getFirst(), timeout.toSeconds()));
      }
      reader.join(OUTPUT_TIMEOUT);
      return new Result(process.exitValue(), tail.text());
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while running " + command.getFirst());
    }
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void drain(Process process, Tail tail) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream output = process.getInputStream()) {
      int length;
      while ((length = output.read(buffer)) >= 0) {
        tail.append(buffer, length);
      }
    } catch (IOException e) {
      // The stream of a killed process; what was read is all there is.
    }
  }
}
