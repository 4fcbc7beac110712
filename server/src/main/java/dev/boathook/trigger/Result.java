package dev.boathook.trigger;

/** What came of one request. */
public sealed interface Result {

  /** How long it took, in nanoseconds. */
  long nanos();

  /**
   * It was answered.
   *
   * @param body the answer's first {@value Trigger#MAX_ANSWER_BYTES} bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Answered(int status, byte[] body, long nanos) implements Result {}

  /**
   * No answer came.
   *
   * @param why a few words for people
   */
  record Failed(String why, long nanos) implements Result {}
}
