package dev.boathook.signatures;

/** What a verified request says. */
public sealed interface Reading {

  /** Something happened at the provider. */
  record Notification(Envelope envelope) implements Reading {}

  /**
   * The provider tests the address. Answer exactly this and store nothing.
   *
   * @param status the HTTP status
   * @param contentType the media type of the body; empty if there is no body
   * @param body the bytes to answer; nobody may write to it
   */
  @SuppressWarnings("ArrayRecordComponent") // Written straight to the socket.
  record Handshake(int status, String contentType, byte[] body) implements Reading {}
}
