package dev.boathook.bench.report;

import java.nio.charset.Charset;

/**
 * What a table is drawn with.
 *
 * @param parts of a cell of a bar, from the thinnest to the whole
 * @param one stands in a bar where the ratio is 1
 * @param more ends a bar that is longer than its room
 */
record Signs(
    String good, String bad, String atLeast, String atMost, String parts, char one, char more) {
  /** As wide as every bar is at most: the cells of twice the floor, and the mark in the middle. */
  static final int BAR_COLUMNS = 17;

  private static final int CELLS_PER_ONE = (BAR_COLUMNS - 1) / 2;
  private static final Signs RICH = new Signs("✓", "✗", "≥", "≤", "▏▎▍▌▋▊▉█", '│', '▶');
  private static final Signs PLAIN = new Signs("+", "!", ">=", "<=", "#", '|', '>');

  /** The best that this character set has. */
  static Signs in(Charset charset) {
    boolean rich =
        charset.canEncode()
            && charset
                .newEncoder()
                .canEncode(
                    RICH.good
                        + RICH.bad
                        + RICH.atLeast
                        + RICH.atMost
                        + RICH.parts
                        + RICH.one
                        + RICH.more
                        + Unit.MICROS.symbol());
    return rich ? RICH : PLAIN;
  }

  /** How a unit is written. */
  String unit(Unit unit) {
    return equals(RICH) ? unit.symbol() : unit.symbol().replace('µ', 'u');
  }

  /** A ratio as a length: up to the mark is what the floor has. */
  String bar(double ratio) {
    int partsOfCell = parts.length();
    long filled = Math.max(0, Math.round(ratio * CELLS_PER_ONE * partsOfCell));
    StringBuilder bar = new StringBuilder();
    for (int cell = 0; cell < 2 * CELLS_PER_ONE; cell++) {
      if (cell == CELLS_PER_ONE) {
        bar.append(one);
      }
      long inCell = Math.clamp(filled - (long) cell * partsOfCell, 0, partsOfCell);
      bar.append(inCell == 0 ? ' ' : parts.charAt((int) inCell - 1));
    }
    if (filled > 2L * CELLS_PER_ONE * partsOfCell) {
      bar.setCharAt(bar.length() - 1, more);
    }
    return bar.toString();
  }
}
