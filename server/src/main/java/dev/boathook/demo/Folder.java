package dev.boathook.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The temporary folder of one demo; it leaves with all that is in it. */
final class Folder {
  private static final int ORPHAN_SECONDS = 10;

  private final Path root;

  Folder() throws IOException {
    this.root = Files.createTempDirectory("boathook-demo-");
  }

  /** Where it is. */
  Path root() {
    return root;
  }

  /** The server's own. */
  Path data() {
    return root.resolve("data");
  }

  /** What the server prints. */
  Path output() {
    return root.resolve("server.log");
  }

  /** Removes it. A PostgreSQL that still runs in it, its server killed, is ended before. */
  void remove() throws IOException, InterruptedException {
    Optional<ProcessHandle> orphan = orphan();
    if (orphan.isPresent()) {
      orphan.get().destroyForcibly();
      try {
        orphan.get().onExit().get(ORPHAN_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new IOException("PostgreSQL, process " + orphan.get().pid() + ", does not end", e);
      }
    }
    delete();
  }

  /** The postmaster that is named in the folder, if that process is one and works on the folder. */
  private Optional<ProcessHandle> orphan() throws IOException {
    Path cluster = data().resolve("postgresql").resolve("data");
    Path pidFile = cluster.resolve("postmaster.pid");
    if (!Files.isRegularFile(pidFile)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(pidFile, StandardCharsets.ISO_8859_1);
    String pid = lines.isEmpty() ? "" : lines.getFirst().strip();
    return pid.matches("[1-9][0-9]{0,9}")
        ? ProcessHandle.of(Long.parseLong(pid)).filter(process -> isPostgres(process, cluster))
        : Optional.empty();
  }

  private static boolean isPostgres(ProcessHandle process, Path cluster) {
    String line = process.info().commandLine().orElse("");
    return line.contains("postgres") && line.contains(cluster.toString());
  }

  private void delete() throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            // A killed PostgreSQL's processes may still be tidying up.
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failed)
              throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
