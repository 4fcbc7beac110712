package dev.boathook.deliver;

import dev.boathook.route.Directory;
import dev.boathook.route.ProjectView;
import dev.boathook.store.Database;
import dev.boathook.store.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Calls off what waits for deleted endpoints, some at a time. */
public final class Cancellation {
  private static final String DELETED = Sql.of(Cancellation.class, "deleted_with_waiting");
  private static final String CANCEL = Sql.of(Cancellation.class, "cancel_endpoint");
  private static final int BATCH = 1_000;

  private final Database database;
  private final Directory directory;
  private final InstantSource clock;

  /** Cancellation in this database. */
  public Cancellation(Database database, Directory directory, InstantSource clock) {
    this.database = database;
    this.directory = directory;
    this.clock = clock;
  }

  /** Calls off everything that waits for a deleted endpoint; answers how many deliveries. */
  public int cancelForDeleted() throws SQLException {
    int cancelled = 0;
    for (ProjectView project : directory.projects()) {
      for (UUID endpoint : deletedEndpoints(project.projectId())) {
        int count;
        do {
          count = cancelSome(project.projectId(), endpoint, clock.instant());
          cancelled += count;
        } while (count > 0);
      }
    }
    return cancelled;
  }

  private List<UUID> deletedEndpoints(UUID projectId) throws SQLException {
    List<UUID> endpoints = new ArrayList<>();
    try (Connection connection = database.hotConnection();
        PreparedStatement statement = connection.prepareStatement(DELETED)) {
      statement.setObject(1, projectId);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          endpoints.add(row.getObject(1, UUID.class));
        }
      }
    }
    return endpoints;
  }

  private int cancelSome(UUID projectId, UUID endpointId, Instant now) throws SQLException {
    try (Connection connection = database.hotConnection();
        PreparedStatement statement = connection.prepareStatement(CANCEL)) {
      int p = 0;
      for (int part = 0; part < 2; part++) {
        statement.setObject(++p, projectId);
        statement.setObject(++p, endpointId);
        statement.setInt(++p, BATCH);
      }
      statement.setTimestamp(++p, Timestamp.from(now));
      statement.setObject(++p, projectId);
      return statement.executeUpdate();
    }
  }
}
