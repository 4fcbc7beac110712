package dev.boathook.receive;

import java.util.Locale;

/** The media type in the value of a Content-Type header. */
public final class MediaType {
  private MediaType() {}

  /** It alone, in lower case and without its parameters; empty if there is none. */
  public static String of(String contentType) {
    int end = contentType.indexOf(';');
    String mediaType = end < 0 ? contentType : contentType.substring(0, end);
    return mediaType.strip().toLowerCase(Locale.ROOT);
  }
}
