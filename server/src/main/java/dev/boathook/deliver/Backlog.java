package dev.boathook.deliver;

import dev.boathook.store.Columns;
import dev.boathook.store.Sql;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * What waits in one project.
 *
 * @param waiting how many deliveries wait
 * @param oldestDueAt when the earliest of them is or was due; null when all are held
 */
public record Backlog(long waiting, @Nullable Instant oldestDueAt) {
  private static final String BACKLOG = Sql.of(Backlog.class, "backlog");

  /** Counts what waits, by project; a project in which nothing waits is not named. */
  public static Map<UUID, Backlog> count(Jdbi jdbi) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(BACKLOG)
            .map((row, context) ->
                Map.entry(
                    row.getObject("project_id", UUID.class),
                    new Backlog(
                        row.getLong("waiting"), Columns.instantOrNull(row, "oldest_due_at"))))
            .stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue)));
  }
}
