package dev.boathook.accept;

import java.util.UUID;

/** What became of an offer. */
public sealed interface Acceptance {
  /** It is an event, durably. */
  sealed interface Stored extends Acceptance {
    /** Which. */
    UUID eventId();
  }

  /** It is a new event, and its deliveries are there. */
  record Accepted(UUID eventId) implements Stored {}

  /**
   * It is an event already.
   *
   * @param eventId the original
   * @param sameBody false when the body differs from the original's; then it is kept for a look,
   *     unless {@value Acceptor#MAX_CONFLICTS_KEPT} are
   */
  record Duplicate(UUID eventId, boolean sameBody) implements Stored {}

  /** It was not taken, or nobody knows; the sender must offer it again. */
  record Unavailable(Reason reason) implements Acceptance, GroupAcceptance {
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
  record Unacceptable(String detail) implements Acceptance, GroupAcceptance {}
}
