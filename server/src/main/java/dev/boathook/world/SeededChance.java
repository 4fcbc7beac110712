package dev.boathook.world;

import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Chance that a seed decides: the same seed gives the same row of numbers. For simulations, never
 * for secrets. Not safe for use by several threads at once.
 */
public final class SeededChance {
  private final SplittableRandom random;

  /** The row of this seed. */
  public SeededChance(long seed) {
    random = new SplittableRandom(seed);
  }

  /** From 0 to less than this. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** From 0 to less than this. */
  public long below(long bound) {
    return random.nextLong(bound);
  }

  /** True one time in so many. */
  public boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  /** From 0 to less than 1. */
  public double unit() {
    return random.nextDouble();
  }

  /** 64 bits, such as another row's seed. */
  public long bits() {
    return random.nextLong();
  }

  /** One of these. */
  public <T extends @Nullable Object> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
