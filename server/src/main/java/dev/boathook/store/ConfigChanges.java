package dev.boathook.store;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of a project's configuration, each with the next version of its directory, in one
 * transaction. Accepting an event checks that version, so a change waits for the batch that is
 * being committed, and the next batch sees the change.
 */
public final class ConfigChanges {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigChanges.class);
  private static final String NEXT_VERSION = Sql.of(ConfigChanges.class, "next_directory_version");

  /** Each means that another change was committed between the reading and the writing. */
  private static final int MAX_TRIES = 10;

  private final Jdbi jdbi;
  private final AfterCommit afterCommit;
  private final ReentrantLock turn = new ReentrantLock();

  /** What is being changed in the turn; null when nothing is that was read before. */
  private @Nullable Read read;

  /** What was read: a project, at this version of its directory. */
  private record Read(UUID projectId, long version) {}

  /** Changes in this database; after each commit the listener is told. */
  public ConfigChanges(Jdbi jdbi, AfterCommit afterCommit) {
    this.jdbi = jdbi;
    this.afterCommit = afterCommit;
  }

  /**
   * Held by whoever changes what its statement itself expects; between the reading and the writing
   * of {@link #inTurn} on this node it changes nothing.
   */
  public ReentrantLock turn() {
    return turn;
  }

  /**
   * Does work that reads what is configured and changes one thing by what it read. On this node
   * nobody else changes in between. When another node has, nothing is written, and the work is done
   * again by what the view shows then.
   *
   * @param view what the work reads
   * @throws OvertakenException when others were faster each time
   */
  public <T, X extends Exception, Y extends Exception> T inTurn(
      View view, UUID projectId, Work<T, X, Y> work) throws X, Y {
    turn.lock();
    try {
      for (int tried = 1; ; tried++) {
        // Before the work reads: what it sees is this version or a later one.
        Read of = new Read(projectId, view.version(projectId));
        read = of;
        try {
          return work.run();
        } catch (OvertakenException e) {
          if (tried == MAX_TRIES || !of.equals(read)) {
            throw e;
          }
          view.refreshAll();
        } finally {
          read = null;
        }
      }
    } finally {
      turn.unlock();
    }
  }

  /** Runs the change in a transaction of its own. */
  public <T, X extends Exception> T make(UUID projectId, Change<T, X> change) throws X {
    T result = jdbi.inTransaction(handle -> change.apply(handle, nextVersion(handle, projectId)));
    made();
    tell(projectId);
    return result;
  }

  /**
   * Runs a change that answers how many rows it changed. If there are none, nothing has changed:
   * the directory keeps its version and nobody is told.
   *
   * @return whether there were any
   */
  public <X extends Exception> boolean makeIfAny(UUID projectId, Change<Integer, X> change)
      throws X {
    boolean any =
        jdbi.withHandle(handle -> {
          handle.begin();
          try {
            if (change.apply(handle, nextVersion(handle, projectId)) == 0) {
              return false;
            }
            handle.commit();
            return true;
          } finally {
            if (handle.isInTransaction()) {
              handle.rollback();
            }
          }
        });
    if (any) {
      made();
      tell(projectId);
    }
    return any;
  }

  /** What is committed is done, even if this node cannot read it now: it will in a second. */
  private void tell(UUID projectId) {
    try {
      afterCommit.changed(projectId);
    } catch (RuntimeException e) {
      if (!Outage.caused(e)) {
        throw e;
      }
      LOG.warn("a change is committed and not yet known here: {}", e.getMessage());
    }
  }

  private long nextVersion(Handle handle, UUID projectId) {
    long version =
        handle.createQuery(NEXT_VERSION).bind("project", projectId).mapTo(Long.class).one();
    Read expected = turn.isHeldByCurrentThread() ? read : null;
    if (expected != null && !expected.equals(new Read(projectId, version - 1))) {
      throw new OvertakenException();
    }
    return version;
  }

  /** What was read has been changed by whoever read it: it is theirs, and no longer as it was. */
  private void made() {
    Read before = turn.isHeldByCurrentThread() ? read : null;
    if (before != null) {
      read = new Read(before.projectId(), before.version() + 1);
    }
  }

  /**
   * Ends one configured thing: deletes or revokes it.
   *
   * @param sql an update that takes {@code :project}, {@code :id}, {@code :now} and {@code
   *     :version}
   * @return false when there is none that could be ended
   */
  public boolean end(String sql, UUID projectId, UUID id, Instant now) {
    return makeIfAny(
        projectId,
        (handle, version) ->
            handle
                .createUpdate(sql)
                .bind("project", projectId)
                .bind("id", id)
                .bind("now", now)
                .bind("version", version)
                .execute());
  }

  /** What is known here of what is configured, which may be behind what others have changed. */
  public interface View {
    /** The version of the project's directory that is known here; 0 when there is none. */
    long version(UUID projectId);

    /** Reads what has changed. */
    void refreshAll();
  }

  /** Reads, and makes at most one change of what it read. */
  @FunctionalInterface
  public interface Work<T, X extends Exception, Y extends Exception> {
    /** Does so; may be done again as long as it has changed nothing. */
    T run() throws X, Y;
  }

  /** One change: writes rows with the new version. */
  @FunctionalInterface
  public interface Change<T, X extends Exception> {
    /** Writes with this handle, inside its transaction. */
    T apply(Handle handle, long version) throws X;
  }

  /** Is told of every committed change before the change's caller goes on. */
  @FunctionalInterface
  public interface AfterCommit {
    /** This project's configuration has changed. */
    void changed(UUID projectId);
  }
}
