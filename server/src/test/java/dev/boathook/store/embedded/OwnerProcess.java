package dev.boathook.store.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Another JVM that owns an embedded PostgreSQL, to be killed. It runs until its input ends, and
 * says {@code started PORT PID} or {@code refused CODE}.
 */
final class OwnerProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private boolean killed;

  private OwnerProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /** The other JVM's side. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    var options = EmbeddedPostgres.Options.of(folder);
    if (arguments.length > 1) {
      options = options.withBinariesDirectory(Path.of(arguments[1]));
    }
    try (var postgres = EmbeddedPostgres.start(options, new SecureRandom(), RestartListener.NONE)) {
      System.out.println("started " + postgres.port() + " " + postgres.pid());
      // Ends with the parent.
      int ignored = System.in.read();
    } catch (EmbeddedPostgresException e) {
      System.out.println("refused " + e.code().value() + " " + e.getMessage());
    }
    System.out.println("closed");
  }

  static OwnerProcess start(
      List<String> prefix, String classPath, Map<String, String> environment, Path... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", classPath, OwnerProcess.class.getName()));
    for (Path argument : arguments) {
      command.add(argument.toString());
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return new OwnerProcess(builder.redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  static OwnerProcess start(Path... arguments) throws IOException {
    return start(List.of(), System.getProperty("java.class.path"), Map.of(), arguments);
  }

  /** What it said, without its log. */
  List<String> answer() throws IOException {
    @Nullable String line;
    while ((line = output.readLine()) != null) {
      if (line.startsWith("started ") || line.startsWith("refused ") || line.equals("closed")) {
        return List.of(line.split(" ", 3));
      }
    }
    return List.of("ended");
  }

  /** SIGKILL, as the kernel does when memory is short. */
  void kill() {
    killed = true;
    process.destroyForcibly().onExit().join();
  }

  /** Lets it end in order. */
  @Override
  public void close() throws IOException {
    if (killed) {
      return;
    }
    process.getOutputStream().close();
    try (InputStream rest = process.getInputStream()) {
      rest.readAllBytes();
    }
    process.onExit().join();
  }
}
