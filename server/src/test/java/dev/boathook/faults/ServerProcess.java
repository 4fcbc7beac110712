package dev.boathook.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.Main;
import dev.boathook.TestingServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The program as a process of its own, to be killed, stopped and started again on its data folder;
 * loopback is open to endpoints.
 */
final class ServerProcess implements AutoCloseable {
  /** Longer than any start or stop takes on a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);
  private static final Pattern ADDRESS = Pattern.compile(" +(public|admin) +http://\\S+:(\\d+) .*");

  private final Path data;
  private final Process process;
  private final Path log;
  private final Ports ports;
  private final HttpClient http = HttpClient.newHttpClient();

  private ServerProcess(Path data, Process process, Path log, Ports ports) {
    this.data = data;
    this.process = process;
    this.log = log;
    this.ports = ports;
  }

  private record Ports(int open, int admin) {}

  /**
   * How a server is started.
   *
   * @param data its data folder
   * @param prefix what runs it: nothing, or a program that becomes somebody else
   * @param classPath where it is
   * @param bare whether its environment holds nothing but a path and the key
   * @param flags beside those that every test wants
   * @param heapMebibytes the most that its heap may be
   */
  record Launch(
      Path data,
      List<String> prefix,
      String classPath,
      boolean bare,
      List<String> flags,
      int heapMebibytes) {
    private static final int HEAP_MEBIBYTES = 256;

    Launch(Path data, List<String> prefix, String classPath, boolean bare, List<String> flags) {
      this(data, prefix, classPath, bare, flags, HEAP_MEBIBYTES);
    }

    /** The same with another heap. */
    Launch withHeap(int mebibytes) {
      return new Launch(data, prefix, classPath, bare, flags, mebibytes);
    }

    /** As the test JVM's user, from its class path. */
    static Launch on(Path data, String... flags) {
      return new Launch(
          data, List.of(), System.getProperty("java.class.path"), false, List.of(flags));
    }

    /** Starts it and returns when it is ready. */
    ServerProcess start() throws IOException, InterruptedException {
      Path log = Files.createTempFile(data.toAbsolutePath().getParent(), "boathook-", ".log");
      Process process = process(log);
      boolean started = false;
      try {
        Ports ports = ports(process).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        started = true;
        return new ServerProcess(data, process, log, ports);
      } catch (ExecutionException | TimeoutException e) {
        throw new AssertionError("not ready; it said: " + Files.readString(log), e);
      } finally {
        if (!started) {
          end(process, data);
          Files.delete(log);
        }
      }
    }

    /** Starts one that must refuse to run, and waits for its end. */
    Refusal refused() throws IOException, InterruptedException {
      Path log = Files.createTempFile(data.toAbsolutePath().getParent(), "boathook-", ".log");
      Process process = process(log);
      try {
        CompletableFuture<Ports> ready = ports(process);
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          throw new AssertionError("it runs: " + ready + "; it said: " + Files.readString(log));
        }
        return new Refusal(process.exitValue(), Files.readString(log));
      } finally {
        process.destroyForcibly();
        Files.delete(log);
      }
    }

    private Process process(Path log) throws IOException {
      List<String> command = new ArrayList<>(prefix);
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
      command.add("-Xmx" + heapMebibytes + "m");
      command.addAll(List.of("-cp", classPath, Main.class.getName(), "serve"));
      command.addAll(List.of("--data", data.toString(), "--host", "127.0.0.1"));
      command.addAll(List.of("--allow-net", "127.0.0.0/8"));
      for (String port : List.of("--port", "--admin-port")) {
        if (!flags.contains(port)) {
          command.addAll(List.of(port, "0"));
        }
      }
      command.addAll(flags);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.directory(Path.of("/").toFile());
      builder.environment().keySet().removeIf(name -> !name.equals("PATH") && isUnwanted(name));
      builder.environment().put("BOATHOOK_ADMIN_KEY", TestingServer.KEY);
      return builder.redirectError(log.toFile()).start();
    }

