package dev.boathook;

import dev.boathook.api.Health;
import dev.boathook.store.Database;
import dev.boathook.world.Ticker;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether the database answers, asked once a second at most, however often somebody wants to know.
 */
final class Readiness {
  private static final Duration REMEMBERED = Duration.ofSeconds(1);

  private final Database database;
  private final Ticker ticker;
  private final ReentrantLock asking = new ReentrantLock();
  private volatile Known known;

  private record Known(Health health, long askedAtNanos) {}

  Readiness(Database database, Ticker ticker) {
    this.database = database;
    this.ticker = ticker;
    this.known = new Known(Health.OK, ticker.nanoTime());
  }

  /**
   * How it is now, or was within the last second; who asks while another asks gets the last answer.
   */
  Health health() {
    boolean old = ticker.nanoTime() - known.askedAtNanos > REMEMBERED.toNanos();
    if (old && asking.tryLock()) {
      try {
        Health health = database.answers() ? Health.OK : new Health(false, "database_unavailable");
        known = new Known(health, ticker.nanoTime());
      } finally {
        asking.unlock();
      }
    }
    return known.health;
  }
}
