package dev.boathook.bench.report;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A report for a person: a table with a bar for each ratio, then the counts and what must be known.
 */
public final class TextReport {
  private static final double BYTES_PER_GIBIBYTE = 1L << 30;

  private final Signs signs;
  private final StringBuilder text = new StringBuilder();

  private TextReport(Signs signs) {
    this.signs = signs;
  }

  /**
   * The report as lines.
   *
   * @param charset what it will be written in; one without our signs gets plainer ones
   */
  public static String of(Report report, Charset charset) {
    TextReport it = new TextReport(Signs.in(charset));
    it.report(report);
    return it.text.toString();
  }

  private void report(Report report) {
    machine(report.machine());
    conditions(report.conditions());
    Widths widths = Widths.of(rows(report));
    for (Outcome outcome : report.outcomes()) {
      line("");
      switch (outcome) {
        case Result result -> result(result, widths);
        case Failure failure -> {
          line(failure.measurement());
          line("  " + signs.bad() + " failed: " + failure.reason());
        }
      }
    }
    line("");
    line(verdict(report));
  }

  private void machine(Machine machine) {
    line(
        String.format(
            Locale.ROOT,
            "%d x %s, %.1f GiB of memory, %s, %s",
            machine.processors(),
            machine.processor(),
            machine.memoryBytes() / BYTES_PER_GIBIBYTE,
            machine.os(),
            machine.fileSystem()));
    line("JDK %s, PostgreSQL %s".formatted(machine.jdk(), machine.postgresql()));
  }

  private void conditions(Conditions conditions) {
    line(
        "%d s a turn, %d connections, medians of %d"
            .formatted(conditions.seconds(), conditions.connections(), conditions.rounds()));
    if (conditions.smoke()) {
      line("A smoke test: the counts must add up; the figures mean nothing.");
    }
  }

  private void result(Result result, Widths widths) {
    line(widths.line(new Row(result.measurement(), "value", "against", "ratio", "", "goal")));
    result.figures().forEach(figure -> line(widths.line(row(figure))));
    if (!result.counts().equals(Counts.NONE)) {
      counts(result.counts());
    }
    result.notes().forEach(note -> line("  " + note));
  }

  private void counts(Counts counts) {
    line(
        String.format(
            Locale.ROOT,
            "  %s %,d accepted, %,d refused, %,d stored, %,d delivered, %,d duplicated, %,d"
                + " missing",
            counts.isSound() ? signs.good() : signs.bad(),
            counts.accepted(),
            counts.refused(),
            counts.stored(),
            counts.delivered(),
            counts.duplicated(),
            counts.missing()));
  }

  private static String verdict(Report report) {
    List<Boolean> goals =
        results(report).stream()
            .flatMap(result -> result.figures().stream())
            .flatMap(figure -> figure.goals().stream().map(figure::reaches))
            .toList();
    return "%d of %d goals reached. %s"
        .formatted(
            goals.stream().filter(reached -> reached).count(),
            goals.size(),
            report.isSound()
                ? "The counts add up."
                : "NOT SOUND: a measurement failed, or its counts do not add up.");
  }

  private static List<Result> results(Report report) {
    return report.outcomes().stream()
        .<Result>mapMulti((outcome, results) -> {
          switch (outcome) {
            case Result result -> results.accept(result);
            case Failure _ -> {}
          }
        })
        .toList();
  }

  private List<Row> rows(Report report) {
    return results(report).stream()
        .flatMap(result -> result.figures().stream())
        .map(this::row)
        .toList();
  }

  private Row row(Figure figure) {
    Double floor = figure.floor();
    Double ratio = figure.ratio();
    return new Row(
        "  " + figure.label(),
        quantity(figure.value(), figure.unit()),
        floor == null ? "" : quantity(floor, figure.unit()),
        ratio == null ? "" : String.format(Locale.ROOT, "%.2f", ratio),
        ratio == null ? "" : signs.bar(ratio),
        figure.goals().stream().map(goal -> goal(figure, goal)).collect(Collectors.joining(", ")));
  }

  private String goal(Figure figure, Goal goal) {
    String bound =
        switch (goal.kind()) {
          case RATIO_AT_LEAST ->
              String.format(Locale.ROOT, "ratio %s %.2f", signs.atLeast(), goal.bound());
          case RATIO_AT_MOST ->
              String.format(Locale.ROOT, "ratio %s %.2f", signs.atMost(), goal.bound());
          case VALUE_AT_MOST -> signs.atMost() + " " + quantity(goal.bound(), figure.unit());
        };
    return (figure.reaches(goal) ? signs.good() : signs.bad()) + " " + bound;
  }

  /** A number with three digits or more that mean something, and its unit. */
  private String quantity(double value, Unit unit) {
    double size = Math.abs(value);
    int decimals;
    if (size >= 100 || value == Math.rint(value)) {
      decimals = 0;
    } else if (size >= 10) {
      decimals = 1;
    } else {
      decimals = size >= 1 ? 2 : 3;
    }
    String number = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    return (number + " " + signs.unit(unit)).strip();
  }

  private void line(String line) {
    text.append(line.stripTrailing()).append('\n');
  }

  private record Row(
      String label, String value, String floor, String ratio, String bar, String goals) {}

  /** How wide the columns are, the same in all the tables. */
  private record Widths(int label, int value, int floor) {
    private static final int MIN_LABEL = 16;
    private static final int MIN_VALUE = 7;
    private static final int RATIO = 6;

    static Widths of(List<Row> rows) {
      return new Widths(
          widest(rows, Row::label, MIN_LABEL),
          widest(rows, Row::value, MIN_VALUE),
          widest(rows, Row::floor, MIN_VALUE));
    }

    private static int widest(List<Row> rows, Function<Row, String> cell, int atLeast) {
      return Math.max(
          atLeast, rows.stream().map(cell).mapToInt(String::length).max().orElse(atLeast));
    }

    String line(Row row) {
      List<String> cells = new ArrayList<>();
      cells.add(("%-" + label + "s").formatted(row.label()));
      cells.add(("%" + value + "s").formatted(row.value()));
      cells.add(("%" + floor + "s").formatted(row.floor()));
      cells.add(("%" + RATIO + "s").formatted(row.ratio()));
      cells.add(("%-" + Signs.BAR_COLUMNS + "s").formatted(row.bar()));
      cells.add(row.goals());
      return String.join("  ", cells);
    }
  }
}
