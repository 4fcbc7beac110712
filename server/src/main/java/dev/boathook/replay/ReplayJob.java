package dev.boathook.replay;

import dev.boathook.endpoint.TypePattern;
import dev.boathook.event.Origin;
import dev.boathook.store.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A replay of many deliveries, as the store has it.
 *
 * @param id its id; what was made later is never repeated by it
 * @param keyId the API key that asked for it
 * @param createdAt when
 * @param state how far the making of deliveries has come
 * @param failure why it failed; null when it did not
 * @param finishedAt when the last delivery was made, or when it was cancelled; null while it runs
 * @param cancelledBy the API key that cancelled it, or null
 * @param filter which deliveries
 * @param choice what became of them
 * @param ratePerSecond how many it makes a second; null for as many as the store takes
 * @param matched how many were found before it began; null when there were too many to count
 * @param made how many deliveries it has made
 * @param passed the id up to which it has looked at everything
 * @param nextAt when the next delivery may be due
 */
public record ReplayJob(
    UUID id,
    UUID keyId,
    Instant createdAt,
    State state,
    @Nullable String failure,
    @Nullable Instant finishedAt,
    @Nullable UUID cancelledBy,
    Filter filter,
    Choice choice,
    @Nullable Double ratePerSecond,
    @Nullable Long matched,
    long made,
    UUID passed,
    Instant nextAt) {
  /** How far the making of deliveries has come; the deliveries themselves may still wait. */
  public enum State {
    /** More are made. */
    RUNNING("running"),
    /** All are made. */
    DONE("done"),
    /** An operator has stopped it. */
    CANCELLED("cancelled"),
    /** It cannot go on; the failure says why. */
    FAILED("failed");

    private final String code;

    State(String code) {
      this.code = code;
    }

    /** The word in the database and in the API. */
    public String code() {
      return code;
    }

    private static State of(String code) {
      for (State state : values()) {
        if (state.code.equals(code)) {
          return state;
        }
      }
      throw new IllegalArgumentException("no state of a replay: " + code);
    }
  }

  static ReplayJob read(ResultSet row) throws SQLException {
    UUID originId = row.getObject("origin_id", UUID.class);
    return new ReplayJob(
        row.getObject("replay_id", UUID.class),
        row.getObject("key_id", UUID.class),
        Columns.instant(row, "created_at"),
        State.of(row.getString("state")),
        row.getString("failure"),
        Columns.instantOrNull(row, "finished_at"),
        row.getObject("cancelled_by", UUID.class),
        new Filter(
            row.getObject("endpoint_id", UUID.class),
            originId == null
                ? null
                : new Origin(Origin.Kind.of(row.getString("origin_kind")), originId),
            Columns.strings(row, "types").stream().map(TypePattern::new).toList(),
            row.getString("ordering_key"),
            Columns.instantOrNull(row, "since"),
            Columns.instantOrNull(row, "until")),
        Choice.of(row.getString("choice")),
        row.getObject("rate_per_second", Double.class),
        row.getObject("matched", Long.class),
        row.getLong("made"),
        row.getObject("passed", UUID.class),
        Columns.instant(row, "next_at"));
  }
}
