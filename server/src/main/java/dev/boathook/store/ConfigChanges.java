package dev.boathook.store;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Changes of a project's configuration, each with the next version of its directory, in one
 * transaction. Accepting an event checks that version, so a change waits for the batch that is
 * being committed, and the next batch sees the change.
 */
public final class ConfigChanges {
  private static final String NEXT_VERSION = Sql.of(ConfigChanges.class, "next_directory_version");

  private final Jdbi jdbi;
  private final AfterCommit afterCommit;
  private final ReentrantLock turn = new ReentrantLock();

  /** Changes in this database; after each commit the listener is told. */
  public ConfigChanges(Jdbi jdbi, AfterCommit afterCommit) {
    this.jdbi = jdbi;
    this.afterCommit = afterCommit;
  }

  /**
   * Held by whoever makes a change of what was read before it, from the reading to the change's
   * end: on this node, nobody else changes in between. Two nodes could still overwrite each other's
   * change of one thing.
   */
  public ReentrantLock turn() {
    return turn;
  }

  /** Runs the change in a transaction of its own. */
  public <T, X extends Exception> T make(UUID projectId, Change<T, X> change) throws X {
    return make(projectId, change, (jdbi, result) -> {});
  }

  /**
   * Runs the change in a transaction of its own, and what follows from its result after the commit,
   * before anybody is told. It is for what would take long: nothing is accepted for the project
   * until the change is committed. It may come to nothing, if this process ends.
   */
  public <T, X extends Exception> T make(UUID projectId, Change<T, X> change, Sequel<T> sequel)
      throws X {
    T result = jdbi.inTransaction(handle -> change.apply(handle, nextVersion(handle, projectId)));
    try {
      sequel.run(jdbi, result);
    } finally {
      afterCommit.changed(projectId);
    }
    return result;
  }

  /** What waits in this endpoint's lanes may be due earlier than whoever delivers to it knows. */
  public void lanesRestated(UUID endpointId) {
    afterCommit.lanesRestated(endpointId);
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
      afterCommit.changed(projectId);
    }
    return any;
  }

  private static long nextVersion(Handle handle, UUID projectId) {
    return handle.createQuery(NEXT_VERSION).bind("project", projectId).mapTo(Long.class).one();
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

  /** One change: writes rows with the new version. */
  @FunctionalInterface
  public interface Change<T, X extends Exception> {
    /** Writes with this handle, inside its transaction. */
    T apply(Handle handle, long version) throws X;
  }

  /** What is done after a change. */
  @FunctionalInterface
  public interface Sequel<T> {
    /** Works in transactions of its own. */
    void run(Jdbi jdbi, T result);
  }

  /** Is told of every committed change before the change's caller goes on. */
  @FunctionalInterface
  public interface AfterCommit {
    /** This project's configuration has changed. */
    void changed(UUID projectId);

    /** What waits in this endpoint's lanes may be due earlier than whoever delivers to it knows. */
    default void lanesRestated(UUID endpointId) {}
  }
}
