package dev.boathook.lane;

/**
 * The states of a delivery. Every change is one of these:
 *
 * <pre>
 *              attempt fails, tries are left
 *                 ┌──────────┐
 *                 ▼          │
 *   made ──▶ WAITING ────────┘
 *               │
 *               ├── 2xx ────────────────────────────▶ DELIVERED
 *               ├── tries used up, or it cannot ever ▶ DEAD
 *               └── operator, or endpoint deleted ──▶ CANCELLED
 * </pre>
 *
 * A replay is a new delivery; a finished one never changes again.
 */
public enum DeliveryState {
  /** Due at some time; moved by the engine, or by an operator who cancels it. */
  WAITING("waiting"),
  /** The endpoint answered 2xx. Final. */
  DELIVERED("delivered"),
  /** A dead letter: kept, visible, replayable. Final. */
  DEAD("dead"),
  /** Called off. Final. */
  CANCELLED("cancelled");

  private final String code;

  DeliveryState(String code) {
    this.code = code;
  }

  /** The word in the database, the API and metrics. */
  public String code() {
    return code;
  }

  /** The state of a {@link #code}. */
  public static DeliveryState of(String code) {
    for (DeliveryState state : values()) {
      if (state.code.equals(code)) {
        return state;
      }
    }
    throw new IllegalArgumentException("no delivery state: " + code);
  }

  /** Whether a delivery in this state may come into that one. */
  public boolean mayBecome(DeliveryState next) {
    return switch (this) {
      case WAITING -> true;
      case DELIVERED, DEAD, CANCELLED -> false;
    };
  }

  /** Whether nothing more happens to it. */
  public boolean isFinal() {
    return this != WAITING;
  }
}
