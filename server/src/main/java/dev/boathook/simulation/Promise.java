package dev.boathook.simulation;

/** What must hold whatever happens: ARCHITECTURE.md and docs/reliability.md say it at length. */
enum Promise {
  /** Every accepted event is, for every endpoint that matches, in one state. */
  NOTHING_IS_LOST("lost", Kind.LOST),
  /** Within a lane each first success comes in the order of the places. */
  ORDER("out of order", Kind.OUT_OF_ORDER),
  /** A request is repeated only with a cause. */
  NO_REPEAT_WITHOUT_CAUSE("duplicated without cause", Kind.DUPLICATED),
  /** What is due is sent, and when faults end the backlog drains. */
  NOTHING_IS_STUCK("stuck", Kind.STUCK),
  /** Nothing is sent that was not accepted. */
  ONLY_WHAT_WAS_ACCEPTED("sent without acceptance", Kind.DUPLICATED),
  /** At most one attempt is out in a lane, and of a delivery. */
  ONE_IN_FLIGHT("two in flight", Kind.DUPLICATED),
  /** Who does not hold the shard changes nothing. */
  STALE_NODES_CHANGE_NOTHING("changed by a stale node", Kind.LOST),
  /** Who has not renewed its lease in time begins nothing. */
  STALE_NODES_BEGIN_NOTHING("begun by a stale node", Kind.DUPLICATED),
  /** No more attempts are out at once than the endpoint wants. */
  MAX_IN_FLIGHT("too many at once", Kind.DUPLICATED),
  /** Nobody has so much out that too little is free for others. */
  SHARE("more than its share", Kind.STUCK),
  /** Nothing is sent faster than the endpoint wants. */
  RATE("too fast", Kind.DUPLICATED),
  /** What waited when the endpoint was resumed is sent at the rate of resuming, all of it. */
  RESUME_RATE("resumed too fast", Kind.DUPLICATED),
  /** What has come to its end does not change. */
  FINISHED_STAYS("finished and changed", Kind.LOST),
  /** Not more tries than the policy says, and not fewer. */
  TRIES("wrong number of tries", Kind.LOST),
  /** The next try is due when the policy says. */
  DUE_TIMES("due at a wrong time", Kind.STUCK),
  /** An endpoint is disabled only when it has done nothing but fail for so long. */
  DISABLING("disabled without cause", Kind.STUCK),
  /** An endpoint that says that it is gone gets nothing more until it is changed. */
  GONE("sent to who is gone", Kind.DUPLICATED),
  /** A halted lane waits for its operator. */
  HALT("sent in a halted lane", Kind.OUT_OF_ORDER),
  /** Memory and attempts stay in their bounds, and come back to nothing. */
  BOUNDS("out of bounds", Kind.STUCK),
  /** Nothing is done again and again in no time. */
  NO_STORM("storm", Kind.STUCK),
  /** The core does not throw. */
  NO_BUG("bug", Kind.STUCK);

  /** What comes of it for who sends and receives: as what it counts in the line of figures. */
  enum Kind {
    LOST("lost"),
    OUT_OF_ORDER("out of order"),
    DUPLICATED("duplicated without cause"),
    STUCK("stuck");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private final String words;
  private final Kind kind;

  Promise(String words, Kind kind) {
    this.words = words;
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** What it is when it is broken. */
  String words() {
    return words;
  }
}
