package dev.boathook.replay;

import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.store.DirectoryVersion;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;

/**
 * The directory as the store has it, kept so until a transaction ends, as accepting does: no
 * endpoint is deleted or configured anew between our look and our commit.
 */
final class KeptDirectory {
  private static final int MAX_TRIES = 10;

  private final Directory directory;
  private final Queues queues;

  KeptDirectory(Directory directory, Queues queues) {
    this.directory = directory;
    this.queues = queues;
  }

  /** Something done in a transaction, by the directory that is kept in it. */
  @FunctionalInterface
  interface Work<T> {
    T apply(Handle handle, ProjectView project);
  }

  /** The project as this node knows it now. */
  ProjectView project(UUID projectId) {
    return directory.project(projectId).orElseThrow();
  }

  /** Keeps the project's directory; false when it is not as this view says any more. */
  boolean keep(Handle handle, ProjectView project) {
    try {
      return DirectoryVersion.keep(handle.getConnection(), project.projectId(), project.version());
    } catch (SQLException e) {
      throw new IllegalStateException("the directory cannot be kept", e);
    }
  }

  /** Reads what has changed. */
  void refresh() {
    directory.refreshAll();
  }

  /**
   * Does this in one transaction, by the newest directory.
   *
   * @param tell tells what was done, as {@link Queues#change} has it
   */
  <T> T inTransaction(UUID projectId, Work<T> work, Consumer<? super T> tell) {
    for (int tries = 0; tries < MAX_TRIES; tries++) {
      ProjectView project = project(projectId);
      Optional<T> result =
          queues.change(
              handle ->
                  keep(handle, project)
                      ? Optional.of(work.apply(handle, project))
                      : Optional.empty(),
              done -> done.ifPresent(tell));
      if (result.isPresent()) {
        return result.get();
      }
      refresh();
    }
    throw new IllegalStateException("the directory changed " + MAX_TRIES + " times in a row");
  }
}
