package dev.boathook.receive;

import dev.boathook.store.Text;

/** Problem documents, RFC 9457: what every answer of ours is that says what went wrong. */
public final class ProblemDocument {
  /** Their media type. */
  public static final String MEDIA_TYPE = "application/problem+json";

  private ProblemDocument() {}

  /** The URI that names a kind of problem. */
  public static String type(String code) {
    return "urn:boathook:problem:" + code;
  }

  /**
   * A document that says no more than what kind of problem it is.
   *
   * @param code the stable word for it
   * @param title what it is, without quotes and backslashes
   */
  public static byte[] of(int status, String code, String title) {
    return Text.utf8(
        "{\"type\":\"%s\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\"}"
            .formatted(type(code), title, status, code));
  }
}
