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
  NO_MATCHING_SIGNATURE,
  /** What is signed, or the signature itself, stands in the body, and the body lacks it. */
  MALFORMED_BODY,
  /** The token that must be there is not. */
  MISSING_TOKEN,
  /** The token is none of ours. */
  NO_MATCHING_TOKEN,
  /** The token is not written as the provider writes it. */
  MALFORMED_TOKEN,
  /** What the token or the body says of itself (issuer, audience, …) is not what it must be. */
  WRONG_CLAIM,
  /** The token's time is over, or has not come. */
  TOKEN_EXPIRED,
  /** The provider publishes no such key. */
  UNKNOWN_KEY,
  /** The request names a key or certificate that is not the provider's, or not valid now. */
  UNTRUSTED_KEY;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** The stable code, as {@code missing_header}. */
  public String code() {
    return code;
  }
}
