package dev.boathook.api;

/**
 * How the server is.
 *
 * @param live whether it works at all; false asks for a restart
 * @param ready whether it can accept events now
 * @param reason why not, in a stable word; {@code ok} when it is both
 */
public record Health(boolean live, boolean ready, String reason) {
  /** All is well. */
  public static final Health OK = new Health(true, true, "ok");
}
