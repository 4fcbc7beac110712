package dev.boathook.simulation;

import java.util.EnumSet;
import java.util.Set;

/** What goes wrong. */
enum Fault {
  /** A node ends without a word. */
  CRASH("crash of a node"),
  /** It ends when it is about to commit. */
  CRASH_BEFORE_COMMIT("crash before a commit"),
  /** It ends when it has committed and does not know it. */
  CRASH_AFTER_COMMIT("crash after a commit"),
  /** It ends between the answer of an endpoint and the writing of the outcome. */
  CRASH_BEFORE_RECORD("crash between answer and record"),
  /** The answer to a commit is lost; it took place. */
  ANSWER_LOST("answer to a commit lost"),
  /** The answer to a commit is lost; it did not take place. */
  COMMIT_LOST("commit lost"),
  /** The store answers nobody for a while. */
  STORE_DOWN("store away"),
  /** The store takes its time. */
  STORE_SLOW("store slow"),
  /** A node's lease is gone from the store. */
  LEASE_LOST("lease lost"),
  /** A node stands still for a while, and goes on as if nothing had been. */
  PAUSE("node stands still"),
  /** Shards are as they were some time ago, as after a failover to a replica that lags. */
  FAILOVER("shards taken back by a failover"),
  /** A node's time of day jumps. */
  CLOCK_JUMP("jump of a node's clock"),
  /** The store's time of day jumps. */
  STORE_CLOCK_JUMP("jump of the store's clock"),
  /** A node hears nothing for a while. */
  DEAF("node hears nothing"),
  /** A message is heard late, or twice. */
  MESSAGE_ASTRAY("message late or twice"),
  /** The disabling of an endpoint is not written, since another change comes first. */
  CHANGE_OVERTAKEN("disabling overtaken"),
  /** A request never arrives. */
  REQUEST_LOST("request lost"),
  /** A request arrives and is done; the answer never arrives. */
  RESPONSE_LOST("response lost"),
  /** A request arrives after the sender has given it up. */
  REQUEST_LATE("request late"),
  /** A request arrives twice. */
  REQUEST_TWICE("request twice"),
  /** A connection breaks; the request may have been done. */
  RESET("connection reset"),
  /** An endpoint answers with a failure. */
  ENDPOINT_FAILS("endpoint fails"),
  /** An endpoint answers after the time-out, or never. */
  ENDPOINT_HANGS("endpoint hangs"),
  /** An endpoint says that it is gone. */
  ENDPOINT_GONE("endpoint gone");

  /** What goes wrong between a node and an endpoint, and in no other place. */
  private static final Set<Fault> OF_ENDPOINTS = EnumSet.range(REQUEST_LOST, ENDPOINT_GONE);

  private final String words;

  Fault(String words) {
    this.words = words;
  }

  /** Whether nodes, their store and their messages have no part in it. */
  boolean isOfEndpoint() {
    return OF_ENDPOINTS.contains(this);
  }

  /** What it is in a list of figures. */
  String words() {
    return words;
  }
}
