package dev.boathook.simulation;

/** What must hold whatever happens: ARCHITECTURE.md and docs/reliability.md say it at length. */
enum Promise {
  /** Every accepted event is, for every endpoint that matches, in one state. */
  NOTHING_IS_LOST("lost"),
  /** Within a lane each first success comes in the order of the places. */
  ORDER("out of order"),
  /** A request is repeated only with a cause. */
  NO_REPEAT_WITHOUT_CAUSE("duplicated without cause"),
  /** What is due is sent, and when faults end the backlog drains. */
  NOTHING_IS_STUCK("stuck"),
  /** Nothing is sent that was not accepted. */
  ONLY_WHAT_WAS_ACCEPTED("sent without acceptance"),
  /** At most one attempt is out in a lane, and of a delivery. */
  ONE_IN_FLIGHT("two in flight"),
  /** Who does not hold the shard changes nothing. */
  STALE_NODES_CHANGE_NOTHING("changed by a stale node"),
  /** What has come to its end does not change. */
  FINISHED_STAYS("finished and changed"),
  /** Not more tries than the policy says, and not fewer. */
  TRIES("wrong number of tries"),
  /** The next try is due when the policy says. */
  DUE_TIMES("due at a wrong time"),
  /** A halted lane waits for its operator. */
  HALT("sent in a halted lane"),
  /** Memory and attempts stay in their bounds, and come back to nothing. */
  BOUNDS("out of bounds"),
  /** Nothing is done again and again in no time. */
  NO_STORM("storm"),
  /** The core does not throw. */
  NO_BUG("bug");

  private final String words;

  Promise(String words) {
    this.words = words;
  }

  /** What it is when it is broken. */
  String words() {
    return words;
  }
}
