package dev.boathook.deliver;

import dev.boathook.lane.Effect;
import dev.boathook.lane.Engine;
import dev.boathook.lane.LoadedLane;
import dev.boathook.lane.Resolution;
import dev.boathook.lane.Waiting;
import dev.boathook.outbound.Outcome;
import dev.boathook.signatures.Headers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of delivering, for tests of other packages. */
public final class TestingDeliver {
  private TestingDeliver() {}

  /** What was read, and when the next is due that was not. */
  public record Loaded<T>(List<T> rows, @Nullable Instant nextDue) {}

  /** Writes outcomes. */
  public static List<Resolution.Written> record(
      Connection connection, UUID nonce, List<Resolution> resolutions, List<Outcome> outcomes)
      throws SQLException {
    List<Recorder.Entry> entries = new ArrayList<>();
    for (int i = 0; i < resolutions.size(); i++) {
      Attempt attempt =
          new Attempt(
              Instant.EPOCH,
              Duration.ZERO,
              outcomes.get(i),
              null,
              null,
              Headers.of(),
              Headers.of(),
              new byte[0],
              false);
      entries.add(new Recorder.Entry(resolutions.get(i), attempt, Instant.EPOCH));
    }
    return Recorder.write(connection, nonce, entries).written();
  }

  /** Reads what waits outside lanes. */
  public static Loaded<Waiting> load(Connection connection, Effect.Load load) throws SQLException {
    var loaded = WaitingQueries.load(connection, load);
    return new Loaded<>(loaded.rows(), loaded.nextDue());
  }

  /** Reads lanes, and settles those in which nothing waits. */
  public static Loaded<LoadedLane> loadLanes(Connection connection, Effect.Load load)
      throws SQLException {
    var loaded = WaitingQueries.loadLanes(connection, load);
    return new Loaded<>(loaded.rows(), loaded.nextDue());
  }

  /** Looks what waits for whom. */
  public static List<Engine.Found> survey(
      Connection connection, UUID projectId, List<UUID> endpoints) throws SQLException {
    UUID[] projects = endpoints.stream().map(id -> projectId).toArray(UUID[]::new);
    return WaitingQueries.survey(connection, projects, endpoints.toArray(UUID[]::new));
  }

  /** Notes since when an endpoint fails. */
  public static void note(
      Connection connection,
      UUID projectId,
      UUID endpointId,
      long epoch,
      @Nullable Instant since,
      UUID nonce)
      throws SQLException {
    WaitingQueries.note(
        connection, new Effect.NoteFailing(projectId, endpointId, epoch, since), nonce);
  }
}
