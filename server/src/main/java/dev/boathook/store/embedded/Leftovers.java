package dev.boathook.store.embedded;

import dev.boathook.store.embedded.EmbeddedPostgresException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds and ends what an earlier PostgreSQL left on a cluster: a postmaster whose owner was killed,
 * server processes whose postmaster was killed, a {@code postmaster.pid} that names a process of
 * somebody else.
 *
 * <p>A file that names no living process stays: PostgreSQL itself reads it and checks the shared
 * memory that it names. Should we fail to recognise a living server, PostgreSQL refuses to start
 * while anything is attached to the cluster's shared memory, so no mistake here puts two on it.
 */
final class Leftovers {
  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  private static final Duration FAST_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration IMMEDIATE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration SERVER_PROCESS_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(5);

  private final Path data;

  Leftovers(Path data) {
    this.data = data;
  }

  /** Returns when nothing runs on the cluster any more. The caller must hold the data folder. */
  void clear() throws EmbeddedPostgresException, IOException {
    Path pidFile = data.resolve(PostmasterFile.NAME);
    Optional<PostmasterFile> content = PostmasterFile.read(data);
    if (content.isEmpty()) {
      // Empty or torn after a power cut; PostgreSQL would refuse to start over it.
      Files.deleteIfExists(pidFile);
    }
    Optional<ProcessHandle> named = content.flatMap(file -> ProcessHandle.of(file.pid()));
    if (named.isPresent() && named.get().isAlive()) {
      if (isOurs(named.get())) {
        stopPostmaster(named.get());
      } else {
        log.info(
            "{} names process {}, which is not a PostgreSQL of this folder; deleting the file",
            pidFile,
            named.get().pid());
        Files.deleteIfExists(pidFile);
      }
    }
    endServerProcesses();
  }

  private void stopPostmaster(ProcessHandle postmaster) throws EmbeddedPostgresException {
    log.warn(
        "PostgreSQL (process {}) still runs on {} without its owner; stopping it",
        postmaster.pid(),
        data);
    Signal.INT.send(postmaster.pid());
    if (ended(List.of(postmaster), FAST_TIMEOUT)) {
      return;
    }
    Signal.QUIT.send(postmaster.pid());
    if (ended(List.of(postmaster), IMMEDIATE_TIMEOUT)) {
      return;
    }
    postmaster.destroyForcibly();
    if (!ended(List.of(postmaster), KILL_TIMEOUT)) {
      throw notStopped(List.of(postmaster));
    }
  }

  /** Server processes see that their postmaster died and end; one in a long query sees it late. */
  private void endServerProcesses() throws EmbeddedPostgresException {
    List<ProcessHandle> orphans = serverProcesses();
    if (orphans.isEmpty() || ended(orphans, SERVER_PROCESS_TIMEOUT)) {
      return;
    }
    // Nothing is lost: what they had committed is in the write-ahead log, which the next
    // postmaster replays.
    orphans.forEach(ProcessHandle::destroyForcibly);
    if (!ended(orphans, KILL_TIMEOUT)) {
      throw notStopped(orphans);
    }
  }

  /** Only where there is {@code /proc}; elsewhere PostgreSQL's own check makes the start fail. */
  private List<ProcessHandle> serverProcesses() {
    if (!Files.isDirectory(Path.of("/proc/self"))) {
      return List.of();
    }
    return ProcessHandle.allProcesses().filter(this::worksInData).toList();
  }

  private boolean isOurs(ProcessHandle process) {
    return worksInData(process)
        || process
            .info()
            .commandLine()
            .filter(line -> (line + " ").contains("-D " + data + " "))
            .isPresent();
  }

  /** PostgreSQL's processes have the cluster as their working directory. */
  private boolean worksInData(ProcessHandle process) {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    try {
      Path program = Files.readSymbolicLink(proc.resolve("exe")).getFileName();
      // "postgres (deleted)" when the programs were replaced meanwhile.
      return program != null
          && program.toString().startsWith("postgres")
          && Files.readSymbolicLink(proc.resolve("cwd")).equals(data);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean ended(List<ProcessHandle> processes, Duration timeout) {
    CompletableFuture<?>[] exits =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(exits).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private EmbeddedPostgresException notStopped(List<ProcessHandle> processes) {
    return new EmbeddedPostgresException(
        Code.ORPHAN_NOT_STOPPED,
        "PostgreSQL processes %s of an earlier run on %s do not end, even when killed. Look at them"
                .formatted(processes.stream().map(ProcessHandle::pid).toList(), data)
            + " with ps (a hanging disk?), and start Boathook again when they are gone.");
  }
}
