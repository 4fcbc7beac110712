package dev.boathook.bench.load;

/** Where the connections of a loop get their requests from. Can serve any number of loops. */
@FunctionalInterface
public interface RequestSource {
  /** The requests of one more connection. */
  Requests forConnection();
}
