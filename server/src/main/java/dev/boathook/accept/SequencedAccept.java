package dev.boathook.accept;

import dev.boathook.accept.AcceptStatement.Routed;
import dev.boathook.route.ProjectView;
import dev.boathook.sequence.Arrival;
import dev.boathook.sequence.Outcome;
import dev.boathook.sequence.Releases;
import dev.boathook.sequence.ResourceId;
import dev.boathook.sequence.Sequences;
import dev.boathook.source.Sequenced;
import dev.boathook.world.Ids;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Accepts a batch of events of sequenced sources in one transaction: locks their resources, writes
 * the events with their deliveries held, and then, since only now it is known which are new,
 * decides which of them go on.
 */
final class SequencedAccept {
  private final Ids ids;
  private final Releases releases;

  SequencedAccept(Ids ids, Releases releases) {
    this.ids = ids;
    this.releases = releases;
  }

  /**
   * Writes and commits.
   *
   * @param rows in the order in which their dedupe keys are locked
   * @param routed the same, and null for others, in the order in which they came
   * @param now from when on the first tries of what goes on are waited for
   */
  AcceptStatement.Answer accept(
      Connection connection,
      ProjectView project,
      List<Routed> rows,
      List<@Nullable Routed> routed,
      Instant now)
      throws SQLException {
    connection.setAutoCommit(false);
    List<ResourceId> resources =
        rows.stream().map(SequencedAccept::resource).filter(Objects::nonNull).toList();
    Sequences sequences = Sequences.lock(connection, project.projectId(), ids, resources);
    AcceptStatement.Answer answer =
        // What goes into lanes does so when it is released.
        AcceptStatement.accept(connection, project.projectId(), project.version(), rows, Set.of());
    switch (answer) {
      case AcceptStatement.Answer.Outdated outdated -> connection.rollback();
      case AcceptStatement.Answer.Committed written -> {
        for (Routed r : routed) {
          if (r != null && written.fresh().contains(r.event().id())) {
            sequences.arrived(arrival(r));
          }
        }
        Outcome outcome = sequences.write(Releases.policies(project), now);
        releases.commit(connection, project.projectId(), outcome);
      }
    }
    return answer;
  }

  private static @Nullable ResourceId resource(Routed routed) {
    Sequenced sequenced = routed.offer().sequenced();
    return sequenced == null ? null : ResourceId.of(routed.offer().origin().id(), sequenced);
  }

  private static Arrival arrival(Routed routed) {
    Offer offer = routed.offer();
    return new Arrival(
        routed.event().id(), offer.type(), offer.origin().id(), offer.sequenced(), routed.held());
  }
}
