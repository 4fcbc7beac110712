package dev.boathook.bench.report;

/** What became of one measurement. */
public sealed interface Outcome permits Result, Failure {
  /** Its name, such as {@code accept}. */
  String measurement();
}
