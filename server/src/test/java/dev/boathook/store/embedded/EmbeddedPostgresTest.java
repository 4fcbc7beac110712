package dev.boathook.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.boathook.Eventually;
import dev.boathook.store.embedded.EmbeddedPostgres.Options;
import dev.boathook.store.embedded.EmbeddedPostgresException.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedPostgresTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NOBODY = 65_534;

  /** Holds a cluster that was made once and stopped; most tests are not about making it. */
  @TempDir static Path made;

  @TempDir Path folder;

  @BeforeAll
  static void make() throws Exception {
    start(Options.of(made)).close();
  }

  @Test
  void the_first_start_makes_a_durable_cluster_that_only_its_owner_can_read() throws Exception {
    Path data = folder.resolve("data");
    try (EmbeddedPostgres postgres = start(Options.of(data))) {
      for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
        assertThat(query(postgres, "SHOW " + setting)).isEqualTo("on");
      }
      assertThat(query(postgres, "SHOW data_checksums")).isEqualTo("on");
      assertThat(query(postgres, "SHOW server_encoding")).isEqualTo("UTF8");
      assertThat(query(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(Files.readAllLines(data.resolve("postgresql/data/postmaster.pid")).get(4))
          .as("the folder of the socket")
          .isEmpty();
      assertThat(query(postgres, "SHOW shared_buffers")).isEqualTo("128MB");
      assertThat(
              query(
                  postgres,
                  "SELECT datlocprovider::text || ' ' || datlocale FROM pg_database"
                      + " WHERE datname = current_database()"))
          .isEqualTo("b C.UTF-8");
      assertThat(query(postgres, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
          .isEqualTo("f");
      assertThat(postgres.toString()).doesNotContain(postgres.password());
    }
    assertThat(permissions(data)).isEqualTo("rwx------");
    assertThat(permissions(data.resolve("postgresql"))).isEqualTo("rwx------");
    assertThat(permissions(data.resolve("postgresql/password"))).isEqualTo("rw-------");
  }

  @Test
  void a_wrong_password_is_refused() throws Exception {
    copy(made, folder);
    try (EmbeddedPostgres postgres = start(Options.of(folder))) {
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(
              () -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "wrong"))
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }
  }

  @Test
  void its_log_says_what_failed_and_nothing_of_the_rows() throws Exception {
    copy(made, folder);
    try (EmbeddedPostgres postgres = start(Options.of(folder))) {
      execute(postgres, "CREATE TABLE kept (name text UNIQUE)");
      execute(postgres, "INSERT INTO kept VALUES ('do-not-log')");
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> execute(postgres, "INSERT INTO kept VALUES ('do-not-log')"));
    }
    Path log = folder.resolve("postgresql/postgresql.log");
    Eventually.until(() -> Files.readString(log).contains("database system is shut down"));
    assertThat(Files.readString(log)).contains("duplicate key").doesNotContain("do-not-log");
  }

  @Test
  void a_restart_keeps_the_data_and_leaves_no_process() throws Exception {
    copy(made, folder);
    long pid;
    try (EmbeddedPostgres postgres = start(Options.of(folder))) {
      execute(postgres, "CREATE TABLE kept AS SELECT 7 AS number");
      pid = postgres.pid();
    }
    assertThat(alive(pid)).isFalse();
    EmbeddedPostgres again = start(Options.of(folder));
    assertThat(query(again, "SELECT number FROM kept")).isEqualTo("7");
    again.close();
    again.close();
  }

  @Test
  void a_server_whose_owner_was_killed_is_stopped_and_started_anew() throws Exception {
    copy(made, folder);
    long orphan;
    try (OwnerProcess owner = OwnerProcess.start(folder)) {
      orphan = Long.parseLong(owner.answer().get(2));
      owner.kill();
    }
    assertThat(alive(orphan)).isTrue();
    try (EmbeddedPostgres postgres = start(Options.of(folder))) {
      assertThat(alive(orphan)).isFalse();
      assertThat(postgres.pid()).isNotEqualTo(orphan);
      assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void a_killed_server_comes_back_on_the_same_port_with_all_that_was_committed() throws Exception {
    copy(made, folder);
    BlockingQueue<Long> restarts = new LinkedBlockingQueue<>();
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.start(Options.of(folder), RANDOM, restarts::add)) {
      execute(postgres, "CREATE TABLE kept AS SELECT 7 AS number");
      String url = postgres.jdbcUrl();
      for (int kill = 0; kill < 3; kill++) {
        long killed = postgres.pid();
        ProcessHandle.of(killed).orElseThrow().destroyForcibly();
        Long restarted = restarts.poll(30, TimeUnit.SECONDS);
        assertThat(restarted).isNotNull().isNotEqualTo(killed).isEqualTo(postgres.pid());
      }
      assertThat(postgres.jdbcUrl()).isEqualTo(url);
      assertThat(query(postgres, "SELECT number FROM kept")).isEqualTo("7");
    }
  }

  @Test
  void a_query_that_outlives_its_killed_postmaster_does_not_block_the_restart() throws Exception {
    copy(made, folder);
    BlockingQueue<Long> restarts = new LinkedBlockingQueue<>();
    try (EmbeddedPostgres postgres =
            EmbeddedPostgres.start(Options.of(folder), RANDOM, restarts::add);
        Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      long backend = Long.parseLong(query(statement, "SELECT pg_backend_pid()"));
      Thread busy =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  // Computes and never looks whether its postmaster lives.
                  statement.execute(
                      "SELECT max(n) FROM (SELECT generate_series(1, 10000000000) AS n)");
                } catch (SQLException e) {
                  // Its server process was killed: what this test is about.
                }
              });
      String running =
          "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%max(n)%'"
              + " AND pid = "
              + backend;
      while (!query(postgres, running).equals("1")) {
        Thread.onSpinWait();
      }
      ProcessHandle.of(postgres.pid()).orElseThrow().destroyForcibly();
      assertThat(restarts.poll(30, TimeUnit.SECONDS)).isNotNull();
      assertThat(alive(backend)).isFalse();
      assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
      busy.join();
    }
  }

  @Test
  void closing_while_a_restart_keeps_failing_ends_at_once() throws Exception {
    copy(made, folder);
    Path configuration = folder.resolve("postgresql/data/postgresql.conf");
    EmbeddedPostgres postgres = start(Options.of(folder));
    Files.writeString(configuration, "no_such_setting = 1\n", StandardOpenOption.APPEND);
    ProcessHandle server = ProcessHandle.of(postgres.pid()).orElseThrow();
    server.destroyForcibly();
    server.onExit().join();
    postgres.close();
    assertThatExceptionOfType(EmbeddedPostgresException.class)
        .isThrownBy(() -> start(Options.of(folder)))
        .withMessageContaining("no_such_setting")
        .satisfies(e -> assertThat(e.code()).isEqualTo(Code.START_FAILED));
  }

  @Test
  void a_second_server_on_the_folder_is_refused_in_this_process_and_in_another() throws Exception {
    copy(made, folder);
    try (EmbeddedPostgres postgres = start(Options.of(folder))) {
      String pid = Long.toString(ProcessHandle.current().pid());
      assertThatExceptionOfType(EmbeddedPostgresException.class)
          .isThrownBy(() -> start(Options.of(folder)))
          .withMessageContaining(pid)
          .satisfies(e -> assertThat(e.code()).isEqualTo(Code.DATA_DIRECTORY_IN_USE));
      try (OwnerProcess other = OwnerProcess.start(folder)) {
        List<String> answer = other.answer();
        assertThat(answer.subList(0, 2)).containsExactly("refused", "data_directory_in_use");
        assertThat(answer.get(2)).contains("(process " + pid + ")");
      }
      assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void a_taken_port_is_an_error_when_asked_for_and_avoided_when_not() throws Exception {
    copy(made, folder);
    int freePort = freePort();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      assertThatExceptionOfType(EmbeddedPostgresException.class)
          .isThrownBy(() -> start(Options.of(folder).withPort(taken.getLocalPort())))
          .satisfies(e -> assertThat(e.code()).isEqualTo(Code.PORT_IN_USE));
      Iterator<Integer> ports = List.of(taken.getLocalPort(), freePort).iterator();
      try (EmbeddedPostgres postgres =
          EmbeddedPostgres.start(
              Options.of(folder), RANDOM, RestartListener.NONE, RunAs.detect(), ports::next)) {
        assertThat(postgres.port()).isEqualTo(freePort);
      }
    }
  }

  @Test
  void a_postmaster_file_of_a_living_stranger_or_of_garbage_does_not_block() throws Exception {
    copy(made, folder);
    Path pidFile = folder.resolve("postgresql/data/postmaster.pid");
    for (String content : List.of(ProcessHandle.current().pid() + "\n", "", "\0garbage\n")) {
      Files.writeString(pidFile, content);
      try (EmbeddedPostgres postgres = start(Options.of(folder))) {
        assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void an_initdb_that_was_killed_half_way_is_begun_again() throws Exception {
    try (WatchService watch = FileSystems.getDefault().newWatchService();
        OwnerProcess owner = OwnerProcess.start(watched(watch))) {
      while (unfinished().isEmpty()) {
        assertThat(watch.poll(30, TimeUnit.SECONDS)).isNotNull().matches(key -> key.reset());
      }
      owner.kill();
    }
    assertThat(unfinished()).isNotEmpty();
    assertThat(folder.resolve("postgresql")).doesNotExist();
    try (EmbeddedPostgres postgres = start(Options.of(folder))) {
      assertThat(query(postgres, "SELECT 1")).isEqualTo("1");
    }
    start(Options.of(folder)).close();
    assertThat(unfinished()).isEmpty();
  }

  @Test
  void a_cluster_of_another_major_version_is_refused() throws Exception {
    copy(made, folder);
    Files.writeString(folder.resolve("postgresql/data/PG_VERSION"), "17\n");
    assertThatExceptionOfType(EmbeddedPostgresException.class)
        .isThrownBy(() -> start(Options.of(folder)))
        .withMessageContaining("PostgreSQL 17")
        .satisfies(e -> assertThat(e.code()).isEqualTo(Code.DATA_DIRECTORY_VERSION));
  }

  @Test
  void a_folder_that_cannot_be_made_is_an_error_that_names_it() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatExceptionOfType(EmbeddedPostgresException.class)
        .isThrownBy(() -> start(Options.of(file.resolve("data"))))
        .withMessageContaining(file.toString())
        .satisfies(e -> assertThat(e.code()).isEqualTo(Code.DATA_DIRECTORY_UNUSABLE));
  }

  @Test
  void neither_a_missing_locale_nor_postgres_variables_of_the_environment_matter()
      throws Exception {
    Map<String, String> environment =
        Map.of(
            "LC_ALL", "xx_XX.UTF-8",
            "LANG", "xx_XX.UTF-8",
            "PGDATA", "/nonexistent",
            "PGPORT", "1",
            "PGTZ", "nowhere",
            "PGOPTIONS", "--nonsense");
    try (OwnerProcess owner =
        OwnerProcess.start(List.of(), System.getProperty("java.class.path"), environment, folder)) {
      assertThat(owner.answer()).first().isEqualTo("started");
    }
  }

  @Test
  void an_ordinary_user_runs_it_plainly() throws Exception {
    assumeTrue(RunAs.detect().uid() == 0, "only root can become somebody else");
    Path theirs = openFolder();
    try {
      Path classPath = copyClassPath(Files.createDirectory(theirs.resolve("classes")));
      Path data = Files.createDirectory(theirs.resolve("data"));
      Path programs = Files.createDirectory(theirs.resolve("programs"));
      // Here, since a JVM that has run for a while unpacks three times as fast.
      assertThat(Binaries.provide(List.of(programs)).home()).isNotEmptyDirectory();
      Folders.chown(theirs, NOBODY, NOBODY);
      List<String> setpriv =
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
      try (OwnerProcess owner =
          OwnerProcess.start(setpriv, classPath + "/*:" + classPath, Map.of(), data, programs)) {
        assertThat(owner.answer()).first().isEqualTo("started");
        assertThat(Folders.uid(data.resolve("postgresql/data/postmaster.pid"))).isEqualTo(NOBODY);
      }
    } finally {
      Folders.delete(theirs);
    }
  }

  @Test
  void root_without_user_namespaces_runs_it_as_another_user_and_can_change_back() throws Exception {
    RunAs detected = RunAs.detect();
    assumeTrue(detected.uid() == 0, "only root can become somebody else");
    Path open = openFolder();
    try {
      Options options = Options.of(open.resolve("data"));
      RunAs other = RunAs.anotherUser();
      try (EmbeddedPostgres postgres =
          EmbeddedPostgres.start(
              options, RANDOM, RestartListener.NONE, other, EmbeddedPostgresTest::freePort)) {
        execute(postgres, "CREATE TABLE kept AS SELECT 7 AS number");
        assertThat(Folders.uid(open.resolve("data/postgresql/data/postmaster.pid")))
            .isEqualTo(other.uid())
            .isNotZero();
      }
      assumeTrue(!detected.otherUser(), "there are no user namespaces here");
      try (EmbeddedPostgres postgres = start(options)) {
        assertThat(query(postgres, "SELECT number FROM kept")).isEqualTo("7");
      }
    } finally {
      Folders.delete(open);
    }
  }

  private static EmbeddedPostgres start(Options options) throws EmbeddedPostgresException {
    return EmbeddedPostgres.start(options, RANDOM, RestartListener.NONE);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
    return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      return query(statement, sql);
    }
  }

  private static String query(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static boolean alive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private Path watched(WatchService watch) throws IOException {
    folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
    return folder;
  }

  private List<Path> unfinished() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.filter(path -> path.getFileName().toString().contains(".new-")).toList();
    }
  }

  /** A folder that every user can pass through; those of JUnit are closed. */
  private static Path openFolder() throws IOException {
    Path open = Files.createTempDirectory("boathook-open-");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    return open;
  }

  /** The class path where another user can read it: that of the build may be in root's home. */
  private static Path copyClassPath(Path target) throws IOException {
    for (String entry : System.getProperty("java.class.path").split(":", -1)) {
      Path source = Path.of(entry);
      if (Files.isDirectory(source)) {
        copy(source, target);
      } else if (Files.exists(source)) {
        Files.copy(source, target.resolve(source.getFileName()));
      }
    }
    return target;
  }

  private static void copy(Path source, Path target) throws IOException {
    try (Stream<Path> paths = Files.walk(source)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Path copy = target.resolve(source.relativize(path).toString());
        if (!Files.isDirectory(copy)) {
          Files.copy(
              path, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}
