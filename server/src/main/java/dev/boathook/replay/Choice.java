package dev.boathook.replay;

import dev.boathook.lane.DeliveryState;
import java.util.Arrays;
import java.util.List;

/**
 * What of an event and an endpoint is replayed: their last delivery, by what became of it. One that
 * was repeated since counts no more; the repetition does.
 */
public enum Choice {
  /** Whatever became of it. */
  FINISHED("finished"),
  /** Those that used up their tries, or can never succeed. */
  DEAD("dead"),
  /** Those that arrived. */
  DELIVERED("delivered"),
  /** Those that were called off. */
  CANCELLED("cancelled"),
  /** Those that came to their end without a single attempt. */
  NEVER_ATTEMPTED("never_attempted"),
  /**
   * The events that one endpoint wants and never had a delivery of, as those from before it was
   * made.
   */
  MISSING("missing");

  private final String code;

  Choice(String code) {
    this.code = code;
  }

  /** The word in the database and in the API. */
  public String code() {
    return code;
  }

  /** The choice of a {@link #code}. */
  public static Choice of(String code) {
    for (Choice choice : values()) {
      if (choice.code.equals(code)) {
        return choice;
      }
    }
    throw new IllegalArgumentException("no choice: " + code);
  }

  /** The states of the deliveries, in the words of the database. */
  String[] states() {
    List<DeliveryState> states =
        switch (this) {
          case DEAD -> List.of(DeliveryState.DEAD);
          case DELIVERED -> List.of(DeliveryState.DELIVERED);
          case CANCELLED -> List.of(DeliveryState.CANCELLED);
          case FINISHED, NEVER_ATTEMPTED ->
              Arrays.stream(DeliveryState.values()).filter(DeliveryState::isFinal).toList();
          case MISSING -> List.of();
        };
    return states.stream().map(DeliveryState::code).toArray(String[]::new);
  }
}
