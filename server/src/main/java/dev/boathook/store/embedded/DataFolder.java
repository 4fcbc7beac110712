package dev.boathook.store.embedded;

import dev.boathook.store.embedded.EmbeddedPostgresException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data folder, held by this process from {@link #open} to {@link #close}.
 *
 * <pre>
 * boathook.lock            locked while a process uses the folder; says its pid
 * postgresql/              mode 0700; appears whole, by a rename, when initdb is done
 *   data/                  the cluster
 *   password               mode 0600; of the roles boathook and postgres
 *   postgresql.log[.1]
 * postgresql.new-…         an unfinished initdb; deleted at the next start
 * </pre>
 */
final class DataFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DataFolder.class);

  private static final String NEW_PREFIX = "postgresql.new-";
  private static final Duration INITDB_TIMEOUT = Duration.ofMinutes(5);
  private static final int PASSWORD_BYTES = 32;
  private static final int MAX_LOCK_BYTES = 64;

  /**
   * The folders that this process holds. A POSIX lock does not exclude its own process, and closing
   * any second channel on the file would release it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path root;
  private final FileChannel lock;

  private DataFolder(Path root, FileChannel lock) {
    this.root = root;
    this.lock = lock;
  }

  /** Makes the folder (mode 0700) if it is not there, and takes it for this process. */
  static DataFolder open(Path folder) throws EmbeddedPostgresException {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder.toAbsolutePath());
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
      }
      Path root = folder.toRealPath();
      if (!HELD.add(root)) {
        throw inUse(root, Long.toString(ProcessHandle.current().pid()));
      }
      FileChannel channel = null;
      boolean locked = false;
      try {
        channel =
            FileChannel.open(
                root.resolve("boathook.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        lock(root, channel);
        locked = true;
        return new DataFolder(root, channel);
      } finally {
        if (!locked) {
          if (channel != null) {
            channel.close();
          }
          HELD.remove(root);
        }
      }
    } catch (IOException e) {
      throw unusable(folder, e);
    }
  }

  private static void lock(Path root, FileChannel channel)
      throws IOException, EmbeddedPostgresException {
    // Held until the channel is closed or the process ends, however it ends.
    FileLock lock = channel.tryLock();
    if (lock == null) {
      ByteBuffer content = ByteBuffer.allocate(MAX_LOCK_BYTES);
      channel.read(content, 0);
      throw inUse(root, StandardCharsets.US_ASCII.decode(content.flip()).toString().strip());
    }
    channel.truncate(0);
    channel.write(
        ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)),
        0);
  }

  private static EmbeddedPostgresException inUse(Path root, String pid) {
    return new EmbeddedPostgresException(
        Code.DATA_DIRECTORY_IN_USE,
        "The data folder %s is in use by another Boathook (process %s). Stop that one, or give this"
                .formatted(root, pid)
            + " one another folder with --data.");
  }

  private static EmbeddedPostgresException unusable(Path folder, IOException cause) {
    return new EmbeddedPostgresException(
        Code.DATA_DIRECTORY_UNUSABLE,
        "Cannot use the data folder %s: %s. Make it writable for this user, with space free, or give"
                .formatted(folder, cause)
            + " another with --data.",
        cause);
  }

  Path root() {
    return root;
  }

  Path home() {
    return root.resolve("postgresql");
  }

  Path data() {
    return home().resolve("data");
  }

  Path logFile() {
    return home().resolve("postgresql.log");
  }

  private Path passwordFile() {
    return home().resolve("password");
  }

  /**
   * Makes the cluster if there is none, checks the one that is there, and sees that the server's
   * user owns it.
   *
   * @return the password of the roles
   */
  String prepare(Binaries binaries, RunAs runAs, SecureRandom random)
      throws EmbeddedPostgresException {
    try {
      deleteUnfinished();
      runAs.openWay(root);
      if (!Files.exists(home())) {
        initialize(binaries, runAs, random);
      }
      Path versionFile = data().resolve("PG_VERSION");
      if (!Files.exists(versionFile)) {
        throw new EmbeddedPostgresException(
            Code.DATA_DIRECTORY_UNUSABLE,
            "%s is not a PostgreSQL cluster, or a damaged one: put a backup in its place, or give"
                    .formatted(data())
                + " another folder with --data.");
      }
      String version = Files.readString(versionFile).strip();
      if (!version.equals(binaries.majorVersion())) {
        throw new EmbeddedPostgresException(
            Code.DATA_DIRECTORY_VERSION,
            "The cluster in %s was made by PostgreSQL %s, and this Boathook brings %s. Run the"
                    .formatted(data(), version, binaries.majorVersion())
                + " Boathook that made it, dump its database there and restore it into a new data"
                + " folder; or give another folder with --data.");
      }
      if (!Files.exists(passwordFile())) {
        throw new EmbeddedPostgresException(
            Code.DATA_DIRECTORY_UNUSABLE,
            "The file %s is gone, and without it nobody can log in: put it back from a copy of the"
                    .formatted(passwordFile())
                + " data folder.");
      }
      runAs.own(home());
      return Files.readString(passwordFile()).strip();
    } catch (IOException e) {
      throw unusable(root, e);
    }
  }

  private void deleteUnfinished() throws IOException {
    try (Stream<Path> paths = Files.list(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        if (path.getFileName().toString().startsWith(NEW_PREFIX)) {
          try {
            Folders.delete(path);
          } catch (IOException e) {
            // An initdb that outlived its owner may be writing to it still.
            log.info("Could not delete {} yet: {}", path, e.toString());
          }
        }
      }
    }
  }

  private void initialize(Binaries binaries, RunAs runAs, SecureRandom random)
      throws IOException, EmbeddedPostgresException {
    Path unfinished = Files.createTempDirectory(root, NEW_PREFIX);
    try {
      String password = password(random);
      Path passwordFile =
          Files.createFile(
              unfinished.resolve("password"),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (FileChannel channel = FileChannel.open(passwordFile, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap((password + "\n").getBytes(StandardCharsets.US_ASCII)));
        channel.force(true);
      }
      runAs.own(unfinished);
      Path data = unfinished.resolve("data");
      // The builtin provider's order of text comes with PostgreSQL, so that no upgrade of the
      // system's locales can corrupt an index, and no locale need be installed.
      check(
          "initdb",
          runAs,
          Command.run(
              runAs.command(
                  List.of(
                      binaries.program("initdb"),
                      "--pgdata=" + data,
                      "--username=" + EmbeddedPostgres.ADMINISTRATOR,
                      "--pwfile=" + passwordFile,
                      "--auth=scram-sha-256",
                      "--encoding=UTF8",
                      "--locale=C",
                      "--locale-provider=builtin",
                      "--builtin-locale=C.UTF-8",
                      "--data-checksums",
                      "--no-instructions")),
              root,
              "",
              INITDB_TIMEOUT));
      // In single-user mode, so that the cluster never exists without its role and database. The
      // password goes through a pipe: a command line can be seen by everybody.
      check(
          "creating the database",
          runAs,
          Command.run(
              runAs.command(
                  List.of(
                      binaries.program("postgres"),
                      "--single",
                      "-D",
                      data.toString(),
                      "-c",
                      "exit_on_error=on",
                      "-c",
                      "log_min_error_statement=panic",
                      EmbeddedPostgres.ADMINISTRATOR)),
              root,
              """
              CREATE ROLE %1$s LOGIN PASSWORD '%2$s'
              CREATE DATABASE %3$s OWNER %1$s
              """
                  .formatted(EmbeddedPostgres.USER, password, EmbeddedPostgres.DATABASE),
              INITDB_TIMEOUT));
      Folders.sync(unfinished);
      Files.move(unfinished, home(), StandardCopyOption.ATOMIC_MOVE);
      Folders.sync(root);
    } finally {
      Folders.delete(unfinished);
    }
  }

  private void check(String step, RunAs runAs, Command.Result result)
      throws EmbeddedPostgresException {
    if (!result.succeeded()) {
      String hint =
          runAs.otherUser()
              ? " PostgreSQL runs as the user with uid %d, who must be able to reach this folder."
                  .formatted(runAs.uid())
              : "";
      throw new EmbeddedPostgresException(
          Code.INITIALIZATION_FAILED,
          "Making the cluster in %s failed (%s, status %d); mend what it says and start again.%s It said: %s"
              .formatted(root, step, result.exitStatus(), hint, result.output()));
    }
  }

  private static String password(SecureRandom random) {
    byte[] bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Lets go of the folder. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      log.warn("Could not release the data folder {}", root, e);
    } finally {
      HELD.remove(root);
    }
  }
}
