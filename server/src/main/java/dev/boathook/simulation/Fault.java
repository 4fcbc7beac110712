package dev.boathook.simulation;

/** What goes wrong. */
enum Fault {
  /** A node ends without a word. */
  CRASH,
  /** It ends when it is about to commit. */
  CRASH_BEFORE_COMMIT,
  /** It ends when it has committed and does not know it. */
  CRASH_AFTER_COMMIT,
  /** It ends between the answer of an endpoint and the writing of the outcome. */
  CRASH_BEFORE_RECORD,
  /** The answer to a commit is lost; it took place. */
  ANSWER_LOST,
  /** The answer to a commit is lost; it did not take place. */
  COMMIT_LOST,
  /** The store answers nobody for a while. */
  STORE_DOWN,
  /** The store takes its time. */
  STORE_SLOW,
  /** A node's lease is gone from the store. */
  LEASE_LOST,
  /** A node stands still for a while, and goes on as if nothing had been. */
  PAUSE,
  /** Shards are as they were some time ago, as after a failover to a replica that lags. */
  FAILOVER,
  /** A node's time of day jumps. */
  CLOCK_JUMP,
  /** The store's time of day jumps. */
  STORE_CLOCK_JUMP,
  /** A node hears nothing for a while. */
  DEAF,
  /** A message is heard late, or twice. */
  MESSAGE_ASTRAY,
  /** A request never arrives. */
  REQUEST_LOST,
  /** A request arrives and is done; the answer never arrives. */
  RESPONSE_LOST,
  /** A request arrives after the sender has given it up. */
  REQUEST_LATE,
  /** A request arrives twice. */
  REQUEST_TWICE,
  /** A connection breaks; the request may have been done. */
  RESET,
  /** An endpoint answers with a failure. */
  ENDPOINT_FAILS,
  /** An endpoint answers after the time-out, or never. */
  ENDPOINT_HANGS,
  /** An endpoint says that it is gone. */
  ENDPOINT_GONE
}
