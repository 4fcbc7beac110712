package dev.boathook.lane;

import java.util.UUID;

/** The endpoints of a consumer, or one that is nobody's, and what is busy for them. */
final class Group {
  final UUID groupId;
  int weight;
  int endpoints;
  private Busy proven = Busy.NONE;
  private Busy unproven = Busy.NONE;

  Group(UUID groupId) {
    this.groupId = groupId;
  }

  /** For those of its endpoints that have proven themselves, or for the others. */
  Busy busy(boolean isProven) {
    return isProven ? proven : unproven;
  }

  /** What is busy for one of them has become other than it was. */
  void change(boolean isProven, Busy before, Busy after) {
    if (isProven) {
      proven = proven.minus(before).plus(after);
    } else {
      unproven = unproven.minus(before).plus(after);
    }
  }
}
