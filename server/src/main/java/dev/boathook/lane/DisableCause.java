package dev.boathook.lane;

import java.time.Instant;

/** Why an endpoint is to be disabled. */
public sealed interface DisableCause {
  /** It says that it is gone for good. */
  record Gone() implements DisableCause {}

  /** It has done nothing but fail since then, for as long as its policy lets. */
  record Failing(Instant since) implements DisableCause {}
}
