package dev.boathook.accept;

import java.util.UUID;

/** What became of an offer. */
public sealed interface Acceptance {
  /** It is an event, durably, and so are its deliveries. */
  record Accepted(UUID eventId) implements Acceptance {}

  /**
   * It is an event already.
   *
   * @param eventId the original
   * @param sameBody false when the body differs from the original's; then it was kept for a look
   */
  record Duplicate(UUID eventId, boolean sameBody) implements Acceptance {}

  /** It was not taken, or nobody knows; the sender must offer it again. */
  record Unavailable(Reason reason) implements Acceptance {
    /** Why. */
    public enum Reason {
      /** As many offers wait as may. */
      QUEUE_FULL("queue_full"),
      /** The database does not answer, or refuses. */
      DATABASE("database_unavailable"),
      /** The server is stopping. */
      STOPPING("stopping");

      private final String code;

      Reason(String code) {
        this.code = code;
      }

      /** A stable word for problems, logs and metrics. */
      public String code() {
        return code;
      }
    }
  }

  /** It can never be taken: the database refuses its data. */
  record Unacceptable(String detail) implements Acceptance {}
}
