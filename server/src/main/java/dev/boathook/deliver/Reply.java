package dev.boathook.deliver;

/** What one who waited for an endpoint's answer is told. */
public sealed interface Reply {
  /**
   * The endpoint answered 2xx, whole and in time.
   *
   * @param status from 200 to 299
   * @param contentType the body's media type; empty when the endpoint gave none
   * @param body as it came, at most as long as is kept of any answer
   */
  @SuppressWarnings("ArrayRecordComponent") // Passed on, compared nowhere.
  record Answer(int status, String contentType, byte[] body) implements Reply {}

  /**
   * There is no answer to pass on.
   *
   * @param detail what happened, in a few words for people
   */
  record None(Reason reason, String detail) implements Reply {
    /** Why. */
    public enum Reason {
      /** The event was not accepted. */
      NOT_ACCEPTED("not_accepted"),
      /** The event was accepted before, and nobody is asked again. */
      DUPLICATE("duplicate"),
      /**
       * The endpoint is deleted, paused or disabled, or could not be asked for a reason of ours.
       */
      NOT_ASKED("not_asked"),
      /** The attempt failed; it is repeated on the endpoint's schedule. */
      FAILED("failed"),
      /** The endpoint answered 2xx, but with more than is kept, or its answer broke off. */
      CUT("cut"),
      /** The limit came first; whatever the endpoint answers yet is recorded as usual. */
      LATE("late"),
      /** As many wait as may. */
      TOO_MANY("too_many");

      private final String code;

      Reason(String code) {
        this.code = code;
      }

      /** A stable word for logs and metrics. */
      public String code() {
        return code;
      }
    }
  }
}
