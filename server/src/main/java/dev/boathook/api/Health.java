package dev.boathook.api;

/**
 * Whether the server can accept events now.
 *
 * @param ready whether it can
 * @param reason why not, in a stable word; {@code ok} when it can
 */
public record Health(boolean ready, String reason) {
  /** All is well. */
  public static final Health OK = new Health(true, "ok");
}
