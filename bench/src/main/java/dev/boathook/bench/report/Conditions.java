package dev.boathook.bench.report;

import java.time.Duration;

/**
 * How hard and how long it is measured.
 *
 * @param seconds the measured part of each turn
 * @param connections the callers' connections under load
 * @param rounds how many are measured, each with one turn of every side
 * @param smoke whether this only tries that everything works: small amounts, and figures that mean
 *     nothing
 */
public record Conditions(int seconds, int connections, int rounds, boolean smoke) {
  /** The longest turn. */
  public static final int MAX_SECONDS = 3_600;

  /** The most connections; each has a thread. */
  public static final int MAX_CONNECTIONS = 1_024;

  /** The most rounds. */
  public static final int MAX_ROUNDS = 100;

  public Conditions {
    check("seconds", seconds, MAX_SECONDS);
    check("connections", connections, MAX_CONNECTIONS);
    check("rounds", rounds, MAX_ROUNDS);
  }

  private static void check(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException("--%s is 1 to %d".formatted(name, max));
    }
  }

  /** The measured part of each turn. */
  public Duration length() {
    return Duration.ofSeconds(seconds);
  }
}
