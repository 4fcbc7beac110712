package dev.boathook.replay;

import dev.boathook.endpoint.Endpoint;
import dev.boathook.event.Origin;
import dev.boathook.route.ProjectView;
import dev.boathook.store.Planning;
import dev.boathook.store.Sql;
import dev.boathook.world.Uuid7;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Finds what a replay of many is to repeat, part by part, the oldest first. */
final class Matches {
  private static final String NEXT_FINISHED = Sql.of(Matches.class, "next_finished");
  private static final String NEXT_EVENTS = Sql.of(Matches.class, "next_events");

  /** Ids that are made at one time by nodes whose clocks differ are less far apart than this. */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofDays(1);

  private static final Comparator<Match> BY_PLACE =
      Comparator.comparing(Match::laneSeq, Comparator.nullsFirst(Comparator.<Long>naturalOrder()));

  private Matches() {}

  /**
   * What is looked for.
   *
   * @param filter which deliveries
   * @param choice what became of them
   * @param replayId the replay's id, made when it was asked for: what has a larger one came later
   */
  record Search(Filter filter, Choice choice, UUID replayId) {
    /** The id after which to begin. */
    UUID beginning() {
      Instant since = filter.since();
      if (since == null) {
        return Uuid7.FIRST;
      }
      return Uuid7.firstOf(choice == Choice.MISSING ? since : since.minus(CLOCK_DIFFERENCE));
    }
  }

  /**
   * One event for one endpoint, to be delivered once more.
   *
   * @param originalId the delivery that is repeated; null when there was none
   * @param eventId the event
   * @param endpoint to whom
   * @param key the ordering key of the delivery or of the event; null or empty for none
   * @param laneSeq the place of the original in its lane; null when it was in none
   */
  record Match(
      @Nullable UUID originalId,
      UUID eventId,
      Endpoint endpoint,
      @Nullable String key,
      @Nullable Long laneSeq) {
    /** Whether it gets a place in a lane, by the endpoint's order of the moment. */
    boolean isInLane() {
      return endpoint.policy().order().hasLaneOutOfTurn();
    }

    private UUID id() {
      return originalId == null ? eventId : originalId;
    }
  }

  /**
   * How much one part may be.
   *
   * @param maxRows how many rows are looked at
   * @param maxMatches how many matches there may be
   * @param timeoutSeconds after which it is given up
   */
  record Size(int maxRows, int maxMatches, int timeoutSeconds) {}

  /**
   * One part.
   *
   * @param matches lane by lane, the oldest first in each
   * @param passed the id up to which everything was looked at
   * @param end whether there is nothing more
   */
  record Part(List<Match> matches, UUID passed, boolean end) {}

  private record Candidate(
      UUID id,
      @Nullable UUID deliveryId,
      UUID endpointId,
      @Nullable String key,
      @Nullable Long laneSeq,
      Optional<EventFacts> event,
      boolean settled,
      int lookedAt) {}

  /** Lets the rest of the handle's transaction read by indexes only. */
  static void planByKeys(Handle handle) {
    try {
      Planning.byKeysAndValues(handle.getConnection());
    } catch (SQLException e) {
      throw new IllegalStateException("statements cannot be planned by keys", e);
    }
  }

  /**
   * The next part, within a transaction that {@linkplain #planByKeys plans by keys}.
   *
   * @param after looks only at larger ids
   * @param size how much may be looked at
   */
  static Part next(Handle handle, ProjectView project, Search search, UUID after, Size size) {
    List<Candidate> candidates = candidates(handle, project, search, after, size);
    List<Match> matches = new ArrayList<>();
    UUID passed = after;
    for (Candidate candidate : candidates) {
      if (matches.size() == size.maxMatches) {
        return new Part(inOrder(matches), passed, false);
      }
      passed = candidate.id;
      match(project, search, candidate).ifPresent(matches::add);
    }
    boolean end = candidates.isEmpty() || candidates.getLast().lookedAt < size.maxRows;
    return new Part(inOrder(matches), passed, end);
  }

