package dev.boathook.store;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The daily partitions of events, deliveries and attempts, made ahead of their day. */
public final class Partitions {
  private static final int DAYS_AHEAD = 7;
  private static final String ADD = Sql.of(Partitions.class, "add_partitions");

  private final Jdbi jdbi;

  /** The partitions of this database. */
  public Partitions(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Makes those of this moment's day (UTC), of the day before and of a week ahead, where missing.
   */
  public void addAround(Instant moment) {
    LocalDate today = moment.atOffset(ZoneOffset.UTC).toLocalDate();
    jdbi.useHandle(handle -> {
      for (LocalDate day : today.minusDays(1).datesUntil(today.plusDays(DAYS_AHEAD + 1)).toList()) {
        add(handle, day);
      }
    });
  }

  private static void add(Handle handle, LocalDate day) {
    handle.createQuery(ADD).bind("day", day).mapTo(String.class).one();
  }
}
