package dev.boathook.deliver;

import dev.boathook.store.Sql;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Deletes the rows of lanes that have not been used for long. */
public final class IdleLanes {
  /** How long a lane is kept that has nothing to do. */
  public static final Duration KEPT = Duration.ofDays(7);

  private static final String EXPIRE = Sql.of(IdleLanes.class, "expire_lanes");
  private static final int BATCH = 5_000;
  private static final UUID FIRST = new UUID(0, 0);

  private final Jdbi jdbi;

  /** Lanes of this database. */
  public IdleLanes(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  private record LaneKey(UUID projectId, UUID endpointId, String key) {}

  /** Looks at every lane, some at a time. */
  public void expire(Instant now) {
    Optional<LaneKey> after = Optional.of(new LaneKey(FIRST, FIRST, ""));
    while (after.isPresent()) {
      after = expireAfter(after.get(), now.minus(KEPT));
    }
  }

  private Optional<LaneKey> expireAfter(LaneKey last, Instant before) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(EXPIRE)
            .bind("project", last.projectId)
            .bind("endpoint", last.endpointId)
            .bind("key", last.key)
            .bind("limit", BATCH)
            .bind("before", before)
            .map((row, context) ->
                new LaneKey(
                    row.getObject("project_id", UUID.class),
                    row.getObject("endpoint_id", UUID.class),
                    row.getString("ordering_key")))
            .findOne());
  }
}
