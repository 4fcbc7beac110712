package dev.boathook.lane;

import java.util.UUID;

/** The endpoints of a consumer, or one that is nobody's, and what they have out. */
final class Group {
  final UUID groupId;
  int weight;
  int endpoints;
  int busy;

  /** Bodies of what is busy. */
  long busyBytes;

  Group(UUID groupId) {
    this.groupId = groupId;
  }

  /** So much more is out, or less. */
  void changed(int attempts, long bytes) {
    busy += attempts;
    busyBytes += bytes;
  }
}
