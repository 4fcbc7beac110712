package dev.boathook.bench.report;

import java.util.List;

/**
 * What one measurement found.
 *
 * @param measurement its name, such as {@code accept}
 * @param notes what a reader must know to understand the figures; a sentence each
 */
public record Result(String measurement, List<Figure> figures, Counts counts, List<String> notes)
    implements Outcome {
  public Result {
    figures = List.copyOf(figures);
    notes = List.copyOf(notes);
  }
}
