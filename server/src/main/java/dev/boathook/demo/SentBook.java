package dev.boathook.demo;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The senders' own book: the ids of the events that they were told are accepted. */
final class SentBook {
  private final Set<String> eventIds = ConcurrentHashMap.newKeySet();

  /** Writes down what an answer says, if it says yes and names an event. */
  void note(Answer answer) {
    if (answer.isSuccess() && !answer.eventId().isEmpty()) {
      eventIds.add(answer.eventId());
    }
  }

  /** All events that were accepted. */
  Set<String> eventIds() {
    return Set.copyOf(eventIds);
  }
}
