package dev.boathook.receive;

/** What came of reading a request's body. */
sealed interface Body {
  /** All of it. */
  @SuppressWarnings("ArrayRecordComponent") // Goes on to the verifier and the store.
  record Read(byte[] bytes, long takenBytes) implements Body {}

  /** More than is allowed; the rest was not read. */
  record TooLarge(int maxBytes) implements Body {}

  /** It did not end in time; so many bytes had come. */
  record TooSlow(int bytes) implements Body {}

  /** It ended before its end; so many bytes had come. */
  record Incomplete(int bytes) implements Body {}

  /** All bodies that are being received take as much memory as they may. */
  record NoRoom() implements Body {}
}
