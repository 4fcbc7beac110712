package dev.boathook.demo;

import dev.boathook.world.Ticker;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What the person sees: a line for every step, with the time since the beginning, and a mark on
 * those that are promises. Lines have at most {@value #MAX_COLUMNS} columns. Used by one thread.
 */
final class Timeline {
  /** The widest line. */
  static final int MAX_COLUMNS = 100;

  private static final String MARKS = "✓✗";
  private static final int WHAT_COLUMNS = 16;
  private static final String INDENT = " ".repeat(12 + WHAT_COLUMNS);

  private final PrintStream out;
  private final Ticker ticker;
  private final boolean colour;
  private final String kept;
  private final String broken;
  private final long began;
  private int keptCount;
  private int brokenCount;

  /**
   * A timeline that begins now.
   *
   * @param colour whether to colour, by ANSI's escape sequences
   */
  Timeline(PrintStream out, Ticker ticker, boolean colour) {
    this.out = out;
    this.ticker = ticker;
    this.colour = colour;
    this.began = ticker.nanoTime();
    boolean marks = out.charset().newEncoder().canEncode(MARKS);
    this.kept = marks ? "✓" : "+";
    this.broken = marks ? "✗" : "!";
  }

  /** How a thing is written. */
  private enum Style {
    KEPT("32"),
    BROKEN("31;1"),
    STRONG("1"),
    FAINT("2");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  /** A line of its own. */
  void say(String text) {
    out.println(text);
  }

  /** A new part begins. */
  void part(String title) {
    out.println();
    out.println(styled(Style.STRONG, title));
  }

  /** A step that promises nothing. */
  void note(String what, String details) {
    note(ticker.nanoTime(), what, details);
  }

  /** A step that promises nothing and was at this time of the ticker. */
  void note(long atNanos, String what, String details) {
    line(" ", atNanos, what, details);
  }

  /** A promise: kept if all of it is met. */
  void promise(String what, String details, Expectation... expectations) {
    List<Expectation> unmet =
        List.of(expectations).stream().filter(expectation -> !expectation.met()).toList();
    if (unmet.isEmpty()) {
      keptCount++;
      line(styled(Style.KEPT, kept), ticker.nanoTime(), what, details);
      return;
    }
    broken(what, details);
    for (Expectation expectation : unmet) {
      out.println(INDENT + "expected " + expectation.expected() + "; it was " + expectation.was());
    }
  }

  /** A promise that is broken without a doubt. */
  void broken(String what, String details) {
    brokenCount++;
    line(styled(Style.BROKEN, broken), ticker.nanoTime(), what, details);
  }

  /** A line under the last one, in its last column. */
  void detail(String details) {
    out.println(INDENT + details);
  }

  /** Somebody else's words. */
  void quote(String title, List<String> lines) {
    out.println();
    out.println(styled(Style.STRONG, title));
    lines.forEach(line -> out.println("  " + styled(Style.FAINT, line)));
  }

  /** The last line; true if every promise was kept. */
  boolean verdict() {
    boolean good = brokenCount == 0 && keptCount > 0;
    out.println();
    out.println(
        styled(
            good ? Style.KEPT : Style.BROKEN,
            keptCount
                + " promises kept, "
                + brokenCount
                + " broken, "
                + seconds(ticker.nanoTime() - began, 1)
                + "."));
    return good;
  }

  /** Whether a promise was broken so far. */
  boolean isBroken() {
    return brokenCount > 0;
  }

  /** A duration as a person says it. */
  static String duration(long nanos) {
    double millis = nanos / 1e6;
    if (millis < 9.95) {
      return String.format(Locale.ROOT, "%.1f ms", millis);
    }
    return millis < 999.5 ? String.format(Locale.ROOT, "%.0f ms", millis) : seconds(nanos, 2);
  }

  private static String seconds(long nanos, int decimals) {
    return String.format(
        Locale.ROOT, "%." + decimals + "f s", nanos / (double) TimeUnit.SECONDS.toNanos(1));
  }

  private void line(String mark, long atNanos, String what, String details) {
    String time = String.format(Locale.ROOT, "%7s", seconds(atNanos - began, 2));
    String padded = String.format(Locale.ROOT, "%-" + WHAT_COLUMNS + "s", what);
    out.println(
        mark + " " + styled(Style.FAINT, time) + "   " + styled(Style.STRONG, padded) + details);
    out.flush();
  }

  private String styled(Style style, String text) {
    return colour ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
  }
}