    private boolean isUnwanted(String name) {
      return bare || name.startsWith("BOATHOOK_");
    }
  }

  /**
   * How a server ended that would not run.
   *
   * @param status its exit status
   * @param said its log and its complaint
   */
  record Refusal(int status, String said) {}

  /** Reads the addresses that it prints when it is ready, and goes on reading until its end. */
  private static CompletableFuture<Ports> ports(Process process) {
    CompletableFuture<Ports> ports = new CompletableFuture<>();
    // Reading from a process would hold the carrier of a virtual thread.
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          int open = 0;
          try (BufferedReader lines = process.inputReader(UTF_8)) {
            for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
              Matcher address = ADDRESS.matcher(line);
              if (address.matches() && address.group(1).equals("public")) {
                open = Integer.parseInt(address.group(2));
              } else if (address.matches()) {
                ports.complete(new Ports(open, Integer.parseInt(address.group(2))));
              }
            }
            ports.completeExceptionally(new IOException("it ended"));
          } catch (IOException e) {
            ports.completeExceptionally(e);
          }
        });
    return ports;
  }

  /** The port of the public listener. */
  int publicPort() {
    return ports.open();
  }

  /** The port of the admin listener. */
  int adminPort() {
    return ports.admin();
  }

  /** Whether the process lives. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** The process, to be stopped and let go on. */
  ProcessHandle handle() {
    return process.toHandle();
  }

  /** What it has logged. */
  String log() throws IOException {
    return Files.readString(log);
  }

  /** The postmaster of its data folder, if one runs. */
  Optional<ProcessHandle> postgres() throws IOException {
    return postgres(data);
  }

  private static Optional<ProcessHandle> postgres(Path data) throws IOException {
    Path file = data.resolve("postgresql/data/postmaster.pid");
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      String first = lines.readLine();
      return first == null || !first.matches("[0-9]+")
          ? Optional.empty()
          : ProcessHandle.of(Long.parseLong(first))
              .filter(found -> found.info().command().orElse("").endsWith("postgres"));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** SIGKILL; returns when it is dead. PostgreSQL lives on. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** SIGKILL for its postmaster. */
  void killPostgres() throws IOException {
    ProcessHandle postmaster = postgres().orElseThrow();
    postmaster.destroyForcibly();
    postmaster.onExit().join();
  }

  /** A fast shutdown of its PostgreSQL, which it starts again; returns when that one has ended. */
  void restartPostgres() throws IOException {
    ProcessHandle postmaster = postgres().orElseThrow();
    assertThat(
            new ProcessBuilder("/bin/sh", "-c", "kill -INT " + postmaster.pid())
                .inheritIO()
                .start()
                .onExit()
                .join()
                .exitValue())
        .isZero();
    postmaster.onExit().join();
  }

  /** SIGTERM; returns when it has ended. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("it did not stop in " + PATIENCE.toSeconds() + " s");
    }
  }

  /** What the JDK's tool of this name says to a command for the server's Java. */
  String jcmd(String command) throws IOException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process tool =
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), command)
            .redirectErrorStream(true)
            .start();
    return new String(tool.getInputStream().readAllBytes(), UTF_8);
  }

  /** A request to the public listener. */
  HttpRequest.Builder open(String path) {
    return request(publicPort(), path);
  }

  /** A request to the admin listener, with the key. */
  HttpRequest.Builder admin(String path) {
    return request(adminPort(), path).header("Authorization", "Bearer " + TestingServer.KEY);
  }

  private static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(ANSWER_TIMEOUT);
  }

  /** Sends it and waits for the answer, 30 s at most. */
  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /** What the API answers to a GET that succeeds. */
  JsonNode get(String path) throws IOException, InterruptedException {
    return succeeded(send(admin(path).GET()));
  }

  /** What the API answers to a POST that succeeds. */
  JsonNode post(String path, String json) throws IOException, InterruptedException {
    return succeeded(
        send(
            admin(path)
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(json))));
  }

  private static JsonNode succeeded(HttpResponse<String> answer) {
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(answer.uri() + " answered " + answer.statusCode() + answer.body());
    }
    return JsonMapper.shared().readTree(answer.body());
  }

  /** Ends it in any case, and its PostgreSQL. */
  @Override
  public void close() throws IOException {
    http.shutdownNow();
    end(process, data);
    Files.deleteIfExists(log);
  }

  /** Starts a server that was killed again, on its folder, where PostgreSQL may run still. */
  ServerProcess again() throws IOException, InterruptedException {
    http.shutdownNow();
    Files.deleteIfExists(log);
    return Launch.on(data).start();
  }

  private static void end(Process process, Path data) throws IOException {
    process.destroy();
    process
        .onExit()
        .completeOnTimeout(process, PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .thenAccept(Process::destroyForcibly)
        .join();
    process.onExit().join();
    Optional<ProcessHandle> left = postgres(data);
    if (left.isPresent()) {
      left.get().destroyForcibly();
      left.get().onExit().join();
    }
  }

  /** The entries of the test JVM's class path. */
  static List<Path> classPath() {
    return List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)).stream()
        .map(Path::of)
        .toList();
  }
}
