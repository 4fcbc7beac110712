package dev.boathook.store.embedded;

import dev.boathook.store.embedded.EmbeddedPostgresException.Code;
import java.io.BufferedInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL's programs, unpacked once from the class path into a folder that any number of data
 * folders and processes share.
 *
 * <p>The folder's name contains the archive's checksum, so another version never meets this one.
 * Each process unpacks into a temporary folder and renames it; of two at once, one wins and both
 * use the winner's.
 *
 * @param home the folder with {@code bin}, {@code lib} and {@code share}
 * @param majorVersion PostgreSQL's major version, as in {@code PG_VERSION} of a cluster
 */
record Binaries(Path home, String majorVersion) {
  private static final Logger log = LoggerFactory.getLogger(Binaries.class);

  private static final String MARKER = ".boathook-complete";
  private static final Pattern VERSION = Pattern.compile("postgres \\(PostgreSQL\\) (\\d+)\\b.*");
  private static final Duration VERSION_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration ABANDONED_AFTER = Duration.ofHours(1);
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final int ANY_EXECUTE_BIT = 0111;

  /** What an unpacked folder must hold; a power cut can leave files that are named but empty. */
  private record Content(String majorVersion, long files, long bytes) {
    static Optional<Content> parse(String marker) {
      List<String> words = List.of(marker.strip().split(" ", -1));
      try {
        return words.size() == 3
            ? Optional.of(
                new Content(
                    words.get(0), Long.parseLong(words.get(1)), Long.parseLong(words.get(2))))
            : Optional.empty();
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }

    String marker() {
      return majorVersion + " " + files + " " + bytes + "\n";
    }
  }

