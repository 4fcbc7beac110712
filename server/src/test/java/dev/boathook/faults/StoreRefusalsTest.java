package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.boathook.Boathook;
import dev.boathook.TestingServer;
import dev.boathook.config.Settings;
import dev.boathook.store.StoreException;
import dev.boathook.store.TestingDatabase;
import dev.boathook.world.World;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores and machines on which a server refuses to run, with the reason, and on which it runs. */
class StoreRefusalsTest {
  private static final int NOBODY = 65_534;

  @TempDir private Path folder;

  @Test
  void a_second_server_on_the_folder_is_refused_and_names_the_first() throws Exception {
    try (ServerProcess first = ServerProcess.Launch.on(folder).start()) {
      ServerProcess.Refusal second = ServerProcess.Launch.on(folder).refused();
      assertThat(second.status()).isEqualTo(1);
      assertThat(second.said()).containsPattern("boathook: .*" + folder).contains("process");
      assertThat(refusalOf(settings(Optional.empty(), Optional.empty(), 0, 0)))
          .isEqualTo("data_directory_in_use");
      assertThat(first.get("/v1/accounting").path("balanced").asBoolean()).isTrue();
    }
  }

  @Test
  void a_taken_port_is_refused_by_name_and_leaves_no_database_behind() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      int port = taken.getLocalPort();
      ServerProcess.Refusal refusal =
          ServerProcess.Launch.on(folder, "--port", Integer.toString(port)).refused();
      assertThat(refusal.status()).isEqualTo(1);
      assertThat(refusal.said()).contains("boathook: cannot listen on 127.0.0.1:" + port);
      assertThat(folder.resolve("postgresql/data/postmaster.pid")).doesNotExist();

      Optional<TestingDatabase> database = Optional.of(TestingDatabase.freshDatabase());
      assertThat(refusalOf(settings(database, Optional.empty(), port, 0))).isEqualTo("port_in_use");
      assertThat(refusalOf(settings(database, Optional.empty(), 0, port))).isEqualTo("port_in_use");
    }
  }

  @Test
  void a_database_that_may_lose_commits_is_refused() throws Exception {
    TestingDatabase database = TestingDatabase.freshDatabase();
    try (Connection connection = database.connectAsAdministrator();
        Statement statement = connection.createStatement()) {
      String name = database.url().substring(database.url().lastIndexOf('/') + 1);
      statement.execute("ALTER DATABASE " + name + " SET synchronous_commit = off");
    }
    assertThat(refusalOf(settings(Optional.of(database), Optional.empty(), 0, 0)))
        .isEqualTo("database_not_durable");
  }

  @Test
  void a_database_that_is_not_there_is_refused_without_showing_its_password() throws Exception {
    TestingDatabase nowhere =
        new TestingDatabase("jdbc:postgresql://127.0.0.1:1/none?password=hidden", "u", "secret");
    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(() -> run(settings(Optional.of(nowhere), Optional.empty(), 0, 0)))
        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("database_unreachable"))
        .withMessageContaining("127.0.0.1:1")
        .withMessageNotContaining("hidden")
        .withMessageNotContaining("secret");
  }

  @Test
  void another_sealing_key_than_the_databases_is_refused() throws Exception {
    Optional<TestingDatabase> database = Optional.of(TestingDatabase.freshDatabase());
    run(settings(database, Optional.of(folder.resolve("first.json")), 0, 0));
    assertThat(refusalOf(settings(database, Optional.of(folder.resolve("second.json")), 0, 0)))
        .isEqualTo("sealing_key");
    run(settings(database, Optional.of(folder.resolve("first.json")), 0, 0));
  }

  @Test
  void a_database_of_the_operators_own_is_used_and_none_is_embedded() throws Exception {
    TestingDatabase database = TestingDatabase.freshDatabase();
    String url = database.url() + "?password=" + database.password();
    try (ServerProcess server =
        ServerProcess.Launch.on(folder, "--database-url", url, "--database-user", database.user())
            .start()) {
      server.post("/v1/consumers", "{\"name\":\"c\"}");
      assertThat(folder.resolve("postgresql")).doesNotExist();
    }
  }

  @Test
  void an_environment_without_a_locale_or_a_home_is_enough() throws Exception {
    ServerProcess.Launch plain = ServerProcess.Launch.on(folder);
    try (ServerProcess server =
        new ServerProcess.Launch(folder, List.of(), plain.classPath(), true, List.of()).start()) {
      assertThat(server.get("/v1/accounting").path("balanced").asBoolean()).isTrue();
    }
  }

  @Test
  void an_ordinary_user_runs_it() throws Exception {
    assumeTrue(Files.getAttribute(folder, "unix:uid").equals(0), "only root can become another");
    Path theirs = Files.createTempDirectory("boathook-open-");
    try {
      Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path classes = Files.createDirectory(theirs.resolve("classes"));
      for (Path entry : ServerProcess.classPath()) {
        if (Files.exists(entry)) {
          copy(entry, classes);
        }
      }
      Path data = Files.createDirectory(theirs.resolve("data"));
      Files.setAttribute(data, "unix:uid", NOBODY);
      List<String> prefix =
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
      try (ServerProcess server =
          new ServerProcess.Launch(data, prefix, classes + "/*:" + classes, true, List.of())
              .start()) {
        assertThat(server.get("/v1/accounting").path("balanced").asBoolean()).isTrue();
        assertThat(Files.getAttribute(data.resolve("postgresql/data/postmaster.pid"), "unix:uid"))
            .isEqualTo(NOBODY);
      }
    } finally {
      delete(theirs);
    }
  }

  private Settings settings(
      Optional<TestingDatabase> database, Optional<Path> keyFile, int port, int adminPort) {
    return new Settings(
        folder,
        new Settings.Address("127.0.0.1", port),
        new Settings.Address("127.0.0.1", adminPort),
        database.map(TestingDatabase::url),
        database.map(TestingDatabase::user),
        database.map(TestingDatabase::password),
        keyFile.orElse(folder.resolve("sealing-key.json")),
        Optional.of(TestingServer.KEY),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Settings.LogFormat.TEXT,
        List.of(),
        List.of());
  }

  private static void run(Settings settings) throws StoreException {
    Boathook.start(settings, World.system()).close();
  }

  private static String refusalOf(Settings settings) {
    try {
      run(settings);
      return "it runs";
    } catch (StoreException e) {
      return e.code();
    }
  }

  /** A file, or all that a folder holds. */
  private static void copy(Path source, Path target) throws IOException {
    if (!Files.isDirectory(source)) {
      Files.copy(source, target.resolve(source.getFileName()));
      return;
    }
    try (Stream<Path> paths = Files.walk(source)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path copy = target.resolve(source.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(path, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
