package dev.boathook.outbound;

import java.util.Locale;

/**
 * Why a text cannot be an endpoint's URL.
 *
 * @param message a sentence for the person who typed it; it does not repeat the URL
 */
public record InvalidTargetUrl(Reason reason, String message) implements ParsedUrl {

  /** The kind of fault. */
  public enum Reason {
    TOO_LONG,
    BAD_CHARACTER,
    BAD_SCHEME,
    NO_HOST,
    USERINFO,
    FRAGMENT,
    BAD_HOST,
    BAD_PORT,
    AMBIGUOUS_ADDRESS
  }

  /** The reason as a stable lower_snake name. */
  public String code() {
    return reason.name().toLowerCase(Locale.ROOT);
  }
}
