package dev.boathook.sequence;

import dev.boathook.source.Sequenced;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;

/**
 * One resource of a source, by one of its rules.
 *
 * @param sourceId the source
 * @param series the rule's; see {@link dev.boathook.source.SequenceRule#series}
 * @param resource the resource's name; empty if it has none
 */
public record ResourceId(UUID sourceId, long series, String resource) {
  /** The one that a position is of. */
  public static ResourceId of(UUID sourceId, Sequenced sequenced) {
    return new ResourceId(sourceId, sequenced.rule().series(), sequenced.resource());
  }

  /** From columns of these names. */
  static ResourceId of(ResultSet row) throws SQLException {
    return new ResourceId(
        row.getObject("source_id", UUID.class), row.getLong("series"), row.getString("resource"));
  }
}
