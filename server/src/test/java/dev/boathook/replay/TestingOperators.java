package dev.boathook.replay;

import dev.boathook.store.Sql;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** The statements of operators, for tests of other packages. */
public final class TestingOperators {
  private TestingOperators() {}

  /** Cancels those that wait. */
  public static void cancel(Handle handle, UUID projectId, List<UUID> deliveries, Instant now) {
    var _ = Cancelling.cancel(handle, projectId, deliveries, now);
  }

  /** Lets a halted lane go on. */
  public static void skip(Handle handle, UUID projectId, UUID endpointId, String key) {
    Cancelling.Lane lane = new Cancelling.Lane(endpointId, key);
    var locked = Cancelling.lock(handle, projectId, lane);
    if (locked.isPresent() && locked.get().haltedBy() != null) {
      var _ = Cancelling.settle(handle, projectId, Set.of(lane), true);
    }
  }

  /** Tries a halted lane's head again. */
  public static void retryHead(
      Handle handle, UUID projectId, UUID endpointId, String key, UUID newId, Instant now) {
    Cancelling.Lane lane = new Cancelling.Lane(endpointId, key);
    var locked = Cancelling.lock(handle, projectId, lane);
    UUID head = locked.isEmpty() ? null : locked.get().haltedBy();
    if (head != null) {
      handle
          .createUpdate(Sql.of(Lanes.class, "insert_head"))
          .bind("project", projectId)
          .bind("head", head)
          .bind("newId", newId)
          .bind("now", now)
          .execute();
      var _ = Cancelling.settle(handle, projectId, Set.of(lane), true);
    }
  }
}
