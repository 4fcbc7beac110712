package dev.boathook.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boathook.id.IdKind;
import dev.boathook.lane.Shards;
import dev.boathook.store.embedded.EmbeddedPostgres;
import dev.boathook.store.embedded.RestartListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Server processes that share one database, on a PostgreSQL of their own. */
final class Nodes implements AutoCloseable {
  /** Nobody holds it. */
  static final int NOBODY = -1;

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path folder;
  private final EmbeddedPostgres postgres;
  private final List<ServerProcess> nodes = new ArrayList<>();

  private Nodes(Path folder, EmbeddedPostgres postgres) {
    this.folder = folder;
    this.postgres = postgres;
  }

  /** Starts so many, and returns when every shard is held and each has its share. */
  static Nodes start(Path folder, int count) throws Exception {
    Nodes nodes =
        new Nodes(
            folder,
            EmbeddedPostgres.start(
                EmbeddedPostgres.Options.of(folder.resolve("database")),
                new SecureRandom(),
                RestartListener.NONE));
    boolean started = false;
    try {
      for (int i = 0; i < count; i++) {
        nodes.add();
      }
      nodes.awaitEvenShares();
      started = true;
      return nodes;
    } finally {
      if (!started) {
        nodes.close();
      }
    }
  }

  /** Starts one more, with a data folder of its own; answers its number. */
  int add() throws IOException, InterruptedException {
    int number = nodes.size();
    Files.createDirectories(folder(number));
    nodes.add(launch(number).start());
    return number;
  }

  /** Starts a node that has ended again, on its data folder. */
  ServerProcess restart(int number) throws IOException, InterruptedException {
    nodes.get(number).close();
    nodes.set(number, launch(number).start());
    return nodes.get(number);
  }

  private ServerProcess.Launch launch(int number) {
    return ServerProcess.Launch.on(
        folder(number),
        "--database-url",
        postgres.jdbcUrl() + "?password=" + postgres.password(),
        "--database-user",
        postgres.user(),
        "--key-file",
        folder.resolve("sealing-key.json").toString());
  }

  private Path folder(int number) {
    return folder.resolve("node-" + number);
  }

  /** A node, from 0. */
  ServerProcess get(int number) {
    return nodes.get(number);
  }

  /** Those that live. */
  List<ServerProcess> living() {
    return nodes.stream().filter(ServerProcess::isAlive).toList();
  }

  /** The postmaster. */
  ProcessHandle postmaster() {
    return ProcessHandle.of(postgres.pid()).orElseThrow();
  }

  /** How many shards each node holds whose lease is there. */
  int[] shares() throws SQLException, IOException {
    return shares(
        "SELECT node_id, count(*) FROM boathook.shard JOIN boathook.node USING (nonce)"
            + " GROUP BY node_id");
  }

  /** Which node holds the endpoint's shard; {@link #NOBODY} when none does. */
  int holderOf(String endpointId) throws SQLException, IOException {
    int shard = Shards.of(IdKind.ENDPOINT.parse(endpointId).orElseThrow());
    int[] shares =
        shares(
            "SELECT node_id, 1 FROM boathook.shard JOIN boathook.node USING (nonce) WHERE shard = "
                + shard);
    for (int number = 0; number < shares.length; number++) {
      if (shares[number] == 1) {
        return number;
      }
    }
    return NOBODY;
  }

  private int[] shares(String query) throws SQLException, IOException {
    int[] shares = new int[nodes.size()];
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        shares[numberOf(row.getObject(1, UUID.class))] = row.getInt(2);
      }
    }
    return shares;
  }

  private int numberOf(UUID nodeId) throws IOException {
    for (int number = 0; number < nodes.size(); number++) {
      Path file = folder(number).resolve("node-id");
      if (Files.readString(file).strip().equals(nodeId.toString())) {
        return number;
      }
    }
    throw new AssertionError("no node " + nodeId);
  }

  /** Waits until every shard is held, and no node has more than its share, a dead one none. */
  void awaitEvenShares() throws Exception {
    Eventually.holds(
        "even shares",
        LIMIT,
        () -> {
          int[] shares = shares();
          int living = living().size();
          int most = Math.ceilDiv(Shards.COUNT, living);
          for (int number = 0; number < shares.length; number++) {
            boolean isAlive = nodes.get(number).isAlive();
            if (shares[number] > (isAlive ? most : 0)) {
              return false;
            }
          }
          return Arrays.stream(shares).sum() == Shards.COUNT;
        });
  }

  /** Waits until this node holds everything. */
  void awaitAllHeldBy(int number) throws Exception {
    Eventually.holds("it holds all", LIMIT, () -> shares()[number] == Shards.COUNT);
  }

  /** A connection to the database. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), postgres.password());
  }

  /** Every node's log, for what must not be in it. */
  void assertNoBugs() throws IOException {
    for (ServerProcess node : nodes) {
      assertThat(node.log()).doesNotContain("a bug").doesNotContain("Exception in thread");
    }
  }

  @Override
  public void close() throws IOException {
    for (ServerProcess node : nodes) {
      node.close();
    }
    postgres.close();
  }
}
