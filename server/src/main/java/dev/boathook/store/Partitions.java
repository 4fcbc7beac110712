package dev.boathook.store;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The daily partitions of events, deliveries and attempts, made ahead of their day. */
public final class Partitions {
  private static final int DAYS_AHEAD = 7;
  private static final List<String> PARENTS = List.of("event", "delivery", "attempt");
  private static final String HAS = Sql.of(Partitions.class, "has_partition");
  private static final String LOCK = Sql.of(Partitions.class, "partition_lock");
  private static final String ADD = Sql.of(Partitions.class, "add_partition");

  private final Jdbi jdbi;

  /** The partitions of this database. */
  public Partitions(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Makes those of this moment's day (UTC), of the day before and of a week ahead, where missing;
   * each in a transaction of its own.
   */
  public void addAround(Instant moment) {
    LocalDate today = moment.atOffset(ZoneOffset.UTC).toLocalDate();
    for (LocalDate day : today.minusDays(1).datesUntil(today.plusDays(DAYS_AHEAD + 1)).toList()) {
      for (String parent : PARENTS) {
        jdbi.useTransaction(handle -> add(handle, parent, day));
      }
    }
  }

  private static void add(Handle handle, String parent, LocalDate day) {
    boolean there =
        handle.createQuery(HAS).bind("parent", parent).bind("day", day).mapTo(Boolean.class).one();
    if (!there) {
      handle.createQuery(LOCK).mapToMap().one();
      handle.createQuery(ADD).bind("parent", parent).bind("day", day).mapTo(String.class).one();
    }
  }
}
