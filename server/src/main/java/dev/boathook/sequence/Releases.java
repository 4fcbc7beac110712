package dev.boathook.sequence;

import dev.boathook.deliver.Dispatcher;
import dev.boathook.endpoint.DeliveryPolicy;
import dev.boathook.endpoint.Endpoint;
import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.store.Database;
import dev.boathook.store.Deadlocks;
import dev.boathook.store.DirectoryVersion;
import dev.boathook.store.Sql;
import dev.boathook.world.World;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** Lets events go on that have waited long enough, and tells who must know what goes on. */
public final class Releases {
  private static final String DUE = Sql.of(Releases.class, "due_resources");
  private static final int BATCH = 100;
  private static final int MAX_BATCHES = 100;

  private final World world;
  private final Database database;
  private final Directory directory;
  private final Dispatcher dispatcher;
  private final Listener listener;

  /** Hears of what is committed. */
  @FunctionalInterface
  public interface Listener {
    /** Events of a project's sequences have come, or have waited long enough. */
    void sequenced(UUID projectId, Outcome outcome);
  }

  /** Releases in this database, to the endpoints of this directory. */
  public Releases(
      World world,
      Database database,
      Directory directory,
      Dispatcher dispatcher,
      Listener listener) {
    this.world = world;
    this.database = database;
    this.directory = directory;
    this.dispatcher = dispatcher;
    this.listener = listener;
  }

  /** How an endpoint wants its deliveries; of one that is deleted nothing is known. */
  public static Function<UUID, DeliveryPolicy> policies(ProjectView project) {
    return endpointId -> {
      Endpoint endpoint = project.endpoints().get(endpointId);
      return endpoint == null ? DeliveryPolicy.DEFAULT : endpoint.policy();
    };
  }

  /** Commits what was decided, and tells who must know. */
  public void commit(Connection connection, UUID projectId, Outcome outcome) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      // Nobody knows whether it is committed, or will be.
      dispatcher.lookAgain();
      throw e;
    }
    tell(outcome);
    listener.sequenced(projectId, outcome);
  }

  private void tell(Outcome outcome) {
    for (Outcome.Queue queue : outcome.queues()) {
      dispatcher.expect(queue.endpointId(), queue.inLanes(), queue.due());
    }
  }

  /**
   * Lets go on what has waited long enough. Any node may do it at any time: who comes second finds
   * nothing to do.
   */
  public void releaseDue() throws SQLException {
    // One project's trouble is not another's: its resources must not fill the batches.
    Set<UUID> left = new HashSet<>();
    SQLException failure = null;
    for (int batch = 0; batch < MAX_BATCHES; batch++) {
      Map<UUID, List<ResourceId>> due = due(left);
      for (Map.Entry<UUID, List<ResourceId>> project : due.entrySet()) {
        try {
          boolean done = Deadlocks.retried(() -> release(project.getKey(), project.getValue()));
          if (!done) {
            left.add(project.getKey());
          }
        } catch (SQLException e) {
          left.add(project.getKey());
          failure = e;
        }
      }
      if (due.values().stream().mapToInt(List::size).sum() < BATCH) {
        break;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private Map<UUID, List<ResourceId>> due(Set<UUID> left) throws SQLException {
    Map<UUID, List<ResourceId>> due = new LinkedHashMap<>();
    try (Connection connection = database.hotConnection();
        PreparedStatement statement = connection.prepareStatement(DUE)) {
      statement.setArray(1, connection.createArrayOf("uuid", left.toArray()));
      statement.setInt(2, BATCH);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          due.computeIfAbsent(
                  row.getObject("project_id", UUID.class), projectId -> new ArrayList<>())
              .add(ResourceId.of(row));
        }
      }
    }
    return due;
  }

  /** Says whether it was done. */
  private boolean release(UUID projectId, List<ResourceId> resources) throws SQLException {
    Optional<ProjectView> project = directory.project(projectId);
    if (project.isEmpty()) {
      return false;
    }
    Instant now = dispatcher.clock().instant();
    try (Connection connection = database.hotConnection()) {
      connection.setAutoCommit(false);
      Sequences sequences = Sequences.lock(connection, projectId, world.ids(), resources);
      if (!DirectoryVersion.keep(connection, projectId, project.get().version())) {
        // An endpoint may have lanes now that had none: the next time this node knows.
        connection.rollback();
        directory.refreshAll();
        return false;
      }
      sequences.waited();
      commit(connection, projectId, sequences.write(policies(project.get()), now));
      return true;
    }
  }
}