  private record Lane(UUID endpointId, @Nullable String key) {}

  /**
   * Puts what was in one lane in the order of the places that it had there: ids rise with time only
   * to within what the clocks of nodes differ. A lane that is long idle begins anew with its
   * places, so that they say nothing of what lies further apart.
   */
  private static List<Match> inOrder(List<Match> matches) {
    Map<Lane, List<Match>> lanes = new LinkedHashMap<>();
    for (Match match : matches) {
      lanes
          .computeIfAbsent(
              new Lane(match.endpoint.id(), match.isInLane() ? match.key : null),
              lane -> new ArrayList<>())
          .add(match);
    }
    List<Match> all = new ArrayList<>();
    for (List<Match> lane : lanes.values()) {
      int start = 0;
      for (int i = 1; i <= lane.size(); i++) {
        if (i == lane.size() || !isComparable(lane.get(i - 1), lane.get(i))) {
          List<Match> together = lane.subList(start, i);
          together.sort(BY_PLACE);
          all.addAll(together);
          start = i;
        }
      }
    }
    return all;
  }

  private static boolean isComparable(Match one, Match next) {
    return one.isInLane()
        && one.laneSeq != null
        && next.laneSeq != null
        && Uuid7.time(next.id()).isBefore(Uuid7.time(one.id()).plus(CLOCK_DIFFERENCE));
  }

  private static Optional<Match> match(ProjectView project, Search search, Candidate candidate) {
    Endpoint endpoint = project.endpoints().get(candidate.endpointId);
    if (endpoint == null || candidate.settled || candidate.event.isEmpty()) {
      return Optional.empty();
    }
    EventFacts event = candidate.event.get();
    boolean wanted =
        search.choice != Choice.MISSING
            || endpoint.subscription().wants(event.origin(), event.type());
    if (!wanted || !search.filter.takes(event)) {
      return Optional.empty();
    }
    return Optional.of(
        new Match(candidate.deliveryId, event.id(), endpoint, candidate.key, candidate.laneSeq));
  }

  private static List<Candidate> candidates(
      Handle handle, ProjectView project, Search search, UUID after, Size size) {
    var query =
        handle
            .createQuery(search.choice == Choice.MISSING ? NEXT_EVENTS : NEXT_FINISHED)
            .setQueryTimeout(size.timeoutSeconds)
            .bind("project", project.projectId())
            .bind("after", after)
            .bind("replay", search.replayId)
            .bind("limit", size.maxRows);
    if (search.choice == Choice.MISSING) {
      Instant until = search.filter.until();
      query
          .bind("until", until == null ? null : Uuid7.firstOf(until))
          .bind("endpoint", search.filter.endpointId())
          .bind("origin", onlyOrigin(project, search.filter));
    } else {
      query
          .bind("endpoints", search.filter.endpoints(project))
          .bind("dead", search.choice == Choice.DEAD)
          .bind("states", search.choice.states())
          .bind("unattempted", search.choice == Choice.NEVER_ATTEMPTED);
    }
    return query
        .map((row, context) ->
            new Candidate(
                row.getObject("id", UUID.class),
                row.getObject("delivery_id", UUID.class),
                row.getObject("endpoint_id", UUID.class),
                row.getString("ordering_key"),
                row.getObject("lane_seq", Long.class),
                EventFacts.read(row),
                row.getBoolean("settled"),
                row.getInt("looked_at")))
        .list();
  }

  /** From where alone the missing events can have come, so that the others are not read. */
  private static @Nullable UUID onlyOrigin(ProjectView project, Filter filter) {
    Origin origin = filter.origin();
    if (origin != null) {
      return origin.id();
    }
    Endpoint endpoint = project.endpoints().get(filter.endpointId());
    return endpoint == null ? null : endpoint.subscription().consumerId();
  }
}
