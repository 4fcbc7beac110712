package dev.boathook.endpoint;

import java.util.Arrays;
import java.util.stream.Collectors;

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
   * One after another within a lane, and of all that wait in it only the newest; the others are
   * cancelled as superseded. For receivers that want the state and not the way to it.
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
