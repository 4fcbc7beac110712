package dev.boathook.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boathook.world.ThisJava;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code boathook serve} as a process of its own: started, killed, started again on the same
 * folder, stopped. It finds free ports and says them when it is ready.
 */
final class Server {
  private static final int START_SECONDS = 60;
  private static final int STOP_SECONDS = 30;
  private static final Pattern ADDRESS = Pattern.compile("  (public|admin) +(http://\\S+) .*");

  private final String program;
  private final Folder folder;
  private final String key;

  // Guarded by this, so that a process that is being started is not missed by stop().
  private @Nullable Process process;
  private boolean stopped;

  private volatile Addresses addresses = new Addresses("", "");

  private record Addresses(String open, String admin) {}

  /**
   * Nothing runs yet.
   *
   * @param program the name of the main class
   * @param key its API key
   */
  Server(String program, Folder folder, String key) {
    this.program = program;
    this.folder = folder;
    this.key = key;
  }

  /** The public listener's URL. */
  String publicUrl() {
    return addresses.open();
  }

  /** The admin listener's URL. */
  String adminUrl() {
    return addresses.admin();
  }

  /** Its API key. */
  String key() {
    return key;
  }

  /** Starts it and returns when it is ready. */
  void start() throws IOException, InterruptedException {
    CompletableFuture<Addresses> ready = new CompletableFuture<>();
    Process started = launch();
    Thread.ofPlatform().daemon().name("demo-output").start(() -> follow(started, ready));
    try {
      addresses = ready.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException("the server ended before it was ready", e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("the server was not ready in " + START_SECONDS + " s", e);
    }
  }

  private synchronized Process launch() throws IOException {
    if (stopped) {
      throw new IOException("the demo was stopped");
    }
    ProcessBuilder builder = new ProcessBuilder(command()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("BOATHOOK_"));
    builder.environment().put("BOATHOOK_ADMIN_KEY", key);
    Process started = builder.start();
    process = started;
    return started;
  }

  private List<String> command() {
    List<String> command = ThisJava.command();
    command.addAll(List.of(program, "serve"));
    command.addAll(List.of("--data", folder.data().toString()));
    command.addAll(List.of("--host", "127.0.0.1", "--port", "0", "--admin-port", "0"));
    command.addAll(List.of("--allow-net", "127.0.0.0/8"));
    return command;
  }

  /** Keeps what a process prints, and reads where it listens. */
  private void follow(Process started, CompletableFuture<Addresses> ready) {
    try (BufferedReader lines = started.inputReader(UTF_8);
        Writer kept =
            Files.newBufferedWriter(
                folder.output(), UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      String open = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        kept.write(line + "\n");
        kept.flush();
        Matcher address = ADDRESS.matcher(line);
        if (!address.matches()) {
          continue;
        }
        if (address.group(1).equals("public")) {
          open = address.group(2);
        } else {
          ready.complete(new Addresses(open, address.group(2)));
        }
      }
      ready.completeExceptionally(new IOException("its output ended"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  /** Kills it as {@code kill -9} does; it gets no chance to tidy up. */
  long kill() throws InterruptedException {
    Process running = running();
    if (running == null) {
      throw new IllegalStateException("nothing runs");
    }
    running.destroyForcibly().waitFor();
    return running.pid();
  }

  /** Returns when it has ended. */
  void awaitEnd() throws InterruptedException {
    Process running = running();
    if (running != null) {
      running.waitFor();
    }
  }

  private synchronized @Nullable Process running() {
    return process;
  }

  /** The last lines that it printed. */
  List<String> lastOutput(int count) throws IOException {
    if (!Files.exists(folder.output())) {
      return List.of();
    }
    List<String> lines = Files.readAllLines(folder.output(), UTF_8);
    return lines.subList(Math.max(0, lines.size() - count), lines.size());
  }

  /** Asks it to stop, and kills it if it does not. */
  void stop() throws InterruptedException {
    Process running;
    synchronized (this) {
      stopped = true;
      running = process;
    }
    if (running == null) {
      return;
    }
    running.destroy();
    if (!running.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      running.destroyForcibly().waitFor();
    }
  }
}
