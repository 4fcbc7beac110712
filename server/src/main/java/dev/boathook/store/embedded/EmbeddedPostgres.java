package dev.boathook.store.embedded;

import dev.boathook.store.embedded.EmbeddedPostgresException.Code;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running PostgreSQL server of our own, on a data folder that this process holds.
 *
 * <p>It listens on 127.0.0.1 only and commits durably. When it ends by itself, it is started again
 * on the same port, for ever; the JDBC URL stays valid until {@link #close}. It outlives a killed
 * JVM; the next start on the folder stops it and begins anew. The owner calls {@link #close} when
 * the JVM ends: there is no shutdown hook here.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  /** The role of the program: owns the database, has no other right. */
  public static final String USER = "boathook";

  /** The program's database. */
  public static final String DATABASE = "boathook";

  /** The cluster's superuser, for maintenance by hand; it has the same password. */
  public static final String ADMINISTRATOR = "postgres";

  private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);

  private static final String LOOPBACK = "127.0.0.1";
  private static final int MAX_CONNECTIONS = 60;
  private static final int MAX_PORTS_TRIED = 10;
  private static final long LOG_MAX_BYTES = 8L << 20;
  private static final Duration READY_POLL = Duration.ofMillis(5);

  /** Recovery after a crash replays at most some {@code max_wal_size}: minutes on a slow disk. */
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(15);

  private static final Duration FAST_STOP_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration IMMEDIATE_STOP_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(10);

  /** A server that ran this long was sound: the next restart is again immediate. */
  private static final Duration STABLE_AFTER = Duration.ofSeconds(30);

  private final DataFolder folder;
  private final Binaries binaries;
  private final RunAs runAs;
  private final int sharedBuffersMebibytes;
  private final RestartListener listener;
  private final String password;
  private final PostgresLog serverLog;
  private final CompletableFuture<Void> closing = new CompletableFuture<>();

  private volatile int port;
  private volatile @Nullable Process postmaster;
  private volatile @Nullable Thread supervisor;

  /**
   * Of the last postmaster; used by the thread that starts and stops it, which is one at a time.
   */
  private PostgresLog.@Nullable Copy output;

  /**
   * What the operator can choose.
   *
   * @param dataDirectory made if it is not there
   * @param port the port on 127.0.0.1; 0 picks a free one at each start
   * @param binariesDirectory where PostgreSQL's programs are unpacked, shared by any number of data
   *     folders; null for {@code $XDG_CACHE_HOME/boathook} or {@code ~/.cache/boathook}, or inside
   *     the data folder when that cannot be written
   * @param sharedBuffersMebibytes PostgreSQL's own cache
   */
  public record Options(
      Path dataDirectory, int port, @Nullable Path binariesDirectory, int sharedBuffersMebibytes) {
    /** Enough for the hot set of a small machine. */
    public static final int DEFAULT_SHARED_BUFFERS_MEBIBYTES = 128;

    private static final int MIN_SHARED_BUFFERS_MEBIBYTES = 16;
    private static final int MAX_SHARED_BUFFERS_MEBIBYTES = 64 * 1024;
    private static final int MAX_PORT = 65_535;

    public Options {
      if (port < 0 || port > MAX_PORT) {
        throw new IllegalArgumentException("port must be 0 to %d: %d".formatted(MAX_PORT, port));
      }
      if (sharedBuffersMebibytes < MIN_SHARED_BUFFERS_MEBIBYTES
          || sharedBuffersMebibytes > MAX_SHARED_BUFFERS_MEBIBYTES) {
        throw new IllegalArgumentException(
            "sharedBuffersMebibytes must be %d to %d: %d"
                .formatted(
                    MIN_SHARED_BUFFERS_MEBIBYTES,
                    MAX_SHARED_BUFFERS_MEBIBYTES,
                    sharedBuffersMebibytes));
      }
    }

    /** The defaults for this data folder. */
    public static Options of(Path dataDirectory) {
      return new Options(dataDirectory, 0, null, DEFAULT_SHARED_BUFFERS_MEBIBYTES);
    }

    /** The same on this port. */
    public Options withPort(int newPort) {
      return new Options(dataDirectory, newPort, binariesDirectory, sharedBuffersMebibytes);
    }

    /** The same with the programs there. */
    public Options withBinariesDirectory(Path directory) {
      return new Options(dataDirectory, port, directory, sharedBuffersMebibytes);
    }
  }

  /** Gives a port that is probably free. */
  @FunctionalInterface
  interface FreePort {
    int pick() throws IOException;
  }

  private EmbeddedPostgres(
      DataFolder folder,
      Binaries binaries,
      RunAs runAs,
      Options options,
      SecureRandom random,
      RestartListener listener)
      throws EmbeddedPostgresException {
    this.folder = folder;
    this.binaries = binaries;
    this.runAs = runAs;
    this.sharedBuffersMebibytes = options.sharedBuffersMebibytes();
    this.listener = listener;
    this.password = folder.prepare(binaries, runAs, random);
    this.serverLog = new PostgresLog(folder.logFile(), LOG_MAX_BYTES);
  }

  /**
   * Starts PostgreSQL, making the data folder and the cluster first if they are not there, and
   * returns when it answers.
   *
   * @param random makes the password of a new cluster
   * @param listener hears of restarts
   */
  public static EmbeddedPostgres start(
      Options options, SecureRandom random, RestartListener listener)
      throws EmbeddedPostgresException {
    return start(options, random, listener, RunAs.detect(), EmbeddedPostgres::freePort);
  }

  static EmbeddedPostgres start(
      Options options,
      SecureRandom random,
      RestartListener listener,
      RunAs runAs,
      FreePort freePort)
      throws EmbeddedPostgresException {
    DataFolder folder = DataFolder.open(options.dataDirectory());
    boolean started = false;
    try {
      Binaries binaries = Binaries.provide(binariesFolders(options, folder, runAs));
      EmbeddedPostgres postgres =
          new EmbeddedPostgres(folder, binaries, runAs, options, random, listener);
      postgres.startFirst(options.port(), freePort);
      started = true;
      return postgres;
    } finally {
      if (!started) {
        folder.close();
      }
    }
  }

  private static List<Path> binariesFolders(Options options, DataFolder folder, RunAs runAs) {
    Path chosen = options.binariesDirectory();
    if (chosen != null) {
      return List.of(chosen);
    }
    Path inData = folder.root().resolve("programs");
    if (runAs.otherUser()) {
      // Root's home, and so its cache, is closed to everybody else.
      return List.of(inData);
    }
    String cache = System.getenv("XDG_CACHE_HOME");
    // The specification says to ignore a relative path.
    Path shared =
        cache != null && cache.startsWith("/")
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    return List.of(shared.resolve("boathook"), inData);
  }

  /** Where to connect; valid until {@link #close}. */
  public String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s".formatted(LOOPBACK, port, DATABASE);
  }

  /** The role to connect as. */
  public String user() {
    return USER;
  }

  /** The password of the role; never to be logged. */
  public String password() {
    return password;
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The process id of the postmaster; of the last one while it is being restarted. */
  public long pid() {
    Process process = postmaster;
    if (process == null) {
      throw new IllegalStateException("not started");
    }
    return process.pid();
  }

  /**
   * Stops PostgreSQL: a fast shutdown, an immediate one when that takes more than 30 s, and then by
   * force. Returns when it has ended and the folder is free. Safe at any time and more than once.
   */
  @Override
  public void close() {
    closing.complete(null);
    Thread thread = supervisor;
    if (thread == null || thread.equals(Thread.currentThread())) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        // Every wait of the supervisor is bounded.
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "EmbeddedPostgres[data=%s, port=%d]".formatted(folder.data(), port);
  }

  private void startFirst(int wantedPort, FreePort freePort) throws EmbeddedPostgresException {
    Process process;
    for (int tried = 1; ; tried++) {
      try {
        port = wantedPort == 0 ? freePort.pick() : wantedPort;
        process = launch();
        break;
      } catch (IOException e) {
        throw new EmbeddedPostgresException(
            Code.START_FAILED,
            "PostgreSQL on %s cannot be started: %s".formatted(folder.data(), e),
            e);
      } catch (EmbeddedPostgresException e) {
        // Somebody took the port between our look and PostgreSQL's bind.
        boolean another =
            e.code() == Code.PORT_IN_USE && wantedPort == 0 && tried < MAX_PORTS_TRIED;
        if (!another) {
          throw e;
        }
      }
    }
    log.info(
        "PostgreSQL runs on port {} (process {}, data {})", port, process.pid(), folder.data());
    Process first = process;
    supervisor =
        Thread.ofPlatform().daemon().name("boathook-postgres").start(() -> supervise(first));
  }

  /** Starts a postmaster on {@link #port} and returns when it is ready. */
  private Process launch() throws EmbeddedPostgresException, IOException {
    new Leftovers(folder.data()).clear();
    Process process = Command.builder(runAs.detachedCommand(arguments()), folder.home()).start();
    process.getOutputStream().close();
    output = serverLog.follow(process.getInputStream());
    boolean ready = false;
    try {
      awaitReady(process);
      ready = true;
      postmaster = process;
      return process;
    } finally {
      if (!ready) {
        stop(process);
      }
    }
  }

  private List<String> arguments() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("listen_addresses", LOOPBACK);
    settings.put("port", Integer.toString(port));
    settings.put("unix_socket_directories", "");
    settings.put("max_connections", Integer.toString(MAX_CONNECTIONS));
    settings.put("shared_buffers", sharedBuffersMebibytes + "MB");
    settings.put("fsync", "on");
    settings.put("synchronous_commit", "on");
    settings.put("full_page_writes", "on");
    settings.put("max_wal_size", "1GB");
    settings.put("checkpoint_completion_target", "0.9");
    // The programs are built without lz4 and zstd.
    settings.put("wal_compression", "pglz");
    settings.put("jit", "off");
    settings.put("timezone", "UTC");
    settings.put("log_timezone", "UTC");
    // Our pipe is the log; a statement's text may hold what must not be written anywhere.
    settings.put("logging_collector", "off");
    settings.put("log_destination", "stderr");
    settings.put("log_min_error_statement", "panic");
    // Without the DETAIL lines, which hold values of rows.
    settings.put("log_error_verbosity", "terse");
    settings.put("log_checkpoints", "off");
    List<String> arguments = new ArrayList<>();
    arguments.add(binaries.program("postgres"));
    arguments.add("-D");
    arguments.add(folder.data().toString());
    settings.forEach((name, value) -> {
      arguments.add("-c");
      arguments.add(name + "=" + value);
    });
    return arguments;
  }

  private void awaitReady(Process process) throws EmbeddedPostgresException, IOException {
    long polls = READY_TIMEOUT.dividedBy(READY_POLL);
    for (long poll = 0; poll < polls; poll++) {
      if (waitFor(process, READY_POLL)) {
        throw ended(process);
      }
      boolean ready =
          PostmasterFile.read(folder.data())
              .filter(file -> file.pid() == process.pid() && file.ready())
              .isPresent();
      if (ready) {
        return;
      }
      if (closing.isDone()) {
        throw new EmbeddedPostgresException(
            Code.START_FAILED, "Closed while PostgreSQL was starting.");
      }
    }
    throw new EmbeddedPostgresException(
        Code.START_FAILED,
        "PostgreSQL on %s was not ready after %d minutes; see %s. A slow disk? Start it again and it"
                .formatted(folder.data(), READY_TIMEOUT.toMinutes(), serverLog.file())
            + " goes on recovering.");
  }

  private EmbeddedPostgresException ended(Process process) throws InterruptedIOException {
    String said = endOfOutput();
    // English, since LC_ALL is C.
    if (said.contains("could not bind") || said.contains("could not create any TCP/IP sockets")) {
      return new EmbeddedPostgresException(
          Code.PORT_IN_USE,
          "Port %d on %s belongs to another program: stop that one or choose another port."
              .formatted(port, LOOPBACK));
    }
    return new EmbeddedPostgresException(
        Code.START_FAILED,
        "PostgreSQL on %s ended with status %d while starting; mend what it says and start again. It said: %s"
            .formatted(folder.data(), process.exitValue(), said));
  }

  private String endOfOutput() throws InterruptedIOException {
    PostgresLog.Copy copy = output;
    try {
      return copy == null ? "" : copy.end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading what PostgreSQL said");
    }
  }

  private void supervise(Process first) {
    Process process = first;
    int restarts = 0;
    try {
      while (true) {
        CompletableFuture<?> endedOrClosing = CompletableFuture.anyOf(process.onExit(), closing);
        if (!within(endedOrClosing, STABLE_AFTER)) {
          restarts = 0;
          endedOrClosing.join();
        }
        if (closing.isDone()) {
          return;
        }
        log.error(
            "PostgreSQL (process {}) ended by itself with status {}; restarting it. Its log: {}",
            process.pid(),
            process.exitValue(),
            serverLog.file());
        Process next = restart(restarts++);
        if (next == null) {
          return;
        }
        process = next;
      }
    } finally {
      stop(process);
      folder.close();
    }
  }

  /** Tries until it runs or we are closed (then null). */
  private @Nullable Process restart(int earlierRestarts) {
    for (int tried = earlierRestarts; ; tried++) {
      if (tried > 0 && within(closing, backoff(tried))) {
        return null;
      }
      if (closing.isDone()) {
        return null;
      }
      try {
        Process process = launch();
        log.warn("PostgreSQL runs again on port {} (process {})", port, process.pid());
        tell(process.pid());
        return process;
      } catch (EmbeddedPostgresException | IOException e) {
        if (!closing.isDone()) {
          log.error("PostgreSQL could not be restarted; trying again: {}", e.getMessage());
        }
      }
    }
  }

  private void tell(long pid) {
    try {
      listener.onRestart(pid);
    } catch (RuntimeException e) {
      log.error("A listener to restarts failed", e);
    }
  }

  private static Duration backoff(int tried) {
    // Shifting by more than this exceeds the maximum anyway.
    Duration backoff = FIRST_BACKOFF.multipliedBy(1L << Math.min(tried - 1, 10));
    return backoff.compareTo(MAX_BACKOFF) < 0 ? backoff : MAX_BACKOFF;
  }

  private static boolean within(CompletableFuture<?> future, Duration atMost) {
    try {
      future.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the supervisor", e);
    }
  }

  private void stop(Process process) {
    if (!process.isAlive()) {
      return;
    }
    try {
      Signal.INT.send(process.pid());
      if (waitFor(process, FAST_STOP_TIMEOUT)) {
        String ignored = endOfOutput();
        return;
      }
      log.error(
          "PostgreSQL (process {}) did not stop within {} s; stopping it at once. The next start"
              + " recovers.",
          process.pid(),
          FAST_STOP_TIMEOUT.toSeconds());
      Signal.QUIT.send(process.pid());
      if (waitFor(process, IMMEDIATE_STOP_TIMEOUT)) {
        return;
      }
      List<ProcessHandle> tree = process.descendants().toList();
      process.destroyForcibly();
      tree.forEach(ProcessHandle::destroyForcibly);
      if (!waitFor(process, KILL_TIMEOUT)) {
        log.error("PostgreSQL (process {}) did not end, even when killed", process.pid());
      }
    } catch (InterruptedIOException e) {
      process.destroyForcibly();
    }
  }

  private static boolean waitFor(Process process, Duration atMost) throws InterruptedIOException {
    try {
      return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for PostgreSQL");
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(LOOPBACK))) {
      return socket.getLocalPort();
    }
  }
}
