package dev.boathook.lane;

/** A limit of an endpoint's own for which what is due can wait. */
public enum Limit {
  /** Its attempts a second. */
  RATE,
  /** Its requests at once: as many as its policy allows, or as it has shown that it can take. */
  CONCURRENCY
}
