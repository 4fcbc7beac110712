package dev.boathook.bench.report;

/** What a figure is counted in. */
public enum Unit {
  /** Events in one second; more is better. */
  PER_SECOND("/s"),
  /** Thousandths of a second. */
  MILLIS("ms"),
  /** Millionths of a second, of an event. */
  MICROS("µs"),
  /** Bytes of an event. */
  BYTES("B"),
  /** 1,048,576 bytes. */
  MEBIBYTES("MiB"),
  /** A number of things. */
  COUNT("");

  private final String symbol;

  Unit(String symbol) {
    this.symbol = symbol;
  }

  /** How it is written behind a number. */
  public String symbol() {
    return symbol;
  }
}
