package dev.boathook.node;

import dev.boathook.lane.Leases;
import dev.boathook.lane.SteadyClock;
import dev.boathook.store.Database;
import dev.boathook.store.StoreException;
import dev.boathook.world.World;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shell around {@link Leases}: one thread that asks the store and tells what has changed. */
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final World world;
  private final Database database;
  private final UUID nodeId;
  private final Leases.Term term;
  private final Messages messages;
  private final SteadyClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Leases leases;
  private @Nullable Thread thread;
  private boolean stopping;
  private boolean ended;

  /** Hears what the node holds. */
  public interface Listener {
    /** In this order. */
    void changed(List<Leases.Change> changes);
  }

  /**
   * A node that holds nothing before {@link #start}.
   *
   * @param clock begun at {@link #time}; the node keeps it together with those of the others
   */
  public Node(
      World world,
      Database database,
      UUID nodeId,
      Leases.Term term,
      Messages messages,
      SteadyClock clock) {
    this.world = world;
    this.database = database;
    this.nodeId = nodeId;
    this.term = term;
    this.messages = messages;
    this.clock = clock;
    this.leases = new Leases(term, world.ids().next(), world.ticker().nanoTime());
  }

  /**
   * The time by which a node begins to go: that of the nodes that are alive, and when none is, the
   * store's.
   *
   * @throws StoreException when the store does not say
   */
  public static Instant time(Database database, Leases.Term term) throws StoreException {
    try (Connection connection = database.leaseConnection()) {
      LeaseStatements.Nodes nodes = LeaseStatements.nodes(connection, term.length());
      return Objects.requireNonNullElse(nodes.furthest(), nodes.storeTime());
    } catch (SQLException e) {
      throw new StoreException(
          "database_unreachable", "the database does not say the time: " + e.getMessage(), e);
    }
  }

  /** Begins to hold what it can get. */
  public void start(Listener listener) {
    thread = Thread.ofPlatform().name("boathook-leases").start(() -> run(listener));
  }

  /** Whether something may be begun under the lease. */
  public boolean holds() {
    lock.lock();
    try {
      return leases.holds(world.ticker().nanoTime());
    } finally {
      lock.unlock();
    }
  }

  /** The nonce under which the node holds its shards. */
  public UUID nonce() {
    lock.lock();
    try {
      return leases.nonce();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing is busy any more in a shard that is to be released. */
  public void drained(int shard, long epoch) {
    locked(() -> leases.drained(shard, epoch, world.ticker().nanoTime()));
  }

  /** A writing under this epoch has shown that the shard is not this node's under it. */
  public void fenced(int shard, long epoch) {
    locked(() -> leases.fenced(shard, epoch, world.ticker().nanoTime()));
  }

  /** Shards may be free. */
  public void hurry() {
    locked(() -> leases.hurry(world.ticker().nanoTime()));
  }

  /** Gives everything back as it drains, and then leaves. */
  public void stop() {
    locked(() -> stopping = true);
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run(Listener listener) {
    boolean told = false;
    while (true) {
      Leases.Step step;
      List<Leases.Change> changes = List.of();
      lock.lock();
      try {
        if (stopping && !told) {
          told = true;
          changes = leases.stop(world.ticker().nanoTime());
        }
        if (ended || (stopping && !leases.holdsAny())) {
          return;
        }
        step = leases.next(world.ticker().nanoTime());
        if (changes.isEmpty() && step instanceof Leases.Step.Wait wait) {
          long nanos = wait.untilNanos() - world.ticker().nanoTime();
          var _ = news.await(Math.max(1, nanos), TimeUnit.NANOSECONDS);
          continue;
        }
      } catch (InterruptedException e) {
        return;
      } finally {
        lock.unlock();
      }
      if (changes.isEmpty()) {
        changes = perform(step);
      }
      if (!changes.isEmpty()) {
        listener.changed(changes);
      }
      if (changes.stream().anyMatch(change -> change instanceof Leases.Change.Released)) {
        messages.send(new Message.Shards());
      }
    }
  }

  private List<Leases.Change> perform(Leases.Step step) {
    long startedNanos = world.ticker().nanoTime();
    try (Connection connection = database.leaseConnection()) {
      return switch (step) {
        case Leases.Step.Join join -> {
          Instant storeTime =
              LeaseStatements.join(
                  connection, nodeId, join.nonce(), term.length(), clock.instant());
          clock.observe(storeTime, startedNanos, world.ticker().nanoTime());
          messages.send(new Message.Shards());
          // The process before this one may have committed what it could not tell any more.
          messages.send(new Message.LookThrough());
          locked(() -> leases.joined(startedNanos));
          yield List.of();
        }
        case Leases.Step.Beat beat -> {
          LeaseStatements.Beat answer =
              LeaseStatements.beat(connection, beat, term.length(), clock.instant());
          Instant storeTime = answer.storeTime();
          if (storeTime != null) {
            clock.observe(storeTime, startedNanos, world.ticker().nanoTime());
          } else {
            LOG.warn("the lease of this node was ended by others; it begins anew");
          }
          Instant furthest = answer.furthest();
          if (furthest != null) {
            clock.follow(furthest);
          }
          if (answer.ended() > 0) {
            messages.send(new Message.LookThrough());
          }
          lock.lock();
          try {
            yield leases.beat(beat, answer.beaten(), startedNanos, world.ids().next());
          } finally {
            lock.unlock();
          }
        }
        case Leases.Step.Claim claim -> {
          var taken = LeaseStatements.claim(connection, claim);
          LOG.info("holds {} more of the shards", taken.size());
          lock.lock();
          try {
            yield leases.claimed(taken);
          } finally {
            lock.unlock();
          }
        }
        case Leases.Step.Wait wait -> List.of();
      };
    } catch (SQLException e) {
      LOG.warn("the lease could not be renewed: {}", e.getMessage());
      locked(() -> leases.failed(world.ticker().nanoTime()));
      return List.of();
    }
  }

  /** Leaves. What was not given back others may take when the lease is over. */
  @Override
  public void close() {
    stop();
    Thread running = thread;
    try {
      if (running != null && !running.join(CLOSE_TIMEOUT)) {
        LOG.warn("not all shards were given back; others take them when the lease is over");
        locked(() -> ended = true);
        running.interrupt();
      } else if (running != null) {
        leave();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void leave() {
    try (Connection connection = database.leaseConnection()) {
      LeaseStatements.leave(connection, leases.nonce());
      messages.send(new Message.Shards());
    } catch (SQLException e) {
      LOG.info("the lease ends by itself: {}", e.getMessage());
    }
  }
}
