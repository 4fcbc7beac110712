package dev.boathook.demo;

/**
 * One request that came to the receiver.
 *
 * @param path of which endpoint's URL
 * @param webhookId its {@code webhook-id}
 * @param type its {@code boathook-type}; empty for a published event
 * @param signature its {@code webhook-signature}
 * @param verified whether the signature is good for this endpoint's secret
 * @param body its bytes
 * @param status what is answered
 * @param held whether the answer is held back
 * @param atNanos when it came, on the ticker
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes as they came, compared and never changed.
record Arrival(
    String path,
    String webhookId,
    String type,
    String signature,
    boolean verified,
    byte[] body,
    int status,
    boolean held,
    long atNanos) {
  /** Whether the receiver takes it. */
  boolean isTaken() {
    return status == Mailbox.TAKEN;
  }
}
