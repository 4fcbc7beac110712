package dev.boathook.accept;

import java.util.List;

/** What became of the offers of one request: all of them are stored, or none is answered for. */
public sealed interface GroupAcceptance
    permits GroupAcceptance.AllStored, Acceptance.Unavailable, Acceptance.Unacceptable {
  /**
   * Every one is an event, durably.
   *
   * @param each in the order of the offers
   */
  record AllStored(List<Acceptance.Stored> each) implements GroupAcceptance {
    /** Keeps a copy. */
    public AllStored {
      each = List.copyOf(each);
    }
  }
}
