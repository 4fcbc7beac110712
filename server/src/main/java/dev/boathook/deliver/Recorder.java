package dev.boathook.deliver;

import dev.boathook.lane.Resolution;
import dev.boathook.lane.Shards;
import dev.boathook.store.Database;
import dev.boathook.store.Json;
import dev.boathook.store.Outage;
import dev.boathook.store.Spacing;
import dev.boathook.store.Sql;
import dev.boathook.store.Text;
import dev.boathook.world.Ticker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the outcomes of attempts, many in one statement and one commit. While the database is away
 * it keeps them and tries again; the engine's bound on busy deliveries is the bound of what it
 * keeps.
 */
final class Recorder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
  private static final String RECORD = Sql.of(Recorder.class, "record");
  private static final int MAX_BATCH = 256;

  /** Between the beginnings of batches, after one of several outcomes. */
  private static final Duration GAP = Duration.ofMillis(2);

  private static final int SEVERAL = 5;

  /** So many do not wait for more. */
  private static final int ENOUGH = 64;

  private static final Duration RETRY = Duration.ofMillis(250);
  private static final Duration ASIDE = Duration.ofSeconds(30);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** An outcome to be written. */
  record Entry(Resolution resolution, Attempt attempt, Instant acceptedAt) {
    /** The same without what was sent and came back. */
    Entry bare() {
      return new Entry(resolution, attempt.bare(), acceptedAt);
    }
  }

  /**
   * What became of a batch.
   *
   * @param written of each outcome
   * @param superseded how many deliveries were cancelled by it, by project
   */
  record Recorded(List<Resolution.Written> written, Map<UUID, Long> superseded) {}

  /** The shard of an attempt, as it was held when the attempt began. */
  private record Fence(int shard, long epoch) {}

  private final Database database;
  private final Supplier<UUID> nonce;
  private final BiConsumer<List<Entry>, Recorded> recorded;
  private final BlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
  private final Spacing spacing;
  private final Thread writer;
  private final CountDownLatch closing = new CountDownLatch(1);

  /**
   * Starts writing.
   *
   * @param ticker by which batches are kept apart
   * @param nonce under which the node holds its shards now
   * @param recorded is told of each committed batch, and what became of each of its entries
   */
  Recorder(
      Ticker ticker,
      Database database,
      Supplier<UUID> nonce,
      BiConsumer<List<Entry>, Recorded> recorded) {
    this.spacing = new Spacing(ticker, GAP);
    this.database = database;
    this.nonce = nonce;
    this.recorded = recorded;
    this.writer = Thread.ofPlatform().name("boathook-recorder").start(this::run);
  }

  void add(Entry entry) {
    queue.add(entry);
    // The next one of its lane waits for what is in one.
    if (entry.resolution().delivery().place() != null || queue.size() >= ENOUGH) {
      spacing.hurry();
    }
  }

  private void run() {
    try {
      writeUntilClosed();
    } catch (InterruptedException e) {
      LOG.warn("{} outcomes were not recorded; those deliveries are repeated", queue.size());
    }
  }

  private void writeUntilClosed() throws InterruptedException {
    List<Entry> batch = new ArrayList<>(MAX_BATCH);
    boolean areSeveral = false;
    while (true) {
      Entry first = queue.poll(100, TimeUnit.MILLISECONDS);
      if (first == null) {
        if (closing.getCount() == 0) {
          return;
        }
        continue;
      }
      batch.add(first);
      spacing.begin(areSeveral);
      queue.drainTo(batch, MAX_BATCH - 1);
      areSeveral = batch.size() >= SEVERAL;
      // In the order in which others lock deliveries, so that they cannot deadlock.
      batch.sort(Comparator.comparing(entry -> entry.resolution().delivery().deliveryId()));
      if (!record(batch)) {
        LOG.warn("{} outcomes were not recorded; those deliveries are repeated", batch.size());
        return;
      }
      batch.clear();
    }
  }

  /** Writes until it is written; false when the server stops before that. */
  private boolean record(List<Entry> batch) throws InterruptedException {
    while (true) {
      Recorded written;
      try {
        written = write(batch);
      } catch (SQLException e) {
        if (!Outage.caused(e) && batch.size() > 1) {
          // One outcome's data is refused: it must not hold up the others.
          return recordSingly(batch);
        }
        if (!Outage.caused(e) && !batch.getFirst().attempt().isBare()) {
          LOG.error("what came back from an attempt cannot be stored", e);
          return record(List.of(batch.getFirst().bare()));
        }
        if (!Outage.caused(e)) {
          putAside(batch.getFirst(), e);
          return true;
        }
        LOG.warn("{} outcomes wait for the database: {}", batch.size(), e.getMessage());
        if (waitOrClosing()) {
          return false;
        }
        continue;
      }
      recorded.accept(List.copyOf(batch), written);
      return true;
    }
  }

  /** What the database refuses for good must not hold up the others; it is offered again later. */
  private void putAside(Entry entry, SQLException refused) {
    LOG.error(
        "an outcome of delivery {} cannot be stored; it is tried again in {} s",
        entry.resolution().delivery().deliveryId(),
        ASIDE.toSeconds(),
        refused);
    Thread.startVirtualThread(() -> {
      try {
        if (!closing.await(ASIDE.toMillis(), TimeUnit.MILLISECONDS)) {
          add(entry);
        }
      } catch (InterruptedException e) {
        LOG.info("stopped; the delivery is repeated");
      }
    });
  }

  private boolean recordSingly(List<Entry> batch) throws InterruptedException {
    for (Entry entry : batch) {
      if (!record(List.of(entry))) {
        return false;
      }
    }
    return true;
  }

  /** Waits before the next try; true when there is to be none. */
  private boolean waitOrClosing() throws InterruptedException {
    return closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Recorded write(List<Entry> batch) throws SQLException {
    try (Connection connection = database.recordConnection()) {
      return write(connection, nonce.get(), batch);
    }
  }

  /** Writes outcomes, in one commit; says of each what became of it. */
  static Recorded write(Connection connection, UUID nonce, List<Entry> batch) throws SQLException {
    int size = batch.size();
    Map<Fence, Long> slots = new LinkedHashMap<>();
    Long[] slot = new Long[size];
    for (int i = 0; i < size; i++) {
      slot[i] = slots.computeIfAbsent(fence(batch.get(i)), fence -> slots.size() + 1L);
    }
    // Times go as text in UTC: of its own time type the driver writes an array as local time
    // without an offset, which is ambiguous for an hour a year.
    UUID[] projects = new UUID[size];
    UUID[] deliveries = new UUID[size];
    Integer[] numbers = new Integer[size];
    String[] states = new String[size];
    String[] due = new String[size];
    @Nullable String[] finished = new String[size];
    String[] outcomes = new String[size];
    @Nullable Integer[] statuses = new Integer[size];
    String[] started = new String[size];
    Long[] durations = new Long[size];
    String[] details = new String[size];
    @Nullable String[] remotes = new String[size];
    String[] requestHeaders = new String[size];
    String[] responseHeaders = new String[size];
    byte[][] bodies = new byte[size][];
    Boolean[] truncated = new Boolean[size];
    Boolean[] halts = new Boolean[size];
    Boolean[] supersedes = new Boolean[size];
    for (int i = 0; i < size; i++) {
      Resolution resolution = batch.get(i).resolution();
      Attempt attempt = batch.get(i).attempt();
      halts[i] = resolution.haltsLane();
      supersedes[i] = resolution.supersedes();
      projects[i] = resolution.delivery().projectId();
      deliveries[i] = resolution.delivery().deliveryId();
      numbers[i] = resolution.attempts();
      states[i] = resolution.state().code();
      due[i] = resolution.dueAt().toString();
      Instant finishedAt = resolution.finishedAt();
      finished[i] = finishedAt == null ? null : finishedAt.toString();
      outcomes[i] = attempt.outcome().code();
      statuses[i] = attempt.status();
      started[i] = attempt.startedAt().toString();
      durations[i] = attempt.duration().toNanos() / 1_000;
      details[i] = Text.storable(attempt.outcome().detail());
      remotes[i] = attempt.remoteAddress();
      requestHeaders[i] = Json.of(attempt.requestHeaders());
      responseHeaders[i] = Text.storable(Json.of(attempt.responseHeaders()));
      bodies[i] = attempt.responseBody();
      truncated[i] = attempt.responseTruncated();
    }
    Set<Long> held = new HashSet<>();
    Set<UUID> moved = new HashSet<>();
    Map<UUID, Long> superseded = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(RECORD)) {
      int p = 0;
      Fence[] fences = slots.keySet().toArray(Fence[]::new);
      statement.setArray(
          ++p, connection.createArrayOf("int4", Arrays.stream(fences).map(Fence::shard).toArray()));
      statement.setArray(
          ++p, connection.createArrayOf("int8", Arrays.stream(fences).map(Fence::epoch).toArray()));
      statement.setObject(++p, nonce);
      statement.setArray(++p, connection.createArrayOf("int8", slot));
      statement.setArray(++p, connection.createArrayOf("uuid", projects));
      statement.setArray(++p, connection.createArrayOf("uuid", deliveries));
      statement.setArray(++p, connection.createArrayOf("int4", numbers));
      statement.setArray(++p, connection.createArrayOf("text", states));
      statement.setArray(++p, connection.createArrayOf("text", due));
      statement.setArray(++p, connection.createArrayOf("text", finished));
      statement.setArray(++p, connection.createArrayOf("text", outcomes));
      statement.setArray(++p, connection.createArrayOf("int4", statuses));
      statement.setArray(++p, connection.createArrayOf("text", started));
      statement.setArray(++p, connection.createArrayOf("int8", durations));
      statement.setArray(++p, connection.createArrayOf("text", details));
      statement.setArray(++p, connection.createArrayOf("text", remotes));
      statement.setArray(++p, connection.createArrayOf("text", requestHeaders));
      statement.setArray(++p, connection.createArrayOf("text", responseHeaders));
      statement.setArray(++p, connection.createArrayOf("bytea", bodies));
      statement.setArray(++p, connection.createArrayOf("bool", truncated));
      statement.setArray(++p, connection.createArrayOf("bool", halts));
      statement.setArray(++p, connection.createArrayOf("bool", supersedes));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          UUID delivery = row.getObject(2, UUID.class);
          UUID project = row.getObject(3, UUID.class);
          if (delivery != null) {
            moved.add(delivery);
          } else if (project != null) {
            superseded.put(project, row.getLong(4));
          } else {
            held.add(row.getLong(1));
          }
        }
      }
    }
    List<Resolution.Written> written = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      if (!held.contains(slot[i])) {
        written.add(Resolution.Written.FENCED);
      } else {
        written.add(
            moved.contains(deliveries[i]) ? Resolution.Written.MOVED : Resolution.Written.UNMOVED);
      }
    }
    return new Recorded(written, superseded);
  }

  private static Fence fence(Entry entry) {
    Resolution resolution = entry.resolution();
    return new Fence(Shards.of(resolution.delivery().endpointId()), resolution.epoch());
  }

  /** Writes what is left, for a bounded time. */
  @Override
  public void close() {
    closing.countDown();
    try {
      if (!writer.join(CLOSE_TIMEOUT)) {
        writer.interrupt();
      }
    } catch (InterruptedException e) {
      writer.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
