package dev.boathook.accept;

import dev.boathook.event.Event;
import dev.boathook.lane.LaneEnd;
import dev.boathook.lane.LaneId;
import dev.boathook.lane.Waiting;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statement of accepting, for tests of other packages. */
public final class TestingAccept {
  private TestingAccept() {}

  /** An event that is to be, with its deliveries. */
  public record Offered(String dedupeKey, Event event, List<Waiting> deliveries) {}

  /** What was committed. */
  public record Committed(Set<UUID> fresh, Map<LaneId, LaneEnd> lanes) {}

  /** Null when the directory has another version. */
  public static @Nullable Committed accept(
      Connection connection,
      UUID projectId,
      long version,
      List<Offered> batch,
      Set<UUID> newestOnly)
      throws SQLException {
    List<AcceptStatement.Routed> rows =
        batch.stream()
            .map(offered ->
                new AcceptStatement.Routed(
                    offer(offered), offered.event, offered.deliveries, List.of(), null))
            .toList();
    return switch (AcceptStatement.accept(connection, projectId, version, rows, newestOnly)) {
      case AcceptStatement.Answer.Outdated outdated -> null;
      case AcceptStatement.Answer.Committed committed ->
          new Committed(committed.fresh(), committed.lanes());
    };
  }

  private static Offer offer(Offered offered) {
    Event event = offered.event;
    return new Offer(
        event.projectId(),
        event.origin(),
        event.type(),
        event.key(),
        null,
        offered.dedupeKey,
        Duration.ofDays(7),
        null,
        true,
        event.contentType(),
        event.headers(),
        event.body(),
        new byte[32]);
  }
}
