package dev.boathook.signatures;

import java.util.Locale;

/** The rule that a rejected request broke. Codes are stable: they stand in logs and metrics. */
public enum Reason {
  /** A header that must be there is not. */
  MISSING_HEADER,
  /** A header is too long, occurs too often, or is not written as the provider writes it. */
  MALFORMED_HEADER,
  /** The time is not a number or date in the provider's form. */
  MALFORMED_TIMESTAMP,
  /** The time lies further back than the tolerance: a replay, or a clock that is wrong. */
  TIMESTAMP_TOO_OLD,
  /** The time lies further ahead than the tolerance. */
  TIMESTAMP_IN_FUTURE,
  /** No signature of a kind that we accept; weaker or unknown kinds are not looked at. */
  NO_ACCEPTED_SIGNATURE,
  /** No signature is written in the provider's encoding and length. */
  MALFORMED_SIGNATURE,
  /** More signatures than any provider sends. */
  TOO_MANY_SIGNATURES,
  /** Signatures in good form, and none was made with one of our secrets over this request. */
  NO_MATCHING_SIGNATURE;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** The stable code, as {@code missing_header}. */
  public String code() {
    return code;
  }
}
