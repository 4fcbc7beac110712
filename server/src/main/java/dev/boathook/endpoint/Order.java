package dev.boathook.endpoint;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * In what order an endpoint gets its deliveries. A lane is all that one endpoint gets with one
 * ordering key; events without a key have a lane of their own together.
 */
public enum Order {
  /** In any order, many at once. */
  UNORDERED("unordered"),
  /**
   * One after another within a lane. When the first has used up its tries the lane halts until an
   * operator retries it, skips it, or drains the lane.
   */
  BLOCK("block"),
  /** One after another within a lane. What has used up its tries is left behind as a gap. */
  SKIP("skip"),
  /**
   * One after another within a lane, and of all that waits in it only the newest; the others are
   * cancelled as superseded. For receivers that want the state and not the way to it. Events
   * without a key, late ones and replays go beside the lane, and supersede nothing.
   */
  LATEST("latest");

  private final String code;

  Order(String code) {
    this.code = code;
  }

  /** The word in the database and in the API. */
  public String code() {
    return code;
  }

  /** Whether deliveries are in lanes. */
  public boolean hasLanes() {
    return this != UNORDERED;
  }

  /**
   * Whether an event with this ordering key gets a place in a lane. Of {@link #LATEST} only one
   * with a key does: without, nothing says that one event is of the same thing as another.
   */
  public boolean hasLaneFor(@Nullable String orderingKey) {
    return this == LATEST ? orderingKey != null : hasLanes();
  }

  /**
   * Whether what is repeated on purpose, or came late, gets a place in a lane: the last one. Of
   * {@link #LATEST} it does not, since it is not the newest although it comes last.
   */
  public boolean hasLaneOutOfTurn() {
    return this != LATEST && hasLanes();
  }

  /** The order of a {@link #code}. */
  public static Order of(String code) {
    for (Order order : values()) {
      if (order.code.equals(code)) {
        return order;
      }
    }
    throw new IllegalArgumentException(
        "is one of " + Arrays.stream(values()).map(Order::code).collect(Collectors.joining(", ")));
  }
}
