package dev.boathook.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A machine on which a node runs, one life after another: its clocks and its data folder. */
final class Machine {
  private static final int COUNTER_BITS = 12;
  private static final long COUNTER_MASK = (1L << COUNTER_BITS) - 1;
  private static final long VERSION_7 = 0x7000L;
  private static final long VARIANT_2 = 0x8000_0000_0000_0000L;

  final String name;
  final UUID nodeId;
  private final Surroundings around;
  private final double speed;
  private final long origin;
  private Duration clockOffset = Duration.ZERO;
  private long lastTick;
  @Nullable NodeProcess process;

  /**
   * A machine that is off.
   *
   * @param speed of its ticker against true time
   */
  Machine(Surroundings around, String name, double speed) {
    this.around = around;
    this.name = name;
    this.nodeId = around.newId();
    this.speed = speed;
    this.origin = around.chance.bits() >> 4;
  }

  /** Its ticker. */
  long nanoTime() {
    return origin + (long) (around.agenda.now() * speed);
  }

  /** How long it takes in truth until the ticker says so much more. */
  long trueNanos(long tickerNanos) {
    return (long) (tickerNanos / speed) + 1;
  }

  /** Its time of day. */
  Instant time() {
    return Surroundings.START.plusNanos(around.agenda.now()).plus(clockOffset);
  }

  void setClock(Duration offset) {
    clockOffset = offset;
  }

  /** A new id as the product makes them: by the time the node goes by, and always rising. */
  UUID newId() {
    Instant time = process == null ? time() : process.now();
    lastTick = Math.max(lastTick + 1, time.toEpochMilli() << COUNTER_BITS);
    long high = (lastTick >>> COUNTER_BITS) << 16 | VERSION_7 | (lastTick & COUNTER_MASK);
    return new UUID(high, around.nextId() | VARIANT_2);
  }

  boolean isUp() {
    return process != null && process.isAlive();
  }

  /** Begins to run, if it does not. */
  void start() {
    if (!isUp()) {
      lastTick = 0;
      process = new NodeProcess(around, this);
      process.start();
    }
  }
}
