package dev.boathook.sequence;

import dev.boathook.store.Columns;
import dev.boathook.store.Sql;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The recorded gaps, and the removal of what is too old to be of use. */
public final class Gaps {
  /** How long a gap is kept, and how long a resource is known of which nothing comes. */
  public static final Duration KEPT = Duration.ofDays(90);

  private static final String LIST = Sql.of(Gaps.class, "list_gaps");
  private static final String EXPIRE_GAPS = Sql.of(Gaps.class, "expire_gaps");
  private static final String EXPIRE_RESOURCES = Sql.of(Gaps.class, "expire_resources");
  private static final int BATCH = 1_000;
  private static final int MAX_BATCHES = 1_000;

  private final Jdbi jdbi;

  /** The gaps in this database. */
  public Gaps(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Positions that had not come when what follows them went on.
   *
   * @param id rises with time
   * @param resource the name of the resource; empty if it has none
   * @param first the first that was missing
   * @param last the last that was missing
   * @param cause why it was not waited for any longer
   * @param foundAt when that was
   */
  public record Gap(
      UUID id, String resource, long first, long last, String cause, Instant foundAt) {}

  /**
   * The newest gaps of a source, newest first.
   *
   * @param before only gaps with a smaller id than this; null for all
   */
  public List<Gap> list(UUID projectId, UUID sourceId, @Nullable UUID before, int limit) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(LIST)
            .bind("project", projectId)
            .bind("source", sourceId)
            .bind("before", before)
            .bind("limit", limit)
            .map((row, context) ->
                new Gap(
                    row.getObject("gap_id", UUID.class),
                    row.getString("resource"),
                    row.getLong("first_missing"),
                    row.getLong("last_missing"),
                    row.getString("cause"),
                    Columns.instant(row, "found_at")))
            .list());
  }

  /** Removes gaps and idle resources that are too old, at most a million of each. */
  public void expire(Instant now) {
    Instant before = now.minus(KEPT);
    expire(EXPIRE_GAPS, before);
    expire(EXPIRE_RESOURCES, before);
  }

  private void expire(String sql, Instant before) {
    for (int i = 0; i < MAX_BATCHES; i++) {
      int count =
          jdbi.withHandle(handle ->
              handle.createUpdate(sql).bind("before", before).bind("limit", BATCH).execute());
      if (count < BATCH) {
        return;
      }
    }
  }
}
