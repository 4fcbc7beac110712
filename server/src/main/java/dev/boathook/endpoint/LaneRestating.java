package dev.boathook.endpoint;

import dev.boathook.store.Sql;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Has lanes say anew when they are due after their endpoint's order was changed to one that begins
 * at their other end. There may be very many, and nothing is accepted for a project while its
 * configuration is being changed: so the change only marks the endpoint, and this follows, some
 * lanes at a time. The mark outlives a crash.
 */
public final class LaneRestating {
  private static final String LIST = Sql.of(LaneRestating.class, "list_restating");
  private static final String LOCK = Sql.of(LaneRestating.class, "lock_restated_lanes");
  private static final String RESTATE = Sql.of(LaneRestating.class, "restate_lanes");
  private static final String END = Sql.of(LaneRestating.class, "end_restating");

  /** How many lanes are restated at once: accepting waits no longer for what holds them. */
  private static final int LANES = 1_000;

  private final Jdbi jdbi;
  private final Consumer<UUID> restated;

  private record Marked(UUID projectId, UUID endpointId, long version) {}

  /**
   * In this database.
   *
   * @param restated is told of each endpoint of whose lanes some may be due earlier than whoever
   *     delivers to it knows
   */
  public LaneRestating(Jdbi jdbi, Consumer<UUID> restated) {
    this.jdbi = jdbi;
    this.restated = restated;
  }

  /** Goes through the lanes of all endpoints that are marked. */
  public void restateMarked() {
    for (Marked marked : marked()) {
      restate(jdbi, marked.projectId, marked.endpointId);
      // While the mark is there: without it, nobody would be told again.
      restated.accept(marked.endpointId);
      jdbi.useHandle(handle ->
          handle
              .createUpdate(END)
              .bind("project", marked.projectId)
              .bind("id", marked.endpointId)
              .bind("version", marked.version)
              .execute());
    }
  }

  private List<Marked> marked() {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(LIST)
            .map((row, context) ->
                new Marked(
                    row.getObject("project_id", UUID.class),
                    row.getObject("endpoint_id", UUID.class),
                    row.getLong("version")))
            .list());
  }

  /** Goes through the lanes of one, some at a time, each in a transaction of its own. */
  static void restate(Jdbi jdbi, UUID projectId, UUID endpointId) {
    String after = null;
    List<String> keys;
    do {
      String last = after;
      keys = jdbi.inTransaction(handle -> restateAfter(handle, projectId, endpointId, last));
      after = keys.isEmpty() ? null : keys.getLast();
    } while (keys.size() == LANES);
  }

  private static List<String> restateAfter(
      Handle handle, UUID projectId, UUID endpointId, @Nullable String after) {
    List<String> keys =
        handle
            .createQuery(LOCK)
            .bind("project", projectId)
            .bind("id", endpointId)
            .bind("after", after)
            .bind("lanes", LANES)
            .mapTo(String.class)
            .list();
    handle
        .createUpdate(RESTATE)
        .bind("project", projectId)
        .bind("id", endpointId)
        .bind("keys", keys.toArray(String[]::new))
        .execute();
    return keys;
  }
}
