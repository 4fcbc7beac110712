package dev.boathook.world;

import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * All that the program takes from the machine without asking anybody: time, chance and ids. Made
 * once, handed down through constructors.
 *
 * @param clock the time of day
 * @param ticker time for measuring, which never jumps
 * @param random chance, fit for secrets
 * @param ids new ids, rising with time
 */
public record World(InstantSource clock, Ticker ticker, SecureRandom random, Ids ids) {
  /** The machine's own clock and chance. */
  public static World system() {
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    return new World(clock, Ticker.system(), random, new Ids(clock, random));
  }
}
