package dev.boathook.accept;

import dev.boathook.store.Sql;
import java.time.Duration;
import java.time.Instant;
import org.jdbi.v3.core.Jdbi;

/** Removes dedupe keys whose window has ended, in small batches. */
public final class Expiry {
  private static final String DEDUPE = Sql.of(Expiry.class, "expire_dedupe");
  private static final String CONFLICTS = Sql.of(Expiry.class, "expire_conflicts");
  private static final int BATCH = 1_000;
  private static final int MAX_BATCHES = 2_000;
  private static final Duration CONFLICTS_KEPT = Duration.ofDays(30);

  private final Jdbi jdbi;

  /** Expiry in this database. */
  public Expiry(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** Removes what has expired, at most {@value #MAX_BATCHES} batches; answers how many keys. */
  public int expire(Instant now) {
    int removed = 0;
    for (int i = 0; i < MAX_BATCHES; i++) {
      int count =
          jdbi.withHandle(handle ->
              handle.createUpdate(DEDUPE).bind("now", now).bind("limit", BATCH).execute());
      removed += count;
      if (count < BATCH) {
        break;
      }
    }
    jdbi.useHandle(handle ->
        handle
            .createUpdate(CONFLICTS)
            .bind("before", now.minus(CONFLICTS_KEPT))
            .bind("limit", BATCH)
            .execute());
    return removed;
  }
}
