package dev.boathook.consumer;

import dev.boathook.store.Changed;
import dev.boathook.store.Columns;
import dev.boathook.store.ConfigChanges;
import dev.boathook.store.NameTakenException;
import dev.boathook.store.Sql;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementException;

/** The consumers in the database. */
public final class Consumers {
  private static final String UPSERT = Sql.of(Consumers.class, "upsert_consumer");
  private static final String DELETE = Sql.of(Consumers.class, "delete_consumer");
  private static final String SINCE = Sql.of(Consumers.class, "consumers_since");

  private final InstantSource clock;

  /** Consumers whose changes carry this clock's time. */
  public Consumers(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Makes the consumer, or changes it if its id is known.
   *
   * @throws NameTakenException when another consumer of the project has its name
   */
  public void save(ConfigChanges changes, Consumer consumer) throws NameTakenException {
    try {
      changes.make(
          consumer.projectId(),
          (handle, version) ->
              handle
                  .createUpdate(UPSERT)
                  .bind("project", consumer.projectId())
                  .bind("id", consumer.id())
                  .bind("name", consumer.name())
                  .bind("weight", consumer.weight())
                  .bind("now", clock.instant())
                  .bind("version", version)
                  .execute());
    } catch (StatementException e) {
      throw NameTakenException.from(e, consumer.name());
    }
  }

  /** Deletes it and its endpoints; its events stay. False when there is none. */
  public boolean delete(ConfigChanges changes, UUID projectId, UUID consumerId) {
    return changes.end(DELETE, projectId, consumerId, clock.instant());
  }

  /** What changed after a version of the directory. */
  public List<Changed<Consumer>> since(Handle handle, UUID projectId, long version) {
    return handle
        .createQuery(SINCE)
        .bind("project", projectId)
        .bind("version", version)
        .map((row, context) -> {
          UUID id = row.getObject("consumer_id", UUID.class);
          if (Columns.isPresent(row, "deleted_at")) {
            return new Changed<Consumer>(id, null);
          }
          return new Changed<>(
              id,
              new Consumer(
                  projectId,
                  id,
                  row.getString("name"),
                  row.getInt("weight"),
                  Columns.instant(row, "created_at"),
                  Columns.instant(row, "updated_at")));
        })
        .list();
  }
}
