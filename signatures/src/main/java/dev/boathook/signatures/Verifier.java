package dev.boathook.signatures;

import java.time.Instant;

/** Checks whether a request is what it claims to be. Thread-safe; holds its secrets. */
@FunctionalInterface
public interface Verifier {

  /**
   * Verifies one request. Never throws for anything that stands in the request.
   *
   * @param now the time to compare the request's time with
   */
  Verdict verify(WebhookRequest request, Instant now);
}
