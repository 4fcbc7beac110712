package dev.boathook.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/** The version of a project's directory, which every change of configuration raises. */
public final class DirectoryVersion {
  private static final String KEEP = Sql.of(DirectoryVersion.class, "keep_directory");

  private DirectoryVersion() {}

  /**
   * Keeps a project's directory as it is until the connection's transaction ends: no endpoint is
   * deleted or configured anew between our look and our commit.
   *
   * @param version the one by which was decided
   * @return whether it is still the version
   */
  public static boolean keep(Connection connection, UUID projectId, long version)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(KEEP)) {
      statement.setLong(1, version);
      statement.setObject(2, projectId);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }
}