  /**
   * Finds the programs under the first of these folders that can be used, unpacking them if they
   * are not there yet.
   */
  static Binaries provide(List<Path> folders) throws EmbeddedPostgresException {
    URL archive = archive();
    String name = folderName(archive);
    IOException failure = null;
    for (Path folder : folders) {
      Path home = folder.resolve(name);
      try {
        Optional<Binaries> ready = unpacked(home);
        return ready.isPresent() ? ready.get() : unpack(archive, folder, home);
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    throw new EmbeddedPostgresException(
        Code.BINARIES_UNUSABLE,
        "Cannot unpack PostgreSQL's programs into %s: %s. Make a folder writable with 100 MB free,"
                .formatted(folders, failure)
            + " and on a file system that is not mounted noexec.",
        failure);
  }

  /** The path of one of the programs. */
  String program(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  private static URL archive() throws EmbeddedPostgresException {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String os = system.startsWith("mac") ? "darwin" : system;
    String machine = System.getProperty("os.arch");
    String arch =
        switch (machine) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64" -> "arm_64";
          default -> machine;
        };
    URL archive = Binaries.class.getResource("/postgres-" + os + "-" + arch + ".txz");
    if (archive == null) {
      throw new EmbeddedPostgresException(
          Code.BINARIES_UNUSABLE,
          "This build has no PostgreSQL for %s on %s: build Boathook on such a machine, or give it"
                  .formatted(os, machine)
              + " a database with --database-url.");
    }
    return archive;
  }

  private static String folderName(URL archive) throws EmbeddedPostgresException {
    String file = archive.getPath();
    String name = file.substring(file.lastIndexOf('/') + 1).replace(".txz", "");
    try {
      URLConnection connection = archive.openConnection();
      // The jar's directory knows the checksum; reading 15 MB at each start would cost more.
      long identity =
          connection instanceof JarURLConnection jar && jar.getJarEntry() != null
              ? jar.getJarEntry().getCrc()
              : connection.getContentLengthLong();
      return name + "-" + HexFormat.of().toHexDigits(identity, 8);
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          Code.BINARIES_UNUSABLE,
          "Cannot read PostgreSQL's programs from %s: install Boathook anew.".formatted(archive),
          e);
    }
  }

  private static Optional<Binaries> unpacked(Path home) throws IOException {
    Path marker = home.resolve(MARKER);
    if (!Files.exists(marker)) {
      return Optional.empty();
    }
    Optional<Content> expected = Content.parse(Files.readString(marker));
    if (expected.isEmpty() || !expected.get().equals(measure(home, expected.get().majorVersion))) {
      log.warn("PostgreSQL's programs in {} are incomplete; unpacking them again", home);
      return Optional.empty();
    }
    return Optional.of(new Binaries(home, expected.get().majorVersion));
  }

  private static Content measure(Path home, String majorVersion) throws IOException {
    long[] filesAndBytes = new long[2];
    Files.walkFileTree(
        home,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !file.endsWith(MARKER)) {
              filesAndBytes[0]++;
              filesAndBytes[1] += attributes.size();
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return new Content(majorVersion, filesAndBytes[0], filesAndBytes[1]);
  }

  private static Binaries unpack(URL archive, Path folder, Path home) throws IOException {
    Files.createDirectories(folder);
    String prefix = home.getFileName() + ".tmp-";
    Path temporary = Files.createTempDirectory(folder, prefix);
    try {
      deleteAbandoned(folder, prefix, temporary);
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
      extract(archive, temporary);
      String majorVersion = version(temporary);
      Files.writeString(temporary.resolve(MARKER), measure(temporary, majorVersion).marker());
      while (true) {
        try {
          Files.move(temporary, home, StandardCopyOption.ATOMIC_MOVE);
          return new Binaries(home, majorVersion);
        } catch (IOException e) {
          Optional<Binaries> winner = unpacked(home);
          if (winner.isPresent()) {
            return winner.get();
          }
          if (!Files.exists(home)) {
            throw e;
          }
          // Incomplete, so nobody can be using it: move it away whole, then try again.
          Path broken = Files.createTempDirectory(folder, prefix);
          Files.move(home, broken, StandardCopyOption.ATOMIC_MOVE);
          Folders.delete(broken);
        }
      }
    } finally {
      Folders.delete(temporary);
    }
  }

  /** What killed processes left; measured against our own new folder, since file systems differ. */
  private static void deleteAbandoned(Path folder, String prefix, Path ours) throws IOException {
    var newest = Files.getLastModifiedTime(ours).toInstant();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        if (path.getFileName().toString().startsWith(prefix)
            && Files.getLastModifiedTime(path)
                .toInstant()
                .isBefore(newest.minus(ABANDONED_AFTER))) {
          Folders.delete(path);
        }
      }
    }
  }

  private static void extract(URL archive, Path target) throws IOException {
    try (InputStream compressed = new BufferedInputStream(archive.openStream(), BUFFER_BYTES);
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new XZCompressorInputStream(compressed))) {
      byte[] buffer = new byte[BUFFER_BYTES];
      TarArchiveEntry entry;
      while ((entry = tar.getNextEntry()) != null) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("the archive names a path outside of itself: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(path.resolveSibling(""));
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          extractFile(tar, entry, path, buffer);
        }
      }
    }
  }

  private static void extractFile(
      TarArchiveInputStream tar, TarArchiveEntry entry, Path path, byte[] buffer)
      throws IOException {
    Path parent = path.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try (OutputStream out = new FileOutputStream(path.toFile())) {
      int length;
      while ((length = tar.read(buffer)) >= 0) {
        out.write(buffer, 0, length);
      }
    }
    if ((entry.getMode() & ANY_EXECUTE_BIT) != 0) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** Runs the server's program: the proof that what was unpacked works on this system. */
  private static String version(Path home) throws IOException {
    Command.Result result =
        Command.run(
            List.of(home.resolve("bin/postgres").toString(), "--version"),
            home,
            "",
            VERSION_TIMEOUT);
    Matcher matcher = VERSION.matcher(result.output());
    if (!result.succeeded() || !matcher.matches()) {
      throw new IOException(
          "postgres --version said (status %d): %s"
              .formatted(result.exitStatus(), result.output()));
    }
    return matcher.group(1);
  }
}
